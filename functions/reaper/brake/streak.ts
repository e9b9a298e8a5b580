/** Runners of no use since one of ours last got a job: when there are many, launches are held back to a probe. Pure. */
import * as z from 'zod';
import { parseJson } from '../../../shared/json.ts';
import type { Ending, JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { QUEUED_MAX_MS } from '../../../shared/limits.ts';
import { InCommon } from './in-common.ts';
import { BRAKE_JOBS_MIN, BRAKE_PROBE_MS, BRAKE_STREAK_MAX, BRAKE_WINDOW_MS } from './limits.ts';
import { gotJobAtMs, Mark } from './mark.ts';

export const STREAK_NOTE = 'brake';

const Streak = z.object({
  sinceMs: z.number().nullable(),
  wastes: z.array(Mark),
  /** When one of ours got a job, while not all who go on by that could be told; absent: all were. */
  gotAtMs: z.number().optional(),
  /** Absent: nothing, or a row of an earlier release. */
  inCommon: InCommon.optional(),
});

/** `sinceMs`: from when launches are held back; null: they are not. */
export type Streak = z.output<typeof Streak>;

export const NO_STREAK: Streak = { sinceMs: null, wastes: [] };

/** What cannot be read holds nobody back. */
export const parseStreak = (text: string): Streak => Streak.safeParse(parseJson(text)).data ?? NO_STREAK;

/** The first of ours that gets a job ends it. Each runner counts once; for the brake, those of the last two hours. */
export function streakAfter(
  before: Streak,
  fresh: readonly Mark[],
  successAtMs: number,
  nowMs: number,
): Streak {
  const known = new Set(before.wastes.map(({ runner }) => runner));
  const all = [...before.wastes, ...fresh.filter(({ runner }) => !known.has(runner))];
  const wastes = all
    .filter(({ atMs }) => atMs > successAtMs && nowMs - atMs < QUEUED_MAX_MS)
    .slice(-BRAKE_STREAK_MAX);
  const recent = wastes.filter(({ atMs }) => nowMs - atMs < BRAKE_WINDOW_MS);
  const isLetGo = forgottenIn(before, successAtMs).length > 0 || recent.length === 0;
  if (before.sinceMs !== null && !isLetGo) return { sinceMs: before.sinceMs, wastes };
  const jobs = new Set(recent.map(({ job }) => job)).size;
  return { sinceMs: jobs >= BRAKE_JOBS_MIN ? nowMs : null, wastes };
}

/** Runners of no use before one of ours got a job again. */
export const forgottenIn = ({ wastes }: Streak, successAtMs: number): readonly string[] =>
  wastes.filter(({ atMs }) => atMs <= successAtMs).map(({ runner }) => runner);

export const lastSuccessMs = (runners: readonly RunnerEntry[]): number =>
  Math.max(0, ...runners.map((runner) => gotJobAtMs(runner) ?? 0));

export interface Coming {
  readonly runner: RunnerEntry;
  readonly job: JobEntry;
}

/**
 * While launches are held back: one at a time for all jobs that had a runner of no use, some minutes after the last; and
 * one at a time for each repository's jobs that had none, so that no repository waits for another's.
 */
export function gateOf(
  { sinceMs, wastes }: Streak,
  coming: readonly Coming[],
  nowMs: number,
): (entry: JobEntry) => boolean {
  if (sinceMs === null) return () => true;
  const isFresh = ({ wastes = [] }: JobEntry) => wastes.length === 0;
  const probes = coming.filter(({ runner }) => runner.createdAtMs >= sinceMs).map(({ job }) => job);
  const freshOut = new Set(probes.filter(isFresh).map(({ job }) => job.repository));
  const lastAtMs = Math.max(...wastes.map(({ atMs }) => atMs));
  let isClosed = probes.some((job) => !isFresh(job)) || nowMs - lastAtMs < BRAKE_PROBE_MS;
  return (entry) => {
    const { repository } = entry.job;
    const mayStart = isFresh(entry) ? !freshOut.has(repository) : !isClosed;
    if (mayStart && isFresh(entry)) freshOut.add(repository);
    if (mayStart && !isFresh(entry)) isClosed = true;
    return mayStart;
  };
}

/** The ending that most of them had. */
export function commonEnding({ wastes }: { readonly wastes: readonly Pick<Mark, 'ending'>[] }): Ending {
  const counts = new Map<Ending, number>();
  for (const { ending } of wastes) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? 'ended';
}
