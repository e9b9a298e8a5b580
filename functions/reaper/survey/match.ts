/** Which waiting job has which runner coming: pure. Nothing is bound; only the pointer `for` moves. */

import { covers } from '../../../shared/job/labels.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { isHeld } from '../events/held.ts';
import { ownerOf } from './known.ts';

export interface Matching {
  /** Runner name → the waiting job it is meant for. */
  readonly wanted: ReadonlyMap<string, JobEntry>;
  /** Pointers to move. */
  readonly moves: readonly { readonly runner: Held<RunnerEntry>; readonly job: JobId }[];
  /** Waiting jobs with no runner coming; not those that GitHub holds back. */
  readonly uncovered: readonly Held<JobEntry>[];
}

/** `usable`: runners that may still take a job. `isRepositoryScope`: registered in one repository each. */
export function match(
  jobs: readonly Held<JobEntry>[],
  usable: readonly Held<RunnerEntry>[],
  isRepositoryScope: boolean,
): Matching {
  const waiting = jobs.filter(({ entry }) => entry.startedOn === null).sort(byPlace);
  const wanted = new Map<string, JobEntry>();
  const free = [...usable].sort(byReadiness);
  const isUncovered = (job: Held<JobEntry>) =>
    !claim(job, free, wanted, (runner) => runner.for === job.entry.job.id);
  const moves: { runner: Held<RunnerEntry>; job: JobId }[] = [];
  const isLeft = (job: Held<JobEntry>) => {
    const runner = claim(job, free, wanted, (entry) => mayTake(entry, job.entry, isRepositoryScope));
    if (runner !== undefined) moves.push({ runner, job: job.entry.job.id });
    return runner === undefined;
  };
  const left = waiting
    .filter(({ entry }) => !isHeld(entry))
    .filter(isUncovered)
    .filter(isLeft);
  // What GitHub holds back comes last, and nothing is launched for it.
  for (const job of waiting) if (isHeld(job.entry) && isUncovered(job)) isLeft(job);
  return { wanted, moves, uncovered: left };
}

/** Takes the first runner that fits out of `free`. */
function claim(
  job: Held<JobEntry>,
  free: Held<RunnerEntry>[],
  wanted: Map<string, JobEntry>,
  fits: (runner: RunnerEntry) => boolean,
): Held<RunnerEntry> | undefined {
  const at = free.findIndex(({ entry }) => fits(entry));
  const [runner] = at < 0 ? [] : free.splice(at, 1);
  if (runner !== undefined) wanted.set(runner.entry.name, job.entry);
  return runner;
}

/** A launch under way stays its own job's: its outcome is open, and a job has one launch at a time. */
function mayTake(runner: RunnerEntry, { job }: JobEntry, isRepositoryScope: boolean): boolean {
  if (runner.state === 'launching') return false;
  const isReachable = isRepositoryScope
    ? runner.repository === job.repository
    : ownerOf(runner.repository) === ownerOf(job.repository);
  return isReachable && covers(runner.labels, job.labels);
}

/** Whoever had runners of no use comes after those that had none yet. */
const byPlace = (a: Held<JobEntry>, b: Held<JobEntry>): number =>
  Number((a.entry.wasted ?? 0) > 0) - Number((b.entry.wasted ?? 0) > 0) ||
  a.entry.job.createdAtMs - b.entry.job.createdAtMs ||
  a.entry.job.id - b.entry.job.id;

const READINESS = { idle: 0, booting: 1, launching: 2, busy: 3, retiring: 4 } as const;

const byReadiness = ({ entry: a }: Held<RunnerEntry>, { entry: b }: Held<RunnerEntry>): number =>
  READINESS[a.state] - READINESS[b.state] ||
  a.labels.length - b.labels.length ||
  a.createdAtMs - b.createdAtMs ||
  (a.name < b.name ? -1 : 1);
