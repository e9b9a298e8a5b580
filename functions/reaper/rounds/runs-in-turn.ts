/**
 * Of a repository's runs, whose jobs are worth a call: those that are new, or changed, and of whom the ledger knows
 * nothing; others when calls are left over.
 */
import { isKept, isTurnedAway, lookShare, waitMsOf } from '../../../shared/budget.ts';
import {
  RUN_RELIST_MS,
  RUNS_LISTED_PER_SWEEP_MAX,
  TOLD_RUNS_PER_SWEEP_MAX,
  WAITING_RUNS_PER_SWEEP_MAX,
} from '../../../shared/github-limits.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LOST_JOB_MS } from '../../../shared/limits.ts';
import type { JobRecord, RunId, RunRecord } from '../../../shared/nouns.ts';
import { rememberBroken, type SeenRun, stampOf } from '../looks.ts';
import { type KnownRepository, ownerOf } from '../survey/known.ts';
import { LIVE, type Runs } from '../survey/runs.ts';
import type { ReaperWorld } from '../world.ts';

export interface SeenRuns {
  /** Runs that are not over. */
  readonly live: ReadonlySet<RunId>;
  /** Of these, those whose jobs this sweep has asked for, in full. */
  readonly listed: ReadonlySet<RunId>;
  readonly records: readonly JobRecord[];
  /** All runs of each status. */
  readonly complete: boolean;
  /** Why the jobs of runs that were asked for were not listed. */
  readonly failures: readonly unknown[];
}

/** What is left of one sweep's calls for lists of jobs. */
export interface Pick {
  unknown: number;
  told: number;
  /** That wait for a reviewer, and were not seen yet: nothing of them is due before they change. */
  waiting: number;
}

export function pickOf(world: ReaperWorld): Pick {
  const { config, github, clock } = world;
  const owners = new Set(config.repositories.allow.map(ownerOf));
  const share = Math.max(0, ...[...owners].map((owner) => lookShare(github.budget(owner), clock.nowMs())));
  return {
    unknown: Math.ceil(RUNS_LISTED_PER_SWEEP_MAX * share),
    told: share < 1 ? 0 : TOLD_RUNS_PER_SWEEP_MAX,
    waiting: share < 1 ? 0 : WAITING_RUNS_PER_SWEEP_MAX,
  };
}

/** Null: there is no such repository any more. A run whose jobs are not asked for by `untilMs` is not in `listed`. */
export async function lookAtRuns(
  repository: KnownRepository,
  jobs: readonly Held<JobEntry>[],
  runs: Runs,
  { pick, untilMs }: { readonly pick: Pick; readonly untilMs: number },
  world: ReaperWorld,
): Promise<SeenRuns | null> {
  const lists = [];
  for (const status of LIVE) {
    const list = await runs.list(repository, status);
    if (list === null) return null;
    lists.push(list);
  }
  const live = new Map(lists.flatMap((list) => list.runs.map((run) => [run.id, run] as const)));
  const told = new Set(jobs.map(({ entry }) => entry.job.runId));
  const listed = new Set<RunId>();
  const records: JobRecord[] = [];
  const failures: unknown[] = [];
  for (const run of inOrder([...live.values()].reverse(), world)) {
    if (isEnough(failures, untilMs, world)) break;
    const jobsOf =
      runs.seenNow(run) ??
      (await listIfWorth(repository, run, told.has(run.id), runs, pick, world).catch((error: unknown) =>
        passOver(run, error, failures, world),
      ));
    if (jobsOf?.complete) listed.add(run.id);
    records.push(...(jobsOf?.things ?? []));
  }
  const complete = lists.every((list) => list.complete);
  return { live: new Set(live.keys()), listed, records, complete, failures };
}

const isEnough = (failures: readonly unknown[], untilMs: number, { clock }: ReaperWorld): boolean =>
  failures.length >= BROKEN_RUNS_MAX || clock.nowMs() >= untilMs;

/** In one look at a repository: more of them are no matter of one run. */
const BROKEN_RUNS_MAX = 2;

/**
 * What GitHub lost long ago it may list, and fail to tell the jobs of: that keeps no other run from being looked at. Nor do
 * those that are looked at again and again, where nothing else tells of their jobs.
 */
function inOrder(runs: readonly RunRecord[], { looks, config }: ReaperWorld): readonly RunRecord[] {
  const lookedAtMs = (run: RunRecord): number => {
    const seen = looks.runs.get(run.id);
    return config.github.polling && isUnchanged(run, seen) ? seen.atMs : 0;
  };
  const brokenAtMs = ({ id }: RunRecord): number => looks.broken.get(id) ?? 0;
  return runs.toSorted((a, b) => brokenAtMs(a) - brokenAtMs(b) || lookedAtMs(a) - lookedAtMs(b));
}

const isUnchanged = (run: RunRecord, seen: SeenRun | undefined): seen is SeenRun =>
  seen?.isTaken === true && seen.stamp === stampOf(run);

function passOver(run: RunRecord, error: unknown, failures: unknown[], { looks, clock }: ReaperWorld): void {
  if (isKept(error) || isTurnedAway(error) || waitMsOf(error) !== null) throw error;
  rememberBroken(looks, run.id, clock.nowMs());
  failures.push(error);
}

/** Undefined: it was not asked for. */
async function listIfWorth(
  repository: KnownRepository,
  run: RunRecord,
  isTold: boolean,
  runs: Runs,
  pick: Pick,
  world: ReaperWorld,
) {
  const { looks, clock, config, github } = world;
  const worth = worthOf(run, looks.runs.get(run.id), isTold, config.github.polling, clock.nowMs());
  if (worth === null || pick[worth] <= 0 || !github.mayAsk('look', ownerOf(repository.repository)))
    return undefined;
  pick[worth]--;
  const jobsOf = await runs.jobsOf(repository, run, 'look');
  looks.broken.delete(run.id);
  return jobsOf;
}

/** Pure. Null: nothing is to be learnt of its jobs. */
export function worthOf(
  run: RunRecord,
  seen: SeenRun | undefined,
  isTold: boolean,
  isPolling: boolean,
  nowMs: number,
): keyof Pick | null {
  const waits = isWaiting(run);
  if (isPolling) return waits && isUnchanged(run, seen) ? null : 'unknown';
  if (isUnchanged(run, seen)) return !waits && nowMs - seen.atMs > RUN_RELIST_MS ? 'told' : null;
  return worthOfChanged(run, seen, isTold, nowMs);
}

/** The webhook has its time first; where it told us of the run, or the run is none of ours, it may have more. */
function worthOfChanged(
  run: RunRecord,
  seen: SeenRun | undefined,
  isTold: boolean,
  nowMs: number,
): keyof Pick | null {
  if (isTold || seen?.hasOurs === false) {
    // One that changes all the time has its turn, too: of some of its jobs we may know nothing any more.
    const isDue = nowMs - (seen?.atMs ?? run.createdAtMs) > RUN_RELIST_MS;
    return isDue || nowMs - (run.changedAtMs ?? 0) >= LOST_JOB_MS ? 'told' : null;
  }
  return seen === undefined ? worthOfNew(run, nowMs) : 'unknown';
}

const isWaiting = ({ status }: RunRecord): boolean => status === 'waiting' || status === 'pending';

function worthOfNew(run: RunRecord, nowMs: number): keyof Pick | null {
  if (isWaiting(run)) return 'waiting';
  return nowMs - run.createdAtMs < LOST_JOB_MS ? null : 'unknown';
}
