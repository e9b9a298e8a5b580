/** Who we are, and what time it is. */
import type { Config } from '../../../shared/config/config.ts';
import { nextStep } from '../../shared/screen/next-step.ts';
import { AGAIN, type Check, ok, warning, wrong } from '../finding.ts';
import { ROLES_CHECK } from './roles.ts';

const CLOCK_OFF_MAX_MS = 60_000;
const NO_KEY = 'set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or a profile';

export const ACCOUNT_CHECKS: readonly Check[] = [
  {
    name: 'configuration',
    needs: [],
    async look({ config }) {
      const pending = JSON.stringify(config.placements).match(/(?:vsw|sg)-pending/);
      if (pending !== null)
        return [wrong('the network of a placement is not made yet', 'run npm run deploy')];
      const open = openWalls(config);
      return open.length > 0
        ? open
        : [ok(`${config.name}: ${config.placements.map(({ region }) => region).join(', ')}`)];
    },
  },
  {
    name: 'clock',
    needs: [],
    async look({ github, nowMs }) {
      const { headers } = await github('GET /zen', {}, 'none');
      const theirsMs = Date.parse(headers.date ?? '');
      if (Number.isNaN(theirsMs)) return [warning('GitHub said no time', 'compare this clock by hand')];
      const offMs = Math.abs(nowMs() - theirsMs);
      if (offMs <= CLOCK_OFF_MAX_MS) return [ok('agrees with GitHub')];
      return [
        wrong(
          `${Math.round(offMs / 1000)} s off GitHub's`,
          'set this clock: signatures and tokens are good for minutes',
        ),
      ];
    },
  },
  {
    name: 'credentials',
    needs: [],
    async look({ alibaba, config }) {
      try {
        const { Arn } = await alibaba.rpc('sts', config.control.region, 'GetCallerIdentity');
        return [ok(String(Arn))];
      } catch (error) {
        // What to do stands behind the arrow, once.
        const text =
          error instanceof Error ? error.message.replace(/: set ALIBABA_.*$/, '') : 'none were found';
        return [wrong(text, (error instanceof Error ? nextStep(error, AGAIN) : null) ?? NO_KEY)];
      }
    },
  },
  ROLES_CHECK,
];

/** Who may speak with Docker may mount the whole disk: that is root (Docker docs, "Docker daemon attack surface"). */
function openWalls({ defaults, profiles }: Config) {
  const settings = { defaults, ...Object.fromEntries(profilesOf(profiles)) };
  const names = Object.entries(settings).flatMap(([name, one]) => {
    const { sudo = defaults.sudo, docker = defaults.docker } = one;
    return !sudo && docker ? [name] : [];
  });
  if (names.length === 0) return [];
  const text = `${names.join(', ')}: sudo: false is no wall while docker: true, whose group is as good as root`;
  return [warning(text, 'set docker: false too, or take it that jobs are root')];
}

const profilesOf = (profiles: Config['profiles']) =>
  Object.entries(profiles).map(([name, one]) => [`profiles.${name}`, one] as const);
