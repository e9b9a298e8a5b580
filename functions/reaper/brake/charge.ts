/** What a runner of no use means for its job's entry, and when that is forgotten: pure. */
import { mergeTrail } from '../../../shared/ledger/amend.ts';
import type { Ending, JobEntry } from '../../../shared/ledger/entries.ts';
import { QUEUED_MAX_MS } from '../../../shared/limits.ts';
import { isCharged, isOfTheMachine, type Waste, wordsOf } from './endings.ts';
import {
  CAP_CHANGED_MIN_MS,
  OFF_SPOT_WASTED_MIN,
  WASTED_MAX,
  WASTED_PAUSE_MAX_MS,
  WASTED_PAUSE_MS,
} from './limits.ts';

export interface Terms {
  readonly nowMs: number;
  /** Many ended so: the cause is not the job, and nothing is held against it, as long as it is true of all. */
  readonly isBraked: boolean;
  /** What a job is only looked at under: see `circumstancesNow`. */
  readonly circumstances: string;
  readonly mayLeaveSpot: boolean;
}

/** Undefined: it was charged before, or its job has started since. */
export function charged(
  entry: JobEntry,
  { runner, ending, version = null }: Pick<Waste, 'runner' | 'ending' | 'version'>,
  terms: Terms,
): JobEntry | undefined {
  if (entry.startedOn !== null || isCharged(runner, entry)) return undefined;
  const { nowMs: atMs } = terms;
  // Once others have got jobs meanwhile, and it has not, the cause may be its own.
  const isBraked = terms.isBraked && entry.isForgiven !== true;
  const wasted = (entry.wasted ?? 0) + (isBraked ? 0 : 1);
  const because = `its runner ${runner.name} was of no use: ${wordsOf(ending, version)}`;
  const wastes = [...(entry.wastes ?? []), notedOf(runner, ending, atMs)].slice(-WASTES_KEPT_MAX);
  const next = {
    ...entry,
    ...{ wasted, wastes, because },
    offSpot: entry.offSpot || (terms.mayLeaveSpot && leavesSpot(wasted, wastes)),
    trail: mergeTrail(...entry.trail, { atMs, text: because }),
  };
  if (wasted >= WASTED_MAX) return capped(next, because, terms);
  // Held back with all others, it is due as soon as it is its turn.
  const pauseMs = isBraked ? 0 : Math.min(2 ** wasted * WASTED_PAUSE_MS, WASTED_PAUSE_MAX_MS);
  return { ...next, obstacle: 'waste', nextTryAtMs: Math.max(entry.nextTryAtMs, atMs + pauseMs) };
}

const WASTES_KEPT_MAX = 20;

function notedOf({ name, leaseUntilMs }: Waste['runner'], ending: Ending, atMs: number) {
  return { runner: name, atMs, ending, ...(leaseUntilMs > atMs ? { leaseUntilMs } : {}) };
}

/** Spot may not be to blame; a job that has lost two machines is worth finding out. */
const leavesSpot = (wasted: number, wastes: NonNullable<JobEntry['wastes']>): boolean =>
  wasted >= OFF_SPOT_WASTED_MIN ||
  wastes.filter(({ ending }) => isOfTheMachine(ending)).length >= OFF_SPOT_WASTED_MIN;

/** By the time of its next try GitHub has given it up. */
function capped(entry: JobEntry, last: string, { nowMs: atMs, circumstances }: Terms): JobEntry {
  const because = `${entry.wasted} runners were of no use to it, and it gets no further one until something about it changes (the last: ${last})`;
  const trail = mergeTrail(...entry.trail, { atMs, text: `is only looked at: ${because}` });
  const nextTryAtMs = atMs + QUEUED_MAX_MS;
  return { ...entry, obstacle: 'cap', cappedUnder: circumstances, because, trail, nextTryAtMs };
}

/** Runners get jobs again: what was held against it while none did is forgotten, once. Undefined: nothing is. */
export function forgiven(entry: JobEntry, streak: ReadonlySet<string>, nowMs: number): JobEntry | undefined {
  const { startedOn, wastes = [], isForgiven = false } = entry;
  const isOfStreak = wastes.length > 0 && wastes.every(({ runner }) => streak.has(runner));
  if (startedOn !== null || !isOfStreak || isForgiven) return undefined;
  return { ...released(entry, 'runners get jobs again', nowMs), isForgiven: true };
}

/** What it counts stays: if this runner is of no use either, it is only looked at again. */
function triedAgain(entry: JobEntry, because: string, atMs: number): JobEntry {
  return { ...released(entry, because, atMs), wasted: entry.wasted ?? 0 };
}

const lastWasteMs = ({ wastes = [] }: JobEntry): number => Math.max(0, ...wastes.map(({ atMs }) => atMs));

/** Jobs of its run that no runner of ours has may hold it back: when one ends, its run changes. Undefined: it did not. */
export function triedOnChange(
  entry: JobEntry,
  runChangedAtMs: number | null,
  nowMs: number,
): JobEntry | undefined {
  const lastMs = lastWasteMs(entry);
  if (runChangedAtMs === null || runChangedAtMs <= lastMs || nowMs - lastMs < CAP_CHANGED_MIN_MS)
    return undefined;
  return triedAgain(entry, 'its run has changed since its last runner', nowMs);
}

/**
 * Of one that was forgiven once, as others got jobs: the same trouble may have been back and be over, or it is its own. So it is
 * tried when others have got jobs again since its last, each time after twice the pause. Undefined: not now.
 */
export function triedOnSuccess(entry: JobEntry, successAtMs: number, nowMs: number): JobEntry | undefined {
  const lastMs = lastWasteMs(entry);
  const isDue = nowMs - lastMs >= 2 ** (entry.wasted ?? 0) * WASTED_PAUSE_MS;
  if (entry.isForgiven !== true || successAtMs <= lastMs || !isDue) return undefined;
  return triedAgain(entry, 'runners get jobs again', nowMs);
}

/** It is launched for anew, once the last launcher is over (seed 1401756); it stands aside until a launch gets further. */
export function released(entry: JobEntry, because: string, atMs: number): JobEntry {
  const nextTryAtMs = Math.max(atMs, entry.wastes?.at(-1)?.leaseUntilMs ?? 0);
  return {
    ...entry,
    ...{ wasted: 0, obstacle: 'waste', cappedUnder: null, because, nextTryAtMs },
    trail: mergeTrail(...entry.trail, { atMs, text: `is due, because ${because}` }),
  };
}
