/** Starts the jobs whose turn has come, as far as slots and mints go. */
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { planStarts } from './plan.ts';

export async function startDue(
  uncovered: readonly Held<JobEntry>[],
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  const { ledger, queue, clock, config, log } = world;
  const { start, line } = planStarts(uncovered, await ledger.capacity.view(), config, clock.nowMs());
  await ledger.capacity.setWaiting(waitingIn(line));
  const left = await untilDeadline(start, deadlineMs, clock, async ({ entry, rev }) => {
    try {
      await queue.launch({ kind: 'due', job: entry.job, rev, hasTurn: true });
      log('job.due', { job: entry.job.id, because: entry.because });
    } catch (error) {
      // It stays due: the next sweep asks again.
      log('job.due_failed', { job: entry.job.id, error: error instanceof Error ? error.message : 'unknown' });
    }
  });
  return start.length - (left?.count ?? 0);
}

/** Pure. Null: whoever comes is served. */
function waitingIn(line: readonly Held<JobEntry>[]) {
  if (line.length === 0) return null;
  const sinceMs = Math.min(...line.map(({ entry }) => entry.job.createdAtMs));
  return { sinceMs, because: 'other jobs wait for the same slot' };
}
