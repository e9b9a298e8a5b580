/** Begins nothing new once the time is over. */
import { inParallel } from '../../shared/in-parallel.ts';
import { SWEEP_PARALLEL_MAX } from '../../shared/limits.ts';
import type { Clock } from '../../shared/ports.ts';

/** The first that was left; null: all were done. `act` must not throw. */
export async function untilDeadline<Thing>(
  things: readonly Thing[],
  deadlineMs: number,
  clock: Clock,
  act: (thing: Thing) => Promise<void>,
  mayBegin: (thing: Thing) => boolean = () => true,
): Promise<{ readonly first: Thing; readonly count: number } | null> {
  const left: Thing[] = [];
  await inParallel(things, SWEEP_PARALLEL_MAX, async (thing) => {
    if (clock.nowMs() < deadlineMs && mayBegin(thing)) await act(thing);
    else left.push(thing);
  });
  const [first] = left;
  return first === undefined ? null : { first, count: left.length };
}
