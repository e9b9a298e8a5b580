/** Which held jobs are launched for again, and why: pure. */

import { FIRST_HELD_MS } from '../../../shared/github-limits.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Hold } from '../../../shared/ledger/entry-parts.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { grouped, isHeld, isOf, probeAfterMs } from './held.ts';
import { HELD_AFTER_MS, HELD_PROBE_MAX_MS } from './limits.ts';

/** Why a held job is due: should GitHub give it nothing then, the guess may be wrong. */
export const FREED = 'a job that it seemed to wait for ended';

/** Waiting jobs that a runner comes for. */
export type Coming = ReadonlySet<JobId | null>;

/** As the ledger has it; and whom a sweep has given a runner. */
export const comingFor = (runners: readonly RunnerEntry[], given: readonly JobId[] = []): Coming =>
  new Set([...runners.filter(isComing).map((runner) => runner.for), ...given]);

/**
 * What is launched for again, with its reason: as many as may run beside those that do; all, when more run at once than
 * was thought possible; and where nothing happened for long, one, to see.
 */
export function releasable(
  jobs: readonly JobEntry[],
  coming: Coming,
  nowMs: number,
): ReadonlyMap<JobId, string> {
  const due = new Map<JobId, string>();
  for (const group of heldGroups(jobs)) {
    const [count, because] = howMany(group, coming, nowMs);
    const bare = group.held.filter(({ job }) => !coming.has(job.id)).sort(byAge);
    for (const { job } of bare.slice(0, count)) due.set(job.id, because);
  }
  return due;
}

export interface HeldGroup {
  readonly held: readonly JobEntry[];
  readonly waiting: readonly JobEntry[];
  readonly running: readonly JobEntry[];
}

export function heldGroups(jobs: readonly JobEntry[]): HeldGroup[] {
  const held = jobs.filter(isHeld).map((entry) => ({ entry, job: entry.job, by: entry.held?.by ?? 'run' }));
  return grouped(held).map((group) => {
    const all = jobs.filter((entry) => group.some((one) => isOf(one, entry)));
    return {
      held: group.map(({ entry }) => entry),
      waiting: all.filter(({ startedOn }) => startedOn === null),
      running: all.filter(({ startedOn }) => startedOn !== null),
    };
  });
}

function howMany(
  { held, waiting, running }: HeldGroup,
  coming: Coming,
  nowMs: number,
): [count: number, because: string] {
  const last = lastOf(held);
  if (last === undefined) return [0, ''];
  const width = last.held?.width ?? 1;
  if (last.held?.isFirst) {
    const because = whyShown({ running, waiting }, width, heldSinceMs(last), coming, nowMs);
    return because === null ? [0, ''] : [held.length, because];
  }
  if (isTooMany(running, width, heldSinceMs(last), nowMs))
    return [held.length, 'more jobs run at once than GitHub seemed to let'];
  // Also one that was released a moment ago, whose launcher has written nothing yet.
  const onTheWay = waiting.filter((entry) => isOnTheWay(entry, coming)).length;
  const free = width - running.length - onTheWay;
  if (free > 0) return [free, FREED];
  const isProbe = onTheWay === 0 && nowMs >= probeAtMs(held, running);
  return isProbe ? [1, 'it may not be held back any more'] : [0, ''];
}

/** What the rest goes by: once anything was proven, that. */
function lastOf(held: readonly JobEntry[]): JobEntry | undefined {
  const sure = held.filter((entry) => !isFirst(entry));
  return (sure.length > 0 ? sure : held).toSorted((a, b) => heldSinceMs(b) - heldSinceMs(a))[0];
}

const isFirst = ({ held }: JobEntry): boolean => held?.isFirst === true;

/** Those that waited for the first of their matrix, where these have shown a limit: what holds them from now on. */
export function shownIn(jobs: readonly JobEntry[]): ReadonlyMap<JobId, Hold> {
  const shown = new Map<JobId, Hold>();
  for (const { held } of heldGroups(jobs)) {
    const hold = lastOf(held)?.held;
    if (hold == null || hold.isFirst) continue;
    const { by, width, sinceMs } = hold;
    for (const { job } of held.filter(isFirst)) shown.set(job.id, { by, width, sinceMs, isRemembered: true });
  }
  return shown;
}

/** What the first of a matrix have shown of a limit: nothing, so the rest is let go. Null: they may yet. */
function whyShown(
  { running, waiting }: Pick<HeldGroup, 'running' | 'waiting'>,
  width: number,
  sinceMs: number,
  coming: Coming,
  nowMs: number,
): string | null {
  if (running.length >= width) return 'as many of its matrix run as were launched for first';
  const onTheWay = waiting.filter(({ job }) => coming.has(job.id)).length;
  if (running.length + onTheWay < width) return 'the first of its matrix are not all on their way any more';
  return nowMs - sinceMs > FIRST_HELD_MS ? 'the first of its matrix have shown no limit' : null;
}

const isOnTheWay = (entry: JobEntry, coming: Coming): boolean =>
  coming.has(entry.job.id) || (!isHeld(entry) && (entry.holds ?? 0) > 0);

/** A record is no guess. Where a job began that was held itself, as another ended, the guess was right, and is not tried for long. */
function probeAtMs(held: readonly JobEntry[], running: readonly JobEntry[]): number {
  const movedAtMs = Math.max(...held.map(heldSinceMs), ...running.map(({ startedAtMs }) => startedAtMs ?? 0));
  const isProven =
    held.some((entry) => entry.held?.by === 'record') || running.some(({ holds = 0 }) => holds > 0);
  return movedAtMs + (isProven ? HELD_PROBE_MAX_MS : probeAfterMs(Math.max(...held.map(holdsOf))));
}

const holdsOf = ({ holds = 1 }: JobEntry): number => holds;

/** The end of one job and the start of the next are told in any order: only what has lasted says so. */
function isTooMany(running: readonly JobEntry[], width: number, sinceMs: number, nowMs: number): boolean {
  const times = running.map(({ startedAtMs }) => startedAtMs ?? 0).filter((ms) => ms < nowMs - HELD_AFTER_MS);
  return times.length > width && times.some((ms) => ms > sinceMs);
}

const heldSinceMs = ({ held }: JobEntry): number => held?.sinceMs ?? 0;

const isComing = ({ state, isUnwanted, removedAtMs }: RunnerEntry): boolean =>
  (state === 'launching' || state === 'booting' || state === 'idle') && !isUnwanted && removedAtMs === null;

const byAge = (a: JobEntry, b: JobEntry): number =>
  a.job.createdAtMs - b.job.createdAtMs || a.job.id - b.job.id;
