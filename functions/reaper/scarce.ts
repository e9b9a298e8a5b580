/** What one job found sold out, others of its like would find so, and a few of them try it: pure. */
import { capacityTypesFor } from '../../shared/advisor/rank.ts';
import type { Config } from '../../shared/config/config.ts';
import { PROBES_OF_LIKE_MAX } from '../../shared/github-limits.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import type { JobEntry, RunnerEntry } from '../../shared/ledger/entries.ts';
import { RETRY_MS } from '../../shared/limits.ts';
import type { CapacityType } from '../../shared/nouns.ts';
import { count } from './own-limits.ts';

/** By labels and capacity type: when one of those that wait was last told that nothing is to be had. */
export type Scarce = ReadonlyMap<string, number>;

/** What is due is tried within a sweep: where it is not, for a limit of its own, what it found is of the past. */
const FOUND_KEPT_MS = 2 * RETRY_MS;

/** What a lot was refused is mostly known after so long, and what it got sooner: until then its machines say nothing for others. */
const ALL_KNOWN_MS = 15_000;

/** By the last tries of those that wait, and `before`. For a quota, whose room is counted, none of its like is held back. */
export function scarceIn(
  waiting: readonly { readonly entry: JobEntry }[],
  nowMs: number,
  config: Config,
  before: Scarce = new Map(),
): Scarce {
  const told = new Map(before);
  for (const { entry } of waiting) {
    const { quota, isCut, nextTryAtMs } = entry;
    if (!isTold(entry) || quota || isCut || nowMs - nextTryAtMs > FOUND_KEPT_MS) continue;
    // Its patience may have ended since.
    const atMs = toldAtMs(entry);
    for (const key of keysOfLike(entry, atMs, config)) told.set(key, Math.max(told.get(key) ?? 0, atMs));
  }
  return told;
}

const isTold = ({ obstacle, isUntried }: JobEntry): boolean => obstacle === 'offer' && !isUntried;
/** Its next try is a minute after its last. */
const toldAtMs = ({ nextTryAtMs }: JobEntry): number => nextTryAtMs - RETRY_MS;

export interface Heard {
  readonly scarce?: Scarce;
  /** Runners; some were launched since then, and have their machines. */
  readonly made?: readonly { readonly entry: RunnerEntry }[];
}

/** What a job may be launched on, as far as it and others were told. */
interface Standing {
  readonly like: string;
  /** Nothing is to be had of any. */
  readonly isScarce: boolean;
  /** Machines that were had of it since. */
  readonly found: number;
}

export interface Likes {
  isScarce(entry: JobEntry): boolean;
  /** It was told so, and machines of its like were had since: its launch can take a slot. */
  isOver(entry: JobEntry): boolean;
  /** So many of its like are tried that it waits for what becomes of them. */
  isLeftOut(entry: JobEntry): boolean;
  anyLeftOut(): boolean;
  /** It is tried. */
  count(entry: JobEntry): void;
}

/** A machine that was had lets one more of its like go: lots grow where all is to be had again, and stay small in a shortage. */
export function likesOf({ scarce = new Map(), made = [] }: Heard, nowMs: number, config: Config): Likes {
  const tried = new Map<string, number>();
  const times = timesOf(made.filter(({ entry }) => nowMs - entry.createdAtMs >= ALL_KNOWN_MS));
  let isAnyLeftOut = false;
  const standingOf = (entry: JobEntry): Standing => {
    const keys = keysOfLike(entry, nowMs, config);
    const ownMs = isTold(entry) ? toldAtMs(entry) : null;
    const told = keys.map((key) => ({ key, atMs: latest(scarce.get(key), ownMs) }));
    const since = told.map(({ key, atMs }) => times.get(key)?.filter((ms) => ms > atMs).length ?? 0);
    const isScarce = told.every(({ atMs }) => atMs > Number.NEGATIVE_INFINITY);
    return { like: keys.join(), isScarce, found: since.reduce((sum, each) => sum + each, 0) };
  };
  return {
    isScarce: (entry) => standingOf(entry).isScarce,
    isOver: (entry) => isTold(entry) && standingOf(entry).found > 0,
    isLeftOut(entry) {
      const { like, isScarce, found } = standingOf(entry);
      const isOut = isScarce && (tried.get(like) ?? 0) >= PROBES_OF_LIKE_MAX + found;
      isAnyLeftOut ||= isOut;
      return isOut;
    },
    anyLeftOut: () => isAnyLeftOut,
    count: (entry) => count([keysOfLike(entry, nowMs, config).join()], tried),
  };
}

const latest = (told: number | undefined, ownMs: number | null): number =>
  Math.max(told ?? Number.NEGATIVE_INFINITY, ownMs ?? Number.NEGATIVE_INFINITY);

/** When those that have their machines were launched. */
function timesOf(made: NonNullable<Heard['made']>): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>();
  for (const { entry } of made) {
    if (entry.instanceId === null || entry.candidate === null) continue;
    const key = keyOf(entry.labels, entry.candidate.capacityType);
    const before = times.get(key);
    if (before === undefined) times.set(key, [entry.createdAtMs]);
    else before.push(entry.createdAtMs);
  }
  return times;
}

/** As it is ranked: on spot, on pay-as-you-go, or on both. */
function keysOfLike(
  { job, firstTryAtMs, offSpot }: JobEntry,
  nowMs: number,
  config: Config,
): readonly string[] {
  const understood = parseLabels(job.labels, job.repository, config);
  const isOffSpot =
    offSpot || (understood.kind === 'ours' && understood.requirements.capacityType === 'on-demand');
  const types = capacityTypesFor({ firstTryAtMs, offSpot: isOffSpot, nowMs, config });
  return types.map((type) => keyOf(job.labels, type));
}

const keyOf = (labels: readonly string[], type: CapacityType): string =>
  `${[...labels].sort().join(' ').toLowerCase()} ${type}`;
