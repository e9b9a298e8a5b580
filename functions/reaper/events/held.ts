/**
 * Jobs that GitHub holds back: pure. It says `queued` when a job is made, not when it may run, so `max-parallel` and
 * concurrency groups show only in this: runners wait, jobs that they cover wait, and others of the same run are running.
 */

import type { Hold, JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { IDLE_STUCK_MAX_MS } from '../../../shared/limits.ts';
import type { JobId, RunnerName } from '../../../shared/nouns.ts';
import { HELD_AFTER_MS, HELD_KEPT_MS, HELD_PROBE_MAX_MS, HELD_PROBE_MS } from './limits.ts';

/** The one place that says so: nothing is launched for it, and its idle runner was no waste. */
export const isHeld = ({ held, startedOn }: JobEntry): boolean => held != null && startedOn === null;

export interface Idle {
  readonly runner: RunnerEntry;
  /** The waiting job that it is meant for. */
  readonly job: JobEntry;
}

export interface Standing extends Pick<Hold, 'by' | 'width'> {
  /** One for all that are held together: should GitHub merely be slow, it is taken, and that shows. */
  readonly isKept: boolean;
}

/** One of its run, or of its name, runs: that one's end is an event, and tells sooner than a look at its record. */
export const isExplained = ({ job }: JobEntry, jobs: readonly JobEntry[]): boolean =>
  jobs.some(
    (other) =>
      other.startedOn !== null && (isOf({ by: 'run', job }, other) || isOf({ by: 'name', job }, other)),
  );

/** Idle runners whose jobs are held. GitHub gives out a job within seconds, so two that get nothing are no accident. */
export function standingOf(
  idle: readonly Idle[],
  jobs: readonly JobEntry[],
  nowMs: number,
): ReadonlyMap<RunnerName, Standing> {
  const found = new Map<RunnerName, Standing>();
  for (const candidates of grouped(idle.flatMap((each) => candidateOf(each, jobs, nowMs)))) {
    const isKnown = jobs.some((entry) => isHeld(entry) && candidates.some((one) => isOf(one, entry)));
    const isSure = isKnown || candidates.length > 1;
    const held = candidates.filter(({ waitedMs }) => isSure || waitedMs > IDLE_STUCK_MAX_MS);
    const kept = held.toSorted((a, b) => a.waitedMs - b.waitedMs)[0];
    for (const { runner, by, width, waitedMs } of held)
      found.set(runner.name, {
        by,
        width,
        isKept: runner.name === kept?.runner.name && waitedMs < HELD_KEPT_MS,
      });
  }
  return found;
}

interface Candidate extends Pick<Hold, 'by' | 'width'> {
  readonly runner: RunnerEntry;
  readonly job: JobEntry['job'];
  /** Since then it might have been given its job. */
  readonly waitedMs: number;
}

function candidateOf({ runner, job: entry }: Idle, jobs: readonly JobEntry[], nowMs: number): Candidate[] {
  const { job } = entry;
  const started = jobs.filter(({ startedOn }) => startedOn !== null);
  const inRun = started.filter((other) => isOf({ by: 'run', job }, other));
  const by = inRun.length > 0 ? 'run' : 'name';
  const running = by === 'run' ? inRun : started.filter((other) => isOf({ by, job }, other));
  const sinceMs = Math.max(meantSinceMs(runner), ...running.map(({ startedAtMs }) => startedAtMs ?? 0));
  const waitedMs = nowMs - sinceMs;
  const isOne = running.length > 0 && waitedMs >= HELD_AFTER_MS;
  return isOne ? [{ runner, job, by, width: running.length, waitedMs }] : [];
}

/** Since then an idle runner might have been given its job: one that waited for any had none. */
export const meantSinceMs = ({ stateAtMs, takenAtMs }: RunnerEntry): number =>
  Math.max(stateAtMs, takenAtMs ?? 0);

/** Of one run; or of one name in one repository, as the `deploy` of several runs in one concurrency group; or itself. */
function isOf({ by, job }: Pick<Candidate, 'by' | 'job'>, { job: other }: JobEntry): boolean {
  if (by === 'record') return job.id === other.id;
  if (job.repository !== other.repository) return false;
  return by === 'run' ? job.runId === other.runId : job.name === other.name;
}

const groupKey = ({ by, job }: Pick<Candidate, 'by' | 'job'>): string =>
  `${job.repository} ${by} ${{ run: job.runId, name: job.name, record: job.id }[by]}`;

function grouped<Thing extends Pick<Candidate, 'by' | 'job'>>(things: readonly Thing[]): Thing[][] {
  const groups = new Map<string, Thing[]>();
  for (const thing of things) groups.set(groupKey(thing), [...(groups.get(groupKey(thing)) ?? []), thing]);
  return [...groups.values()];
}

/** Pure: the entry of a job that is held from now on; undefined: it is already, or it began. */
export function heldBack(
  entry: JobEntry,
  { by, width }: Pick<Standing, 'by' | 'width'>,
  atMs: number,
): JobEntry | undefined {
  if (entry.startedOn !== null || isHeld(entry)) return undefined;
  const holds = (entry.holds ?? 0) + 1;
  return { ...entry, held: { by, width, sinceMs: atMs }, holds, nextTryAtMs: atMs + probeAfterMs(holds) };
}

const probeAfterMs = (holds: number): number => Math.min(HELD_PROBE_MS * 2 ** (holds - 1), HELD_PROBE_MAX_MS);

/**
 * What is launched for again, with its reason: as many as may run beside those that do; all, when more run at once than
 * was thought possible; and where nothing happened for long, one, to see.
 */
export function releasable(
  jobs: readonly JobEntry[],
  runners: readonly RunnerEntry[],
  nowMs: number,
): ReadonlyMap<JobId, string> {
  const covered = new Set(runners.filter(isComing).map((runner) => runner.for));
  const due = new Map<JobId, string>();
  for (const group of heldGroups(jobs)) {
    const [count, because] = howMany(group, covered, nowMs);
    const bare = group.held.filter(({ job }) => !covered.has(job.id)).sort(byAge);
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
  covered: ReadonlySet<JobId | null>,
  nowMs: number,
): [count: number, because: string] {
  const last = held.toSorted((a, b) => heldSinceMs(b) - heldSinceMs(a))[0];
  if (last === undefined) return [0, ''];
  const width = last.held?.width ?? 1;
  if (isTooMany(running, width, heldSinceMs(last), nowMs))
    return [held.length, 'more jobs run at once than GitHub seemed to let'];
  // Also one that was released a moment ago, whose launcher has written nothing yet.
  const coming = waiting.filter(
    (entry) => covered.has(entry.job.id) || (!isHeld(entry) && (entry.holds ?? 0) > 0),
  ).length;
  const free = width - running.length - coming;
  if (free > 0) return [free, 'a job that it seemed to wait for ended'];
  const isProbe = coming === 0 && nowMs >= probeAtMs(held, running);
  return isProbe ? [1, 'it may not be held back any more'] : [0, ''];
}

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
