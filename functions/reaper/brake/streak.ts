/** Runners of no use since one of ours last got a job: when there are many, launches are held back to a probe. Pure. */
import * as z from 'zod';
import { parseJson } from '../../../shared/json.ts';
import type { Ending, JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { QUEUED_MAX_MS } from '../../../shared/limits.ts';
import { ENDINGS } from './endings.ts';
import { BRAKE_JOBS_MIN, BRAKE_PROBE_MS, BRAKE_STREAK_MAX, BRAKE_WINDOW_MS } from './limits.ts';

export const STREAK_NOTE = 'brake';

const Entry = z.object({
  runner: z.string(),
  job: z.number(),
  repository: z.string(),
  atMs: z.number(),
  ending: z.enum(ENDINGS),
  offering: z.string().nullable(),
  image: z.string().nullable(),
  version: z.string().nullable(),
});
const Streak = z.object({
  sinceMs: z.number().nullable(),
  wastes: z.array(Entry),
  /** When one of ours got a job: kept, with the wastes before it, while an entry that goes on by that could not be written yet. */
  gotAtMs: z.number().optional(),
});

export type StreakEntry = z.output<typeof Entry>;
/** `sinceMs`: from when launches are held back; null: they are not. */
export type Streak = z.output<typeof Streak>;

export const NO_STREAK: Streak = { sinceMs: null, wastes: [] };

/** What cannot be read holds nobody back. */
export const parseStreak = (text: string): Streak => Streak.safeParse(parseJson(text)).data ?? NO_STREAK;

/** The first of ours that gets a job ends it. Each runner counts once; for the brake, those of the last two hours. */
export function streakAfter(
  before: Streak,
  fresh: readonly StreakEntry[],
  successAtMs: number,
  nowMs: number,
): Streak {
  const wastes = withFresh(before, fresh)
    .filter(({ atMs }) => atMs > successAtMs && nowMs - atMs < QUEUED_MAX_MS)
    .slice(-BRAKE_STREAK_MAX);
  const recent = wastes.filter(({ atMs }) => nowMs - atMs < BRAKE_WINDOW_MS);
  // One that is still noted has let all go already.
  const isNew = ({ atMs }: StreakEntry) => atMs > (before.gotAtMs ?? 0) && atMs <= successAtMs;
  const isLetGo = before.wastes.some(isNew) || recent.length === 0;
  if (before.sinceMs !== null && !isLetGo) return { sinceMs: before.sinceMs, wastes };
  const jobs = new Set(recent.map(({ job }) => job)).size;
  return { sinceMs: jobs >= BRAKE_JOBS_MIN ? nowMs : null, wastes };
}

/** Each runner once. */
function withFresh({ wastes }: Streak, fresh: readonly StreakEntry[]): readonly StreakEntry[] {
  const known = new Set(wastes.map(({ runner }) => runner));
  return [...wastes, ...fresh.filter(({ runner }) => !known.has(runner))];
}

/** `after`, with what jobs go on by that are not all written yet. */
export function stillNoted(
  before: Streak,
  fresh: readonly StreakEntry[],
  after: Streak,
  gotAtMs: number,
  nowMs: number,
): Streak {
  const wastes = withFresh(before, fresh)
    .filter(({ atMs }) => nowMs - atMs < QUEUED_MAX_MS)
    .slice(-2 * BRAKE_STREAK_MAX);
  return { ...after, wastes, gotAtMs };
}

/** Runners of no use before one of ours got a job again. */
export const forgottenIn = ({ wastes }: Streak, successAtMs: number): readonly string[] =>
  wastes.filter(({ atMs }) => atMs <= successAtMs).map(({ runner }) => runner);

/** When one of ours got a job, at the earliest, as far as its entry tells; null: it had none. One that waited was online long before. */
function gotJobAtMs({ state, stateAtMs, ran, onlineAtMs, takenAtMs }: RunnerEntry): number | null {
  if (state === 'busy') return stateAtMs;
  return ran === null ? null : Math.max(onlineAtMs ?? 0, takenAtMs ?? 0, ran.createdAtMs);
}

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
export function commonEnding({ wastes }: Streak): Ending {
  const counts = new Map<Ending, number>();
  for (const { ending } of wastes) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  const [first] = [...counts].sort(([, a], [, b]) => b - a);
  return first?.[0] ?? 'ended';
}
