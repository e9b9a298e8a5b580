/** Starts the jobs whose turn has come, as far as slots and mints go. */
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held, Waiting } from '../../../shared/ledger/ledger.ts';
import { isStopped } from '../../../shared/ledger/stop.ts';
import { SWEEP_PARTS_MS } from '../../../shared/limits.ts';
import { untilNextStep } from '../../../shared/runner/mint-pace.ts';
import type { Braked } from '../brake/brake.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { byAge } from './in-turns.ts';
import { tellOfLate } from './late.ts';
import { type Plan, planStarts } from './plan.ts';
import { admit } from './quota.ts';

export interface Started {
  readonly count: number;
  /** Those that only GitHub's pace keeps, the first in line first. */
  readonly paced: readonly Held<JobEntry>[];
}

export async function startDue(
  { uncovered, mayStart, because }: Braked,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<Started> {
  const { ledger, queue, clock, config, log } = world;
  const nowMs = clock.nowMs();
  const view = await ledger.capacity.view();
  const going = uncovered.filter(({ entry }) => !isStopped(view.stop, entry.job.repository));
  // Launches that are held back are told of as such.
  if (because === null) await tellOfLate(going, view, world);
  const { jobs, within } = await admit(going, world);
  const plan = planStarts(jobs, view, config, nowMs, mayStart, because === null ? byAge : byYouth);
  const { start, reserved } = plan;
  await ledger.capacity.setWaiting(waitingIn(plan, because, nowMs));
  const left = await untilDeadline(start, deadlineMs, clock, async ({ entry, rev }) => {
    try {
      // While money is reserved, what nobody knows the cost of goes to the line to learn it.
      const hasTurn = reserved === null || entry.cost != null;
      const turn = { hasTurn, within: within.get(entry.job.id) };
      await queue.launch({ kind: 'due', job: entry.job, rev, ...turn });
      log('job.due', { job: entry.job.id, because: entry.because });
    } catch (error) {
      // It stays due: the next sweep asks again.
      log('job.due_failed', { job: entry.job.id, error: error instanceof Error ? error.message : 'unknown' });
    }
  });
  return { count: start.length - (left?.count ?? 0), paced: plan.isPaced ? plan.line : [] };
}

/** Each quarter of GitHub's minute has mints of its own: who waits for nothing else is started then, and not by the next sweep. */
export async function startPaced(
  braked: Braked,
  paced: Started['paced'],
  untilMs: number,
  world: ReaperWorld,
): Promise<number> {
  const { clock, pause } = world;
  let count = 0;
  for (let left = paced; left.length > 0; ) {
    const nextMs = clock.nowMs() + untilNextStep(clock.nowMs());
    if (nextMs > untilMs) return count;
    await pause(nextMs - clock.nowMs());
    const started = await startDue({ ...braked, uncovered: left }, nextMs + SWEEP_PARTS_MS.start, world);
    count += started.count;
    left = started.paced;
  }
  return count;
}

/** While launches are held back: the oldest are those that GitHub lost, where it did; the youngest has just been heard of. */
const byYouth: typeof byAge = (a, b) => byAge(b, a);

/** Pure. Null: whoever comes is served. */
function waitingIn({ line, reserved }: Plan, because: string | null, nowMs: number): Waiting | null {
  if (line.length === 0 && because === null && reserved === null) return null;
  const sinceMs = Math.min(nowMs, ...line.map(({ entry }) => entry.job.createdAtMs));
  const isBraked = because !== null;
  return { sinceMs, because: because ?? 'other jobs wait for the same slot', reserved, isBraked };
}
