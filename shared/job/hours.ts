/** How long jobs run, learned from what ended: by repository and job name. Pure. */
import * as z from 'zod';
import { parseJson } from '../json.ts';
import type { HistoryRow } from '../ledger/history-row.ts';
import { HOURS_NAMES_MAX } from '../limits.ts';
import type { CapacityType, Job } from '../nouns.ts';
import { digest } from './learned.ts';

const HOUR_MS = 3_600_000;

/** The median of its like, in hours, and when one of them last ended. */
interface Known {
  readonly hours: number;
  readonly endedAtMs: number;
}

/** By digest of repository and job name; a repository's own digest has the median of all its jobs. */
export type KnownHours = ReadonlyMap<string, Known>;

type Named = Pick<Job, 'repository' | 'name'>;

const keysOf = ({ repository, name }: Named): readonly [own: string, repository: string] => {
  const owner = repository.toLowerCase();
  return [digest(owner, name), digest(owner)];
};

/** Undefined: nothing is known of it, nor of its repository. */
export function expectedHours(job: Named, known: KnownHours): number | undefined {
  return keysOf(job)
    .map((key) => known.get(key)?.hours)
    .find((hours) => hours !== undefined);
}

/** Of jobs of its own name alone. Undefined: nothing is known of them. */
export const ownHours = (job: Named, known: KnownHours): number | undefined =>
  known.get(keysOf(job)[0])?.hours;

/** Known to run no longer, a job loses minutes at most when it is interrupted a second time. */
const AGAIN_ON_SPOT_MAX_HOURS = 0.5;

/**
 * On what a job is run again when the market takes back its machine in its run number `attempt`: off spot after a second one,
 * where it would lose more than minutes, or where nobody knows what it would lose. `hours`: of jobs of its own name.
 */
export const rerunOn = (attempt: number, hours: number | undefined): CapacityType =>
  attempt > 1 || hours === undefined || hours > AGAIN_ON_SPOT_MAX_HOURS ? 'on-demand' : 'spot';

/** What was known of those that do not occur in `rows` stays; of too many, those that ended last. */
export function learnHours(rows: readonly HistoryRow[], before: KnownHours): KnownHours {
  const seen = new Map<string, { hours: number[]; endedAtMs: number }>();
  for (const { job, outcome, startedAtMs, completedAtMs } of rows) {
    // What was cancelled or lost says nothing of how long it would have run.
    if (outcome !== 'success' && outcome !== 'failure') continue;
    if (startedAtMs === null || completedAtMs === null || completedAtMs < startedAtMs) continue;
    for (const key of keysOf(job)) {
      const like = seen.get(key) ?? { hours: [], endedAtMs: 0 };
      like.hours.push((completedAtMs - startedAtMs) / HOUR_MS);
      seen.set(key, { ...like, endedAtMs: Math.max(like.endedAtMs, completedAtMs) });
    }
  }
  const learned = [...seen].map(
    ([key, { hours, endedAtMs }]) => [key, { hours: median(hours), endedAtMs }] as const,
  );
  const newest = [...new Map([...before, ...learned])].sort(([, a], [, b]) => b.endedAtMs - a.endedAtMs);
  return new Map(newest.slice(0, HOURS_NAMES_MAX));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

const Note = z.record(z.string(), z.tuple([z.number().min(0), z.number()]));

/** Seconds and minutes: a note must stay small. */
export const encodeHours = (known: KnownHours): string =>
  JSON.stringify(
    Object.fromEntries(
      [...known].map(([key, { hours, endedAtMs }]) => [
        key,
        [Math.round(hours * 3600), Math.floor(endedAtMs / 60_000)],
      ]),
    ),
  );

/** What is no such note teaches nothing: it is written anew. */
export function decodeHours(text: string): KnownHours {
  const parsed = Note.safeParse(parseJson(text));
  if (!parsed.success) return new Map();
  return new Map(
    Object.entries(parsed.data).map(([key, [seconds, minutes]]) => [
      key,
      { hours: seconds / 3600, endedAtMs: minutes * 60_000 },
    ]),
  );
}

/** The ledger's note. */
export const HOURS_NOTE = 'job-hours';
