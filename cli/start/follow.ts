/** Waits for the jobs, and for what they leave. */
import { setTimeout } from 'node:timers/promises';
import type { Loopback } from '../../simulator/loopback.ts';
import type { Display } from './display.ts';
import { leftovers } from './leftovers.ts';
import type { JobProgress } from './watch.ts';

const TICK_MS = 100;
/** Simulated time, which waits for a computer that is busy; and real time, which does not. */
const GIVE_UP_SIMULATED_MS = 80 * 60_000;
export const GIVE_UP_MS = 15 * 60_000;
const SWEEP_MS = 60_000;

/** True: every job's instance is gone. */
export async function follow(
  look: () => readonly JobProgress[],
  display: Display,
  clock: Loopback['clock'],
  signal: AbortSignal,
): Promise<boolean> {
  const beganMs = Date.now();
  const untilMs = clock.nowMs() + GIVE_UP_SIMULATED_MS;
  for (;;) {
    const seen = look();
    const passedMs = Date.now() - beganMs;
    display.update(seen, passedMs / 1000);
    if (seen.every(({ state }) => state === 'deleted')) return true;
    if (signal.aborted || passedMs > GIVE_UP_MS || clock.nowMs() > untilMs) return false;
    await setTimeout(TICK_MS);
  }
}

/** Slots come back with the sweep that sees the instance gone: two sweeps at the most, and one for good measure. */
export async function settled(world: Loopback, signal: AbortSignal): Promise<string[]> {
  const untilMs = world.clock.nowMs() + 5 * SWEEP_MS;
  let left = await leftovers(world);
  while (left.length > 0 && world.clock.nowMs() < untilMs && !signal.aborted) {
    await setTimeout(TICK_MS);
    left = await leftovers(world);
  }
  return left;
}
