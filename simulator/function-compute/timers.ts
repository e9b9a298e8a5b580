/** Timer triggers. @see https://www.alibabacloud.com/help/en/functioncompute/formats-of-event-for-different-triggers */
import type { SimClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Faults, FunctionSpec } from './model.ts';

export interface TimersWorld {
  readonly clock: SimClock;
  readonly random: Random;
  readonly faults: Faults;
  fire(spec: FunctionSpec, event: Buffer): void;
}

/** Fires at its own phase, not on the minute. The answer stops it. */
export function startTimer(
  spec: FunctionSpec & Required<Pick<FunctionSpec, 'timer'>>,
  world: TimersWorld,
): () => void {
  const { clock, random, faults } = world;
  const { cron, name, payload } = spec.timer;
  const everyMs = parseEvery(cron);
  let cancel = clock.after(random.whole(1, everyMs), tick);
  return () => cancel();

  function tick(): void {
    cancel = clock.after(everyMs, tick);
    if (random.chance(faults.skipTimer)) return;
    const triggerTime = `${new Date(clock.nowMs()).toISOString().slice(0, 19)}Z`;
    const event = Buffer.from(JSON.stringify({ triggerTime, triggerName: name, payload }));
    world.fire(spec, event);
    if (random.chance(faults.doubleTimer)) world.fire(spec, event);
  }
}

/** `@every 5m`: whole minutes, at least one. The six-field form is real, and not simulated. */
function parseEvery(cron: string): number {
  const minutes = Number(/^@every ([1-9]\d*)m$/.exec(cron)?.[1]);
  if (Number.isNaN(minutes)) throw new Error(`the timer '${cron}' is not simulated: use @every, in minutes`);
  return minutes * 60_000;
}
