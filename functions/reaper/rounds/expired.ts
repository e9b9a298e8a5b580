/** Jobs that wait for longer than GitHub lets a job wait: its repository may be gone, and nobody will tell. */
import { removeEntry } from '../../../shared/ledger/amend.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { OVERDUE_PER_SWEEP_MAX, QUEUED_MAX_MS } from '../../../shared/limits.ts';
import { targetOf } from '../../../shared/names.ts';
import type { JobRecord } from '../../../shared/nouns.ts';
import { takeAsEvent } from '../survey/evidence.ts';
import type { ReaperWorld } from '../world.ts';

/** Counted from when we first tried: a job that waited for its environment was created long before it was queued. */
export async function dropExpired(jobs: readonly Held<JobEntry>[], world: ReaperWorld): Promise<void> {
  const nowMs = world.clock.nowMs();
  const old = jobs.filter(
    ({ entry }) => entry.startedOn === null && nowMs - entry.firstTryAtMs > QUEUED_MAX_MS,
  );
  for (const { entry } of old.slice(0, OVERDUE_PER_SWEEP_MAX)) await dropUnlessQueued(entry, nowMs, world);
}

async function dropUnlessQueued(entry: JobEntry, nowMs: number, world: ReaperWorld): Promise<void> {
  const { job, firstTryAtMs } = entry;
  const record = await recordOf(entry, world);
  if (record !== 'unknown' && record !== null) return takeAsEvent(record, world);
  // Where GitHub cannot be asked at all, twice the time says the same.
  if (record === 'unknown' && nowMs - firstTryAtMs < 2 * QUEUED_MAX_MS) return;
  const because = 'GitHub does not know it any more, and gives up a queued job after 24 hours';
  await world.ledger.history.merge({ job, outcome: 'expired', because, trail: entry.trail });
  await removeEntry(world.ledger.jobs, job.id, ({ startedOn }) => startedOn === null);
  world.log('job.expired', { job: job.id, because });
}

async function recordOf({ job }: JobEntry, world: ReaperWorld): Promise<JobRecord | null | 'unknown'> {
  try {
    return await world.github.job(targetOf(job, world.config), job.repository, job.id);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    world.log('look.failed', { repository: job.repository, error: reason });
    return 'unknown';
  }
}
