/** Opens a job's entry: exactly one caller gets to launch. What a late delivery says may be over by then. */
import { HEARD_KEPT_MS } from '../../shared/github-limits.ts';
import { ownHours, rerunOn } from '../../shared/job/hours.ts';
import { amend, mergeTrail } from '../../shared/ledger/amend.ts';
import type { JobEntry, RerunEntry } from '../../shared/ledger/entries.ts';
import type { Held } from '../../shared/ledger/ledger.ts';
import { hasEnded } from '../../shared/ledger/read-history.ts';
import { LEASE_MS, WRITE_CONFLICTS_MAX } from '../../shared/limits.ts';
import { targetOf } from '../../shared/names.ts';
import type { Job, JobRecord } from '../../shared/nouns.ts';
import { type Ahead, ahead } from './ahead.ts';
import { heardBy, lastingObstacle, newJobEntry } from './entries.ts';
import { wordsOf } from './note-failure.ts';
import type { Wait } from './wait.ts';
import type { LaunchEvent, LauncherWorld, Outcome } from './world.ts';

export interface Opened {
  readonly job: Held<JobEntry>;
  /** Nothing may be registered or launched before this is known to be false. */
  readonly isOver: Promise<boolean>;
}

/**
 * The entry is put first and `history` asked after it; whoever ends a job writes `history` first and removes
 * the entry after it. So one of the two always sees the other.
 */
export async function openJob(
  event: LaunchEvent,
  { hours }: Pick<Ahead, 'hours'>,
  world: LauncherWorld,
): Promise<Opened | 'known'> {
  const held =
    event.kind === 'queued'
      ? await world.ledger.jobs.add(event.job.id, newJobEntry(event.job, event.delivery, world.clock.nowMs()))
      : await leaseAgain(event.job, event.rev, world);
  if (held === null) return event.kind === 'queued' ? hearAgain(event, world) : 'known';
  const isOver = ahead(hasEnded(event.job, world.ledger));
  const job = await markOffSpot(held, hours, world);
  return job === 'known' ? job : { job, isOver };
}

/**
 * A delivery may come hours late. Null: its job is launched for, also where GitHub does not say. Else it is due at once: the
 * sweep asks again, and records what became of it. That all such are left to it would make those wait that a reviewer has
 * just let go: they were made long ago, too. `isOver`: as history knows.
 */
export async function askIfLate(
  event: LaunchEvent,
  isOver: Promise<boolean>,
  world: LauncherWorld,
): Promise<Wait | null> {
  const nowMs = world.clock.nowMs();
  const isLate = event.kind === 'queued' && nowMs - event.job.createdAtMs >= HEARD_KEPT_MS;
  if (!isLate || (await isOver)) return null;
  const status = await statusOf(event.job, world);
  if (status !== 'completed' && status !== 'in_progress') return null;
  return { because: `GitHub says that it is ${status} by now`, nextTryAtMs: nowMs, obstacle: null };
}

/** Null: GitHub does not say. */
async function statusOf(
  job: Job,
  { github, config, log }: LauncherWorld,
): Promise<JobRecord['status'] | null> {
  try {
    return (await github.job(targetOf(job, config), job.repository, job.id))?.status ?? null;
  } catch (error) {
    log('launch.unasked', { job: job.id, because: wordsOf(error) });
    return null;
  }
}

/** Whatever this launch wrote to it meanwhile. */
export async function leaveEnded({ id }: Job, { ledger }: LauncherWorld): Promise<Outcome> {
  for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
    const held = await ledger.jobs.read(id);
    if (held === null || (await ledger.jobs.remove(id, held))) return { kind: 'ended' };
  }
  throw new Error(
    `job ${id} has ended, and its entry changed under each of ${WRITE_CONFLICTS_MAX} tries to remove it`,
  );
}

/** GitHub said `queued` again of a job that is only looked at, or that its record held back: it is due, for one runner more. */
async function hearAgain(
  { job, delivery }: Extract<LaunchEvent, { kind: 'queued' }>,
  { ledger, clock }: LauncherWorld,
): Promise<'known'> {
  const atMs = clock.nowMs();
  const text = heardBy(delivery);
  await amend(ledger.jobs, job.id, (entry) => {
    const isNew = !entry.trail.some((line) => line.text === text);
    const released = isNew ? releasedBy(entry, atMs) : undefined;
    if (released === undefined) return undefined;
    const because = 'GitHub said again that it is queued';
    const trail = mergeTrail(...entry.trail, { atMs, text });
    return { ...entry, ...released, nextTryAtMs: atMs, because, trail };
  });
  return 'known';
}

/** Pure. What GitHub's word ends; undefined: it waits for something else. */
function releasedBy(entry: JobEntry, atMs: number): Partial<JobEntry> | undefined {
  if (entry.obstacle === 'cap') return { obstacle: 'waste', cappedUnder: null };
  const isHeld = entry.startedOn === null && entry.held?.by === 'record';
  return isHeld ? { held: null, releasedAtMs: atMs } : undefined;
}

/** Good for the state that the sweep saw, and for one lease. */
async function leaseAgain(
  job: Job,
  rev: string,
  { ledger, clock }: LauncherWorld,
): Promise<Held<JobEntry> | null> {
  const held = await ledger.jobs.read(job.id);
  if (held === null || held.rev !== rev) return null;
  const { entry } = held;
  const because = 'its runner is being launched';
  return ledger.jobs.replace(job.id, held, {
    ...entry,
    launches: entry.launches + 1,
    nextTryAtMs: clock.nowMs() + LEASE_MS,
    ...{ took: null, failure: null },
    because,
    obstacle: lastingObstacle(entry),
  });
}

/** A job of a run that we asked GitHub to run again, because spot took it back, may not go on spot again. */
async function markOffSpot(
  held: Held<JobEntry>,
  hours: Ahead['hours'],
  { ledger }: LauncherWorld,
): Promise<Held<JobEntry> | 'known'> {
  const { job, offSpot } = held.entry;
  if (offSpot || job.runAttempt < 2) return held;
  const rerun = await ledger.reruns.read(job.runId);
  if (rerun === null || !leavesSpot(rerun.entry, job, ownHours(job, await hours))) return held;
  return (await ledger.jobs.replace(job.id, held, { ...held.entry, offSpot: true })) ?? 'known';
}

/** Pure. `hours`: as long as the job ran before, under this name. */
export function leavesSpot(
  { attempt: interrupted }: Pick<RerunEntry, 'attempt'>,
  { runAttempt }: Pick<Job, 'runAttempt'>,
  hours: number | undefined,
): boolean {
  return interrupted < runAttempt && rerunOn(interrupted, hours) === 'on-demand';
}
