/** What one job found sold out, others of its like would find so, and a few of them try it: pure. */
import { capacityTypesFor } from '../../shared/advisor/rank.ts';
import type { Config } from '../../shared/config/config.ts';
import { PROBES_OF_LIKE_MAX } from '../../shared/github-limits.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import type { JobEntry, RunnerEntry } from '../../shared/ledger/entries.ts';
import { RETRY_MS } from '../../shared/limits.ts';
import type { CapacityType } from '../../shared/nouns.ts';
import { count } from './own-limits.ts';

/** Labels, each with a capacity type that nothing was to be had of. */
export type Scarce = ReadonlySet<string>;

/** What is due is tried within a sweep: where it is not, for a limit of its own, what it found is of the past. */
const FOUND_KEPT_MS = 2 * RETRY_MS;

/** By the last tries of those that wait. For a quota, whose room is counted, none of its like is held back. */
export function scarceIn(
  waiting: readonly { readonly entry: JobEntry }[],
  nowMs: number,
  config: Config,
): Scarce {
  const refused = waiting.filter(
    ({ entry: { obstacle, quota, isCut, isUntried, nextTryAtMs } }) =>
      obstacle === 'offer' && !quota && !isCut && !isUntried && nowMs - nextTryAtMs <= FOUND_KEPT_MS,
  );
  // Its patience may have ended since: its next try is a minute after its last.
  return new Set(refused.flatMap(({ entry }) => keysOfLike(entry, entry.nextTryAtMs - RETRY_MS, config)));
}

/** Launched since then, and not in vain. */
export function foundIn(runners: readonly { readonly entry: RunnerEntry }[], sinceMs: number): Scarce {
  const made = runners.filter(({ entry }) => entry.instanceId !== null && entry.createdAtMs >= sinceMs);
  return new Set(
    made.flatMap(({ entry: { labels, candidate } }) =>
      candidate === null ? [] : [keyOf(labels, candidate.capacityType)],
    ),
  );
}

export interface Likes {
  /** It or others were told that nothing is to be had of all that it may be launched on. */
  isScarce(entry: JobEntry): boolean;
  /** So many of its like are tried that it waits for what becomes of them. */
  isLeftOut(entry: JobEntry): boolean;
  anyLeftOut(): boolean;
  /** It is tried. */
  count(entry: JobEntry): void;
}

export function likesOf(scarce: Scarce, nowMs: number, config: Config): Likes {
  const tried = new Map<string, number>();
  const known = new Map<JobEntry, readonly string[]>();
  let isAnyLeftOut = false;
  // Its labels are read once, not at each question.
  const keysIn = (entry: JobEntry): readonly string[] => {
    const keys = known.get(entry) ?? keysOfLike(entry, nowMs, config);
    known.set(entry, keys);
    return keys;
  };
  const isScarce = (entry: JobEntry) =>
    (entry.obstacle === 'offer' && !entry.isUntried) ||
    (scarce.size > 0 && keysIn(entry).every((key) => scarce.has(key)));
  return {
    isScarce,
    isLeftOut(entry) {
      const isOut = isScarce(entry) && (tried.get(keysIn(entry).join()) ?? 0) >= PROBES_OF_LIKE_MAX;
      isAnyLeftOut ||= isOut;
      return isOut;
    },
    anyLeftOut: () => isAnyLeftOut,
    count: (entry) => count([keysIn(entry).join()], tried),
  };
}

/** As it is ranked: on spot, on pay-as-you-go, or on both. */
function keysOfLike(
  { job, firstTryAtMs, offSpot }: JobEntry,
  nowMs: number,
  config: Config,
): readonly string[] {
  const understood = parseLabels(job.labels, job.repository, config);
  const requirements = understood.kind === 'ours' ? understood.requirements : null;
  const types = capacityTypesFor({ requirements, firstTryAtMs, offSpot, nowMs, config });
  return types.map((type) => keyOf(job.labels, type));
}

const keyOf = (labels: readonly string[], type: CapacityType): string =>
  `${[...labels].sort().join(' ').toLowerCase()} ${type}`;
