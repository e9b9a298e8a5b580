/** The one pointer: a runner's `for`. */

import { covers, parseLabels } from '../../../shared/job/labels.ts';
import { amend, mergeTrail } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { type Hold, isLeaving } from '../../../shared/ledger/entry-parts.ts';
import type { Held, Ledger } from '../../../shared/ledger/ledger.ts';
import { LEDGER_SCAN_MAX } from '../../../shared/limits.ts';
import { runnerNameOf } from '../../../shared/names.ts';
import type { Job, JobId } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';
import { isHeld, isOf } from './held.ts';
import { writeHold } from './release-held.ts';

/**
 * `taker` runs on what was meant for `robbed`: give `robbed` the taker's own runner, or have one launched now. `hold`: what
 * the taker was held for until it started; another of its kind waits for that now.
 */
export async function repoint(
  taker: Job,
  takerEntry: JobEntry | null,
  robbed: JobId | null,
  world: ReaperWorld,
  hold: Hold | null = null,
): Promise<void> {
  if (robbed === null || robbed === taker.id) return;
  const waiting = await world.ledger.jobs.read(robbed);
  if (waiting === null || waiting.entry.startedOn !== null) return;

  const own = await findLatestRunner(taker, takerEntry, world);
  if (await isHandedOn(own, waiting.entry, taker, world)) return;
  // A launch that is under way has a machine soon, which is nobody's then: the sweep gives it to whoever waits.
  if (isUnderWay(own, takerEntry, world.clock.nowMs()) || (await hasAnother(waiting.entry, world))) return;
  if (await inherit(taker, waiting.entry, world)) return;
  if (hold !== null && isOf({ by: hold.by, job: taker }, waiting.entry))
    return holdInstead(waiting.entry, hold, taker, world);
  await startNow(waiting.entry, `its runner was given to the job ${taker.id}`, world);
}

/** What was meant for the taker is free, if nobody runs on it. */
async function isHandedOn(
  own: Held<RunnerEntry> | null,
  { job }: JobEntry,
  taker: Job,
  world: ReaperWorld,
): Promise<boolean> {
  if (own === null || !isGivable(own.entry, taker.id) || !covers(own.entry.labels, job.labels)) return false;
  return give(own, job.id, taker, world);
}

/**
 * After a chain of swaps, what is left for the taker is not its own launch's: the one runner whose pointer it holds. Or a
 * sweep has given `robbed` another one meanwhile.
 */
async function inherit(taker: Job, robbed: JobEntry, world: ReaperWorld): Promise<boolean> {
  const { things } = await world.ledger.runners.list(LEDGER_SCAN_MAX);
  if (things.some(({ entry }) => isComing(entry, robbed.job.id))) return true;
  const left = things.find(
    ({ entry }) => isGivable(entry, taker.id) && covers(entry.labels, robbed.job.labels),
  );
  if (left === undefined) return false;
  return give(left, robbed.job.id, taker, world);
}

/** False: it has changed meanwhile. */
async function give(
  { entry, rev }: Held<RunnerEntry>,
  robbed: JobId,
  taker: Job,
  { ledger, clock, log }: ReaperWorld,
): Promise<boolean> {
  const text = `${entry.name} was meant for the job ${taker.id}, which took the runner of ${robbed}: it is for ${robbed} now`;
  const trail = mergeTrail(...entry.trail, { atMs: clock.nowMs(), text });
  const moved = await ledger.runners.replace(entry.name, { entry, rev }, { ...entry, for: robbed, trail });
  log('job.repointed', { job: robbed, taker: taker.id, runner: entry.name, moved: moved !== null });
  return moved !== null;
}

/** What was taken was not its latest: that one is coming, or its launch is under way, or it has a next try. */
async function hasAnother(entry: JobEntry, world: ReaperWorld): Promise<boolean> {
  const latest = await findLatestRunner(entry.job, entry, world);
  return latest === null ? entry.nextTryAtMs > world.clock.nowMs() : isComing(latest.entry, entry.job.id);
}

/** The runner of this job's latest launch, or the warm one that it took instead, whatever became of it. */
export async function findLatestRunner(
  job: Job,
  entry: JobEntry | null,
  { ledger, config }: ReaperWorld,
): Promise<Held<RunnerEntry> | null> {
  if (entry === null || entry.launches === 0) return null;
  if (entry.took) return ledger.runners.read(entry.took);
  const understood = parseLabels(job.labels, job.repository, config);
  if (understood.kind !== 'ours') return null;
  const name = runnerNameOf(config.name, understood.requirements.arch, job.id, entry.launches);
  return (await ledger.runners.read(name)) ?? findStarting(job, ledger);
}

/** Its launch takes a machine that stood stopped, and has not written so in the job's entry yet. */
async function findStarting({ id }: Job, { runners }: Ledger): Promise<Held<RunnerEntry> | null> {
  const { things } = await runners.list(LEDGER_SCAN_MAX);
  return things.find(({ entry }) => entry.for === id && entry.standby === 'starting') ?? null;
}

/** Pure: nobody runs on it, and it is still meant for its own job. */
function isComing(entry: RunnerEntry, own: JobId): boolean {
  const isFree = entry.state === 'launching' || entry.state === 'booting' || entry.state === 'idle';
  return isFree && entry.for === own && !entry.isUnwanted && !isLeaving(entry);
}

/** Pure. A launch under way stays its own job's: its outcome is open, and a job has one launch at a time. */
function isGivable(entry: RunnerEntry, own: JobId): boolean {
  return entry.state !== 'launching' && isComing(entry, own);
}

/** Pure. A launch that threw has its lease, and makes nothing any more. */
function isUnderWay(runner: Held<RunnerEntry> | null, taker: JobEntry | null, nowMs: number): boolean {
  if (runner?.entry.state !== 'launching' || taker === null || taker.failure != null) return false;
  const { isUnwanted, leaseUntilMs } = runner.entry;
  return runner.entry.for === taker.job.id && !isUnwanted && leaseUntilMs > nowMs;
}

/** They changed places: as many are launched for as before. */
async function holdInstead(
  { job, launches }: JobEntry,
  hold: Hold,
  { id }: Job,
  world: ReaperWorld,
): Promise<void> {
  const because = `its runner was given to the job ${id}, and no more of its kind are launched for`;
  const next = (entry: JobEntry) =>
    entry.startedOn === null && entry.launches === launches && !isHeld(entry)
      ? { ...entry, held: hold, holds: Math.max(1, entry.holds ?? 0) }
      : undefined;
  await writeHold(job, hold, because, next, world);
}

/** If the launcher cannot be asked now, the next sweep does it: the job is due. */
async function startNow(
  { job, launches }: JobEntry,
  because: string,
  { ledger, clock, queue, log }: ReaperWorld,
): Promise<void> {
  const nextTryAtMs = clock.nowMs();
  const isDue = (entry: JobEntry) => entry.startedOn === null && entry.launches === launches;
  const held = await amend(ledger.jobs, job.id, (entry) =>
    isDue(entry)
      ? {
          ...entry,
          nextTryAtMs,
          because,
          trail: mergeTrail(...entry.trail, { atMs: nextTryAtMs, text: because }),
        }
      : undefined,
  );
  if (held === null || !isDue(held.entry)) return;
  log('job.due', { job: job.id, because });
  await queue.launch({ kind: 'due', job: held.entry.job, rev: held.rev, hasTurn: false });
}
