/** User data that would be too long breaks every launch: it is told before anything is built. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { bootValues, type Installed } from '../../functions/launcher/boot.ts';
import { readUserDataScripts } from '../../shared/adapters/user-data-scripts.ts';
import type { Config } from '../../shared/config/config.ts';
import { wantedTools } from '../../shared/config/tools.ts';
import { DEBUG_LABEL } from '../../shared/job/debug.ts';
import { architecturesOf, parseLabels } from '../../shared/job/labels.ts';
import type { Candidate, Job, JobId, Requirements, RunId } from '../../shared/nouns.ts';
import { userData } from '../../shared/runner/user-data.ts';
import { ROOT } from './steps.ts';

/** Longer than any JIT config that was measured (4,088 characters). */
const JIT_CONFIG_CHARS = 4_500;
const LONGEST = '9'.repeat(40);

/** One line for each placement whose user data does not fit. */
export function userDataMistakes(config: Config): string[] {
  const scripts = readUserDataScripts(join(ROOT, 'userdata'));
  return config.placements.flatMap(({ region }, at) => {
    try {
      for (const requirements of requirementsToCheck(config))
        userData(bootValues(longestBoot(region, requirements, config), config), scripts);
      return [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const keys = 'defaults.extraUserData, defaults.hooks and the lists of repositories';
      return [`placements[${at}]: with ${keys}, ${error.message}`];
    }
  });
}

/** A plain job's, each profile's, and each image's: what is kept for some repositories names them to its machine. */
function requirementsToCheck(config: Config): Requirements[] {
  const [arch = 'amd64'] = architecturesOf(config);
  const asks = [
    [arch],
    ...Object.entries(config.profiles).map(([name, { arch: own, image }]) =>
      own === undefined && image === undefined ? [name, arch] : [name],
    ),
    ...Object.keys(config.images).map((name) => [`image-${name}`]),
  ];
  return asks.flatMap((labels) => {
    const understood = parseLabels([...config.baseLabels, ...labels], null, config);
    return understood.kind === 'ours' ? [understood.requirements] : [];
  });
}

function longestBoot(region: string, asked: Requirements, config: Config): Parameters<typeof bootValues>[0] {
  const { arch } = asked;
  const job: Job = {
    ...{
      id: 1 as JobId,
      runId: 1 as RunId,
      runAttempt: 1,
      name: 'longest',
      repository: 'any/any',
      isPublic: false,
    },
    ...{ installationId: null, labels: [DEBUG_LABEL], createdAtMs: Date.UTC(2100, 0) },
  };
  const candidate: Candidate = {
    ...{
      placement: 0,
      region,
      zone: `${region}-k`,
      instanceType: `ecs.${LONGEST}`,
      capacityType: 'on-demand',
      arch,
    },
    ...{ cpu: 512, memoryGiB: 4096, pricePerHour: 1234.567, onDemandPricePerHour: 1234.567 },
    ...{ priceLimit: null, expectedCostPerHour: null, because: '' },
  };
  const requirements = { ...asked, docker: true };
  const launchedAtMs = Date.UTC(2100, 0);
  return {
    jitConfig: longestJitConfig(),
    job,
    requirements,
    candidate,
    image: `${LONGEST}-0123456789ab-t6x0ab_exec-5fb8facb8ed7427c`,
    launchedAtMs,
    release: longestRelease(region, config),
  };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** In GitHub's own shape: base64 of JSON of base64, most of it a key, which is random. */
function longestJitConfig(): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  let key = '';
  for (let at = 0; base64(key).length < ((JIT_CONFIG_CHARS - 60) * 3) / 4; at++)
    key += createHash('sha512').update(String(at)).digest('base64');
  return base64(JSON.stringify({ '.credentials_rsaparams': base64(key) }));
}

function longestRelease(region: string, { mirror }: Config): Installed {
  const archive = {
    key: `actions-runner/9.999.9/actions-runner-linux-arm64-9.999.9.tar.gz`,
    sha256: 'f'.repeat(64),
    sizeBytes: 1,
  };
  const superseded = Array.from({ length: 3 }, () => ({
    version: '9.999.9',
    supersededAtMs: Date.UTC(2100, 0),
  }));
  // A checksum is random to gzip.
  const kept = (key: string) => ({ [region]: { key, sha256: digestOf(key), sizeBytes: 1 } });
  const id = digestOf('').slice(0, 32);
  return {
    ...(mirror.actions.length === 0 ? {} : { actions: kept(`actions/bundle-${id}.tar`) }),
    ...(wantedTools(mirror.tools).length === 0 ? {} : { tools: kept(`tools/list-${id}.txt`) }),
    version: '9.999.9',
    publishedAtMs: 0,
    archives: { amd64: archive, arm64: archive },
    regions: [region],
    superseded,
  };
}
