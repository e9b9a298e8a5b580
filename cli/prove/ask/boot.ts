/** One boot of our user data, watched on its serial console until the machine is stopped. */
import { bootValues } from '../../../functions/launcher/boot.ts';
import { failureOf } from '../../../shared/adapters/ecs/errors.ts';
import type { Candidate, Job, JobId, RunId } from '../../../shared/nouns.ts';
import { bootMaxMs } from '../../../shared/runner/boot-max.ts';
import type { RunnerRelease } from '../../../shared/runner/release.ts';
import { userData } from '../../../shared/runner/user-data.ts';
import { placesOf } from '../../shared/reach/places.ts';
import type { Draft, Launched } from '../draft.ts';
import { asAssumed, type Finding, notTold, otherwise } from '../facts.ts';
import { instancesOf } from '../things.ts';
import type { ProveWorld } from '../world.ts';
import { reachFindings, reachProbe } from './reach.ts';
import { PROBE, readTrace, type Trace } from './trace.ts';

/** No runner of GitHub's is made of it: the runner starts, cannot read it, and ends. */
const NO_JIT_CONFIG = Buffer.from('prove').toString('base64');

/** As a launch writes it, with questions of our own in the operator's place for them. */
export function bootData(
  { plan }: Draft,
  { config, scripts, nowMs }: ProveWorld,
  release: RunnerRelease,
  candidate: Candidate,
): string {
  const { requirements } = plan;
  const boot = {
    jitConfig: NO_JIT_CONFIG,
    job: NO_JOB,
    requirements,
    candidate,
    launchedAtMs: nowMs(),
    release,
  };
  const values = bootValues(boot, config);
  const places = placesOf(values, config.github.baseUrl);
  const extraUserData = [config.defaults.extraUserData ?? '', PROBE, reachProbe(places)].join('\n');
  return userData({ ...values, extraUserData }, scripts);
}

const NO_JOB: Job = {
  ...{ id: 1 as JobId, runId: 1 as RunId, runAttempt: 1, name: 'prove', repository: 'prove/prove' },
  ...{ isPublic: false, installationId: null, labels: [], createdAtMs: 0 },
};

const LOOK_PAUSE_MS = 5_000;
/** After the boot's own deadline, until the cloud shows it. */
const STOP_WAIT_MS = 2 * 60_000;

export interface Watched {
  readonly trace: Trace;
  /** Of the last look; null: it is gone. */
  readonly status: string | null;
}

/** Returns when it is stopped or gone, or has had its time. */
export async function watchBoot(draft: Draft, launched: Launched, world: ProveWorld): Promise<Watched> {
  const { id, candidate, askedAtMs } = launched;
  const untilMs = askedAtMs + bootMaxMs(draft.plan.requirements.image, world.config) + STOP_WAIT_MS;
  let text = '';
  for (;;) {
    const [seen] = await instancesOf(world).find(candidate.region, [id]);
    const status = seen?.status ?? null;
    text = `${text}\n${await consoleOf(candidate.region, id, world)}`.slice(-CONSOLE_MAX_CHARS);
    const trace = readTrace(text);
    note(draft, launched, trace, status, world.nowMs());
    const isOver = status === 'Stopped' || (status === null && world.nowMs() - askedAtMs > STOP_WAIT_MS);
    if (isOver || world.nowMs() > untilMs) return { trace, status };
    await world.sleep(LOOK_PAUSE_MS);
  }
}

/** Several looks at a serial buffer; each repeats the one before. */
const CONSOLE_MAX_CHARS = 512 * 1024;

/** '' while there is none: how soon it can be read after a start is not documented. */
async function consoleOf(region: string, InstanceId: string, { ecs }: ProveWorld): Promise<string> {
  try {
    const { ConsoleOutput } = await ecs(region, 'GetInstanceConsoleOutput', {
      InstanceId,
      RemoveSymbols: 'true',
    });
    return Buffer.from(String(ConsoleOutput ?? ''), 'base64').toString('utf8');
  } catch (error) {
    failureOf(error);
    return '';
  }
}

const MILESTONES = [
  'boot.began',
  'extra.ran',
  'runner.fetched',
  'runner.in_image',
  'runner.starting',
  'runner.ended',
];

function note(draft: Draft, launched: Launched, trace: Trace, status: string | null, nowMs: number): void {
  const at = (name: string, ms: number) => {
    if (!draft.milestones.has(name)) draft.milestones.set(name, Math.round((ms - launched.askedAtMs) / 1000));
  };
  if (status === 'Running') at('seen Running', nowMs);
  for (const name of MILESTONES) {
    const event = trace.events.get(name);
    if (event !== undefined) at(name, event.atMs);
  }
  if (status === 'Stopped') at('seen Stopped', nowMs);
}

/** `metadata`: what its image has in `runners.yaml`. */
export function bootFindings(
  { trace, status }: Watched,
  metadata: 'hardened' | 'any',
): Record<'boot' | 'metadata' | 'packages' | 'mirror' | 'reach' | 'reach-mirrors' | 'stop', Finding> {
  return {
    boot: bootFinding(trace),
    metadata: metadataFinding(trace, metadata),
    packages: packagesFinding(trace),
    mirror: mirrorFinding(trace),
    ...reachFindings(trace.probes),
    stop: stopFinding(trace, status),
  };
}

function bootFinding({ events }: Trace): Finding {
  if (events.has('runner.starting')) return asAssumed('to the start of the runner');
  const last = [...events.keys()].at(-1);
  return otherwise(last === undefined ? 'its console has no line of ours' : `no further than ${last}`);
}

function metadataFinding({ probes }: Trace, metadata: 'hardened' | 'any'): Finding {
  const [without, given] = [probes.get('metadata_without_token'), probes.get('metadata_with_token')];
  if (without === undefined || given === undefined)
    return notTold('the boot did not get so far, or the image has no curl');
  const seen = `without a token ${without}, with one ${given}`;
  if (metadata === 'any') return [without, given].includes('200') ? asAssumed(seen) : otherwise(seen);
  return without !== '200' && given === '200' ? asAssumed(seen) : otherwise(seen);
}

function packagesFinding({ probes }: Trace): Finding {
  const packages = probes.get('packages');
  if (packages === undefined) return notTold('the boot did not get so far');
  return packages === 'fetched'
    ? asAssumed('the index was fetched')
    : otherwise('the index could not be fetched');
}

/** Whose host it was is an id of ours: only its kind is told. */
function mirrorFinding({ events }: Trace): Finding {
  if (events.has('runner.in_image')) return asAssumed('not needed: the image has the runner');
  const host = events.get('runner.fetched')?.words.replace(/^host=/, '');
  if (host === undefined) return notTold('the runner was not fetched');
  return /\.oss-[a-z0-9-]+-internal\.aliyuncs\.com$/.test(host)
    ? asAssumed('from the bucket')
    : otherwise('from GitHub');
}

function stopFinding({ events }: Trace, status: string | null): Finding {
  if (status === null) return notTold('it was gone before it could be seen stopped');
  if (status !== 'Stopped') return otherwise(`${status} after its deadline`);
  return asAssumed(events.has('runner.ended') ? 'stopped after its runner ended' : 'stopped by its deadline');
}
