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
  const everyMs = parseEvery(cron) ?? DAY_MS;
  let cancel = clock.after(firstMs(cron, clock.nowMs()) ?? random.whole(1, everyMs), tick);
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

/** `@every 5m`: whole minutes, at least one. Null: another form. */
function parseEvery(cron: string): number | null {
  const minutes = Number(/^@every ([1-9]\d*)m$/.exec(cron)?.[1]);
  return Number.isNaN(minutes) ? null : minutes * 60_000;
}

const DAY_MS = 24 * 3_600_000;

/** Six fields, of which only a time of day in UTC is simulated: `0 17 3 * * *`. Null: `@every`. Throws for the rest. */
function firstMs(cron: string, nowMs: number): number | null {
  if (parseEvery(cron) !== null) return null;
  const match = /^(\d{1,2}) (\d{1,2}) (\d{1,2}) \* \* \*$/.exec(cron);
  if (match === null)
    throw new Error(`the timer '${cron}' is not simulated: use @every, in minutes, or a time of day`);
  const [second = 0, minute = 0, hour = 0] = match.slice(1).map(Number);
  const atMs = (hour * 3600 + minute * 60 + second) * 1000;
  return (atMs - (nowMs % DAY_MS) + DAY_MS) % DAY_MS || DAY_MS;
}
