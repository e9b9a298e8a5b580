/**
 * Jobs that GitHub holds back: pure. It says `queued` when a job is made, not when it may run, so `max-parallel` and
 * concurrency groups show only in this: runners wait, jobs that they cover wait, and others of the same run are running.
 */

import { matrixOf } from '../../../shared/job/matrix.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Hold } from '../../../shared/ledger/entry-parts.ts';
import { IDLE_STUCK_MAX_MS } from '../../../shared/limits.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import {
  FREED_BY_NAME_MAX,
  HELD_AFTER_MS,
  HELD_KEPT_MS,
  HELD_PROBE_MAX_MS,
  HELD_PROBE_MS,
} from './limits.ts';

/** The one place that says so: nothing is launched for it, and its idle runner was no waste. */
export const isHeld = ({ held, startedOn }: JobEntry): boolean => held != null && startedOn === null;

/** A runner waited for one of its kind in this run, and got nothing. */
export const isProven = (entry: JobEntry): boolean => isHeld(entry) && entry.held?.isRemembered !== true;

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
    const isOther = jobs.some((entry) => isHeld(entry) && candidates.some((one) => isOf(one, entry)));
    const isSure = isOther || candidates.length > 1;
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
  const kinds = kindsFor(entry).map((by) => ({
    by,
    running: started.filter((other) => isOf({ by, job }, other)),
  }));
  const { by, running } = kinds.find((kind) => kind.running.length > 0) ?? { by: 'name', running: [] };
  const sinceMs = Math.max(meantSinceMs(runner), ...running.map(({ startedAtMs }) => startedAtMs ?? 0));
  const waitedMs = nowMs - sinceMs;
  const isOne = running.length > 0 && waitedMs >= HELD_AFTER_MS;
  return isOne ? [{ runner, job, by, width: running.length, waitedMs }] : [];
}

/**
 * Jobs of other runs that are called the same come without an end: what got nothing each time that some of them had ended waits
 * for none of them, and its idle runners are wastes.
 */
const kindsFor = ({ freed = 0 }: JobEntry) =>
  freed < FREED_BY_NAME_MAX ? (['matrix', 'run', 'name'] as const) : (['matrix', 'run'] as const);

/** Since then an idle runner might have been given its job: one that waited for any had none. */
export const meantSinceMs = ({ stateAtMs, takenAtMs }: RunnerEntry): number =>
  Math.max(stateAtMs, takenAtMs ?? 0);

/**
 * Of one matrix or run; or of one name in one repository, as the `deploy` of several runs in one concurrency group; or
 * itself, where its record says so.
 */
export function isOf({ by, job }: Pick<Candidate, 'by' | 'job'>, { job: other }: JobEntry): boolean {
  if (by === 'record') return job.id === other.id;
  if (job.repository !== other.repository) return false;
  if (by === 'name') return job.name === other.name;
  if (job.runId !== other.runId) return false;
  return by === 'run' || (matrixOf(job) !== null && matrixOf(job) === matrixOf(other));
}

function groupKey({ by, job }: Pick<Candidate, 'by' | 'job'>): string {
  const own = {
    matrix: () => `${job.runId} ${matrixOf(job)}`,
    run: () => job.runId,
    name: () => job.name,
    record: () => job.id,
  };
  return `${job.repository} ${by} ${own[by]()}`;
}

export function grouped<Thing extends Pick<Candidate, 'by' | 'job'>>(things: readonly Thing[]): Thing[][] {
  const groups = new Map<string, Thing[]>();
  for (const thing of things) {
    const key = groupKey(thing);
    groups.set(key, [...(groups.get(key) ?? []), thing]);
  }
  return [...groups.values()];
}

/** Pure: the entry of a job that is held from now on; undefined: it is already, or it began. */
export function heldBack(
  entry: JobEntry,
  { by, width }: Pick<Standing, 'by' | 'width'>,
  atMs: number,
): JobEntry | undefined {
  if (entry.startedOn !== null || isProven(entry)) return undefined;
  const holds = (entry.holds ?? 0) + 1;
  return { ...entry, held: { by, width, sinceMs: atMs }, holds, nextTryAtMs: atMs + probeAfterMs(holds) };
}

export const probeAfterMs = (holds: number): number =>
  Math.min(HELD_PROBE_MS * 2 ** (holds - 1), HELD_PROBE_MAX_MS);
