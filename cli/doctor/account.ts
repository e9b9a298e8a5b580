/** Who we are, what time it is, and what our functions' roles may do. */
import { FUNCTION_KINDS, namesOf } from '../../infra/names.ts';
import { permissionsOf } from '../../infra/policies.ts';
import { secretReferences } from '../../infra/secrets.ts';
import { AlibabaRefusal } from '../../shared/adapters/alibaba/call.ts';
import type { Config } from '../../shared/config/config.ts';
import { type Check, ok, warning, wrong } from './finding.ts';
import type { DoctorWorld } from './world.ts';

const CLOCK_OFF_MAX_MS = 60_000;

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
    needs: ['clock'],
    async look({ alibaba, config }) {
      try {
        const { Arn } = await alibaba.rpc('sts', config.control.region, 'GetCallerIdentity');
        return [ok(String(Arn))];
      } catch (error) {
        const text = error instanceof Error ? error.message : 'none were found';
        return [
          wrong(text, 'set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or a profile'),
        ];
      }
    },
  },
  { name: 'permissions', needs: ['credentials', 'configuration'], look: roles },
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

async function roles(world: DoctorWorld) {
  const { alibaba, config, variables } = world;
  const { AccountId } = await alibaba.rpc('sts', config.control.region, 'GetCallerIdentity');
  const scope = { config, accountId: String(AccountId), secrets: secretReferences(variables) };
  const findings = [];
  for (const kind of FUNCTION_KINDS) {
    const role = namesOf(config).roleOf(kind);
    const granted = await actionsOf(world, role);
    const wanted = new Set(permissionsOf(kind, scope).map(({ action }) => action));
    const missing = [...wanted].filter((action) => !granted?.has(action));
    const needless = [...(granted ?? [])].filter((action) => !wanted.has(action));
    if (granted === null) findings.push(wrong(`role ${role} does not exist`, 'run npm run deploy'));
    else if (missing.length > 0)
      findings.push(wrong(`role ${role} may not ${missing.join(', ')}`, 'run npm run deploy'));
    else if (needless.length > 0)
      findings.push(warning(`role ${role} may more than it needs: ${needless.join(', ')}`, 'take it away'));
  }
  return findings.length > 0 ? findings : [ok('each role has exactly what its function needs')];
}

/** Null: there is no such role. */
async function actionsOf({ alibaba, config }: DoctorWorld, role: string): Promise<Set<string> | null> {
  const { region } = config.control;
  const listed = await alibaba
    .rpc('ram', region, 'ListPoliciesForRole', { RoleName: role })
    .catch(nullIfAbsent);
  if (listed === null) return null;
  const { Policy } = listed.Policies as { Policy: { PolicyName: string; PolicyType: string }[] };
  const actions = new Set<string>();
  for (const { PolicyName, PolicyType } of Policy) {
    const { DefaultPolicyVersion } = await alibaba.rpc('ram', region, 'GetPolicy', {
      PolicyName,
      PolicyType,
    });
    const { PolicyDocument } = DefaultPolicyVersion as { PolicyDocument: string };
    for (const action of actionsIn(JSON.parse(PolicyDocument))) actions.add(action);
  }
  return actions;
}

function actionsIn(document: { Statement: { Effect: string; Action: string | string[] }[] }): string[] {
  return document.Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
}

export function nullIfAbsent(error: unknown): null {
  if (error instanceof AlibabaRefusal && error.statusCode === 404) return null;
  throw error;
}
