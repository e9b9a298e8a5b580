/** A job that cannot be launched for now keeps a next try, with its reason. */
import { waitMsOf } from '../../shared/budget.ts';
import { FIRST_HELD_MS, HELD_NOTE_MS } from '../../shared/github-limits.ts';
import type { MatrixBound } from '../../shared/job/matrix.ts';
import { amend, mergeTrail } from '../../shared/ledger/amend.ts';
import type { JobEntry, Obstacle, QuotaWait } from '../../shared/ledger/entries.ts';
import type { Hold } from '../../shared/ledger/entry-parts.ts';
import { noteHeld } from '../../shared/ledger/held-note.ts';
import type { Held, SlotCost } from '../../shared/ledger/ledger.ts';
import { RETRY_MS } from '../../shared/limits.ts';
import { lastingObstacle } from './entries.ts';
import { wordsOf } from './note-failure.ts';
import type { LauncherWorld, Outcome } from './world.ts';

export interface Wait {
  readonly because: string;
  readonly nextTryAtMs: number;
  /** Null: the next try can take a slot as soon as one is free. */
  readonly obstacle: Obstacle | null;
  readonly refusals?: readonly string[];
  readonly quota?: QuotaWait | null;
  /** Not all of its offers could be asked for. */
  readonly isCut?: boolean;
  /** None was there to be asked for. */
  readonly isUntried?: boolean;
  /** What the launch would have cost, where money is bounded. */
  readonly cost?: SlotCost | null;
  /** Nothing is launched for it until it is released. */
  readonly held?: Hold;
}

/** Leaves the entry alone when the job was taken, or launched for again, meanwhile. */
export async function wait(
  held: Held<JobEntry>,
  why: Wait,
  { ledger, clock, log }: LauncherWorld,
): Promise<Outcome> {
  const { job, launches } = held.entry;
  const { because, nextTryAtMs } = why;
  const atMs = clock.nowMs();
  const isOurs = (entry: JobEntry) => entry.startedOn === null && entry.launches === launches;
  const change = (entry: JobEntry) => (isOurs(entry) ? waiting(entry, why, atMs) : undefined);
  await amend(ledger.jobs, job.id, change, held);
  log('launch.waited', { job: job.id, because, nextTryAt: new Date(nextTryAtMs).toISOString() });
  return { kind: 'waits', because, nextTryAtMs };
}

export const GITHUB_IS_SLOW = 'GitHub asks us to slow down';

/** GitHub did not say whose code a job runs, so nothing has been made for it: there is no lease to wait for. */
export function untilJudged(error: unknown, { clock }: Pick<LauncherWorld, 'clock'>): Wait {
  const waitMs = waitMsOf(error);
  const nextTryAtMs = clock.nowMs() + (waitMs ?? RETRY_MS);
  if (waitMs !== null) return { because: GITHUB_IS_SLOW, nextTryAtMs, obstacle: null };
  const because = `whose code it runs is not known yet: ${wordsOf(error)}`;
  return { because, nextTryAtMs, obstacle: 'refusal' };
}

/** Pure. A job that waits for an hour says so once, and keeps the rest of its story. */
function waiting(entry: JobEntry, why: Wait, atMs: number): JobEntry {
  const { because, nextTryAtMs, obstacle, refusals = [], quota = null, cost, held } = why;
  const { isCut = false, isUntried = false } = why;
  const lines = [...refusals, `waits because ${because}`].map((text) => ({ atMs, text }));
  const news = endsWith(entry.trail, lines) ? [] : lines;
  return {
    ...entry,
    ...{ nextTryAtMs, because, quota, isCut, isUntried, failure: null, failures: 0 },
    obstacle: obstacle ?? lastingObstacle(entry),
    cost: cost ?? entry.cost ?? null,
    ...(held === undefined ? {} : { held, holds: (entry.holds ?? 0) + countOf(held) }),
    trail: mergeTrail(...entry.trail, ...news),
  };
}

/** Once released it is on its way, also before its runner has an entry; those that nothing was proven of are so all at once. */
const countOf = ({ isFirst }: Hold): number => (isFirst === true ? 0 : 1);

function endsWith(trail: JobEntry['trail'], lines: JobEntry['trail']): boolean {
  const last = trail.slice(-lines.length);
  return last.length === lines.length && last.every(({ text }, at) => text === lines[at]?.text);
}

/** Earlier runs showed how many of its matrix GitHub lets run, or this one is to. The note first: without it no event looks for what is held. */
export async function holdAsBefore(
  job: Held<JobEntry>,
  because: string,
  { width, isFirst }: MatrixBound,
  world: LauncherWorld,
): Promise<Outcome> {
  const sinceMs = world.clock.nowMs();
  await noteHeld(job.entry.job, sinceMs, world.ledger, isFirst ? 2 * FIRST_HELD_MS : HELD_NOTE_MS);
  const kind = isFirst ? { isRemembered: true, isFirst } : { isRemembered: true };
  const held = { by: 'matrix' as const, width, sinceMs, ...kind };
  return wait(job, { because, obstacle: null, nextTryAtMs: sinceMs + HELD_NOTE_MS, held }, world);
}
