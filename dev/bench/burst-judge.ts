/** What a burst is held to, by the simulators' own state. */

import type { Config } from '../../shared/config/config.ts';
import { TAG } from '../../shared/names.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import type { Loopback } from '../../simulator/loopback.ts';

export interface BurstOptions {
  readonly jobs: number;
  /** limits.runners */
  readonly limit: number;
  readonly scale: number;
  readonly seed: number;
  readonly bundles: string;
  readonly config: Config;
  readonly say: (line: string) => void;
  /** Each line that a function prints. */
  readonly onLine: (functionName: string, line: string) => void;
}

/** What was seen on the way. */
export interface Tally {
  readonly mintsByMinute: Map<number, number>;
  mostAlive: number;
  failedCalls: number;
}

/** Those of the first second, and those that came a minute later: no younger job should be served before an older. */
export interface Jobs {
  readonly older: readonly SimJob[];
  readonly younger: SimJob[];
}

export interface Judged {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}

/** All were queued in two seconds a minute apart, so age has two values. */
export function judge(
  { limit, config }: BurstOptions,
  world: Loopback,
  { older, younger }: Jobs,
  tally: Tally,
  left: readonly string[],
): Judged[] {
  const jobs = [...older, ...younger];
  const ran = jobs.filter(({ conclusion }) => conclusion === 'success').length;
  const runners = new Set(jobs.map(({ runner }) => runner?.name));
  const stolen = jobs.filter(({ id, runner }) => runner !== null && !runner.name.includes(`-${id}-`)).length;
  const mints = Math.max(0, ...tally.mintsByMinute.values());
  const started = jobs
    .map(({ startedAtMs, createdAtMs }) => ((startedAtMs ?? Number.NaN) - createdAtMs) / 1000)
    .sort((a, b) => a - b);
  const quantile = (part: number) => `${started[Math.floor(part * (started.length - 1))]?.toFixed(0)} s`;
  const { mintsPerMinute } = config.limits;
  return [
    {
      what: 'every job ran, once, on a runner of its own',
      ok: ran === jobs.length && runners.size === jobs.length,
      found: `${ran} of ${jobs.length} on ${runners.size} runners`,
    },
    { what: 'runners stolen', ok: stolen > 0, found: String(stolen) },
    { what: 'calls that failed', ok: tally.failedCalls > 0, found: String(tally.failedCalls) },
    {
      what: `instances alive at once, at most ${limit}`,
      ok: tally.mostAlive <= limit,
      found: String(tally.mostAlive),
    },
    {
      what: `mints in one minute, at most ${mintsPerMinute}`,
      ok: mints <= mintsPerMinute,
      found: String(mints),
    },
    orderOf(world, { older, younger }),
    { what: 'nothing left', ok: left.length === 0, found: left[0] ?? 'nothing' },
    {
      what: 'wait, simulated: half, nine in ten, all',
      ok: true,
      found: [0.5, 0.9, 1].map(quantile).join(', '),
    },
    { what: 'instances ever launched', ok: true, found: String(world.ecs.paid().length) },
  ];
}

/** A job whose call failed has its next try later, and those that a sweep hands on together race: a few of a hundred. */
const LATE_MAX = 0.05;

/** Jobs that took another's runner needed no instance of their own. */
function orderOf(world: Loopback, { older, younger }: Jobs): Judged {
  const firstAtMs = new Map<string, number>();
  for (const { tags, startedAtMs } of world.ecs.paid()) {
    const job = String(tags[TAG.job]);
    firstAtMs.set(job, Math.min(startedAtMs, firstAtMs.get(job) ?? Number.POSITIVE_INFINITY));
  }
  const servedAtMs = (jobs: readonly SimJob[]) => jobs.flatMap(({ id }) => firstAtMs.get(String(id)) ?? []);
  const olderAtMs = servedAtMs(older);
  const overtaking = servedAtMs(younger).filter(
    (atMs) => olderAtMs.filter((each) => each > atMs).length > LATE_MAX * older.length,
  ).length;
  return {
    what: 'oldest first: younger jobs with an instance while more than 5 % of the older had none',
    ok: overtaking <= LATE_MAX * younger.length,
    found: `${overtaking} of ${younger.length}`,
  };
}
