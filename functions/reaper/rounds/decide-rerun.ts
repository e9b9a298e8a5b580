/** Which part of a run is brought back after an interruption: pure. */
import type { RerunEntry } from '../../../shared/ledger/entries.ts';
import {
  CONSEQUENCE_MAX_MS,
  GITHUB_TIME_MS,
  NEEDED_MAX_MS,
  RERUN_ATTEMPTS_MAX,
} from '../../../shared/limits.ts';
import type { JobId, JobRecord, RunRecord } from '../../../shared/nouns.ts';

/** At most so long after its last need ended GitHub makes a job, when its queues are slow and nothing else of the run ran meanwhile. */
const NEEDED_LAST_MAX_MS = 5 * 60_000;
/** A busy runner is told to end 225 s after the market's notice (job.sh); a sweep or two may pass before we see that. */
const NOTICE_LEFT_MIN_MS = 100_000;

export type RerunDecision =
  | { readonly kind: 'wait' }
  /** It has a later attempt: a person's, or ours, of which the answer was lost. */
  | { readonly kind: 'asked-before' }
  | { readonly kind: 'all-failed' }
  /** `because`: why those that were cancelled with it are not. */
  | { readonly kind: 'one'; readonly job: JobId; readonly because: string | null }
  /** `isLoss`: nobody meant it, so a person is told. */
  | { readonly kind: 'leave'; readonly because: string; readonly isLoss: boolean };

export type EndedRun = Pick<RunRecord, 'attempt' | 'status' | 'conclusion'>;

/**
 * `jobs`: those of the run's attempt. A job that failed by itself is never run again because of us; one that failed or
 * was cancelled because another was interrupted is. What a person, or a newer run, cancelled stays so.
 */
export function decideRerun(
  entry: RerunEntry,
  run: EndedRun | null,
  jobs: readonly JobRecord[],
  isSuperseded = false,
): RerunDecision {
  if (run === null) return leave('GitHub does not know the run any more');
  if (run.attempt !== entry.attempt) return { kind: 'asked-before' };
  if (run.status !== 'completed') return { kind: 'wait' };
  const failed = jobs.filter(isBad);
  const ours = failed.filter(({ job }) => entry.interrupted.includes(job.id));
  const [first] = ours;
  if (first === undefined) return leave('no interrupted job failed');
  const meant = whyMeant(entry, run, failed, ours);
  if (meant !== null) return meant;
  // Where they share a concurrency group the newer one had it cancelled; else nobody meant it to end.
  if (isSuperseded) return leave('a newer run of its workflow and branch has taken its place', true);
  if (run.attempt >= RERUN_ATTEMPTS_MAX)
    return leave(`the run is in its attempt ${run.attempt}, and was interrupted again`, true);
  const all = withConsequences(ours, failed, jobs);
  if (all.length === failed.length) return { kind: 'all-failed' };
  if (ours.length === 1)
    return { kind: 'one', job: first.job.id, because: whyNotAll(all.slice(ours.length)) };
  return leave('other jobs failed by themselves, and more than one was interrupted', true);
}

const leave = (because: string, isLoss = false): RerunDecision => ({ kind: 'leave', because, isLoss });

const whyNotAll = (consequences: readonly JobRecord[]): string | null =>
  consequences.some(({ conclusion }) => conclusion === 'cancelled')
    ? 'another job failed by itself, so those that were cancelled with it stay so'
    : null;

const isBad = ({ conclusion }: JobRecord): boolean =>
  conclusion === 'failure' || conclusion === 'cancelled' || conclusion === 'timed_out';

/**
 * After a failure GitHub calls the run failed, fail-fast or not; cancelled it is only as a whole. A runner that ends on
 * the market's notice may have its job cancelled, and with no failure the run is cancelled too: then it is alone in that.
 */
function wasCancelled(
  { conclusion }: EndedRun,
  failed: readonly JobRecord[],
  ours: readonly JobRecord[],
): boolean {
  if (conclusion !== 'cancelled') return false;
  return failed.length > ours.length || ours.some((job) => job.conclusion !== 'cancelled');
}

/** Null: nobody but the market ended it, as far as is known. */
function whyMeant(
  entry: RerunEntry,
  run: EndedRun,
  failed: readonly JobRecord[],
  ours: readonly JobRecord[],
): RerunDecision | null {
  if (wasCancelled(run, failed, ours)) return leave('the run was cancelled');
  if (run.conclusion !== 'cancelled' || !ours.some((one) => isEarly(one, entry))) return null;
  return leave('it was cancelled before its machine told it to end', true);
}

/** Pure. The machine leaves a job its time; what is cancelled before that, a person cancelled, as far as is known. */
function isEarly({ job, completedAtMs }: JobRecord, { noticedAtMs }: RerunEntry): boolean {
  const sinceMs = noticedAtMs?.[job.id];
  if (sinceMs === undefined || completedAtMs === null) return false;
  return completedAtMs - sinceMs < NOTICE_LEFT_MIN_MS;
}

/** In the order in which they were made: what needs a consequence is one, too. */
function withConsequences(
  ours: readonly JobRecord[],
  failed: readonly JobRecord[],
  jobs: readonly JobRecord[],
): readonly JobRecord[] {
  const found = [...ours];
  const others = failed.filter((job) => !ours.includes(job));
  for (const job of others.toSorted((a, b) => a.job.createdAtMs - b.job.createdAtMs))
    if (isCancelledFor(job, ours) || isNeeding(job, found) || isSummary(job, found, jobs)) found.push(job);
  return found;
}

/** By fail-fast; or failed by GitHub before any runner had it. */
function isCancelledFor(
  { conclusion, runner, completedAtMs }: JobRecord,
  ours: readonly JobRecord[],
): boolean {
  if (conclusion !== 'cancelled' && runner !== null) return false;
  return ours.some((one) => isWithin(completedAtMs, one.completedAtMs, CONSEQUENCE_MAX_MS));
}

/** GitHub makes a job when the last that it needs has ended: one that sums up a matrix fails with it. */
const isNeeding = ({ job }: JobRecord, found: readonly JobRecord[]): boolean =>
  found.some((one) => isWithin(job.createdAtMs, one.completedAtMs, NEEDED_MAX_MS));

/**
 * It was made after them as well, when all that was made before it had ended, the slowest a moment ago: one that waits for
 * all. That it may have failed by itself is the price of not leaving those that did not.
 */
function isSummary({ job }: JobRecord, found: readonly JobRecord[], jobs: readonly JobRecord[]): boolean {
  const madeMs = job.createdAtMs;
  const isEnded = ({ completedAtMs }: JobRecord) =>
    completedAtMs !== null && completedAtMs <= madeMs + GITHUB_TIME_MS;
  const before = jobs.filter((other) => other.job.createdAtMs < madeMs - GITHUB_TIME_MS);
  if (!before.every(isEnded) || !before.some((other) => found.includes(other))) return false;
  const lastMs = Math.max(...before.map(({ completedAtMs }) => completedAtMs ?? 0));
  return isWithin(madeMs, lastMs, NEEDED_LAST_MAX_MS);
}

function isWithin(atMs: number | null, sinceMs: number | null, maxMs: number): boolean {
  if (atMs === null || sinceMs === null) return false;
  return atMs >= sinceMs - GITHUB_TIME_MS && atMs <= sinceMs + maxMs;
}
