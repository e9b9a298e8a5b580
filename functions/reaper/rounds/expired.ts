/** Jobs that are queued for longer than GitHub lets a job be queued: nothing is launched for them any more. */
import { alertOnce } from '../../../shared/alert-once.ts';
import { removeEntry } from '../../../shared/ledger/amend.ts';
import type { JobEntry, TrailLine } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { OVERDUE_PER_SWEEP_MAX, QUEUED_MAX_MS } from '../../../shared/limits.ts';
import { targetOf } from '../../../shared/names.ts';
import type { Job, JobRecord } from '../../../shared/nouns.ts';
import { takeAsEvent } from '../survey/evidence.ts';
import type { ReaperWorld } from '../world.ts';

/**
 * Pure. Counted from the latest moment at which it may have become queued, as far as anything tells: an environment, a
 * dependency or max-parallel may have held it for long after it was created, and its run changes when it is let go.
 * Where nothing tells of its run, it is not given up.
 */
export function isGivenUp(
  { createdAtMs }: Pick<Job, 'createdAtMs'>,
  heardAtMs: number | null,
  runChangedAtMs: number | null,
  nowMs: number,
): boolean {
  if (runChangedAtMs === null) return false;
  return nowMs - Math.max(createdAtMs, heardAtMs ?? 0, runChangedAtMs) > QUEUED_MAX_MS;
}

/** Counted from when we first tried, and from when its run last changed. */
export async function dropExpired(jobs: readonly Held<JobEntry>[], world: ReaperWorld): Promise<void> {
  const nowMs = world.clock.nowMs();
  const old = jobs.filter(
    ({ entry }) => entry.startedOn === null && nowMs - entry.firstTryAtMs > QUEUED_MAX_MS,
  );
  for (const { entry } of old.slice(0, OVERDUE_PER_SWEEP_MAX)) await dropUnlessAlive(entry, nowMs, world);
}

async function dropUnlessAlive(entry: JobEntry, nowMs: number, world: ReaperWorld): Promise<void> {
  const { job, firstTryAtMs, trail } = entry;
  const seen = await recordOf(entry, world);
  if (seen === 'unknown') {
    // Where GitHub cannot be asked at all, twice the time says the same.
    if (nowMs - firstTryAtMs < 2 * QUEUED_MAX_MS) return;
    return drop(job, UNKNOWN, trail, world);
  }
  if (seen.record === null) return drop(job, UNKNOWN, trail, world);
  if (seen.record.status !== 'queued') return takeAsEvent(seen.record, world);
  if (isGivenUp(job, firstTryAtMs, seen.runChangedAtMs, nowMs)) await giveUp(job, trail, world);
}

const UNKNOWN = 'GitHub does not know it any more, and gives up a queued job after 24 hours';
const STUCK =
  'GitHub calls it queued for more than 24 hours, after which it gives up a queued job itself: nothing is launched for it';

/** Its row in `history` keeps the look from finding it again. */
export async function giveUp(job: Job, trail: readonly TrailLine[], world: ReaperWorld): Promise<void> {
  await drop(job, STUCK, trail, world);
  const text = `The job ${job.id} of ${job.repository}: ${STUCK}. Cancel its run at GitHub, and run it again if it is still wanted. Others of this repository may be so too: npm run list.`;
  await alertOnce(`expired-${job.repository}`, text, world);
}

async function drop(
  job: Job,
  because: string,
  trail: readonly TrailLine[],
  { ledger, clock, log }: ReaperWorld,
): Promise<void> {
  await ledger.history.merge({ job, outcome: 'expired', because, trail, completedAtMs: clock.nowMs() });
  await removeEntry(ledger.jobs, job.id, ({ startedOn }) => startedOn === null);
  log('job.expired', { job: job.id, because });
}

interface Seen {
  readonly record: JobRecord | null;
  readonly runChangedAtMs: number | null;
}

async function recordOf({ job }: JobEntry, world: ReaperWorld): Promise<Seen | 'unknown'> {
  const target = targetOf(job, world.config);
  try {
    const record = await world.github.job(target, job.repository, job.id);
    if (record?.status !== 'queued') return { record, runChangedAtMs: null };
    const run = await world.github.run(target, job.repository, job.runId);
    return { record, runChangedAtMs: run?.changedAtMs ?? null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    world.log('look.failed', { repository: job.repository, error: reason });
    return 'unknown';
  }
}
