/** A job that runs, and a command that keeps its machine, in one process. */
import { type Kept, keep } from '../../../cli/keep/keep.ts';
import { open, queue } from '../../functions/fixture.ts';
import type { World, WorldOptions } from '../../world/in-process.ts';
import { operatorOf } from '../explain/fixture.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** Lets the world's time go on while a command waits. */
export async function during<Answer>(world: World, answer: Promise<Answer>): Promise<Answer> {
  let isDone = false;
  const done = answer.finally(() => {
    isDone = true;
  });
  // Whoever waits for it hears of its failure.
  done.catch(() => undefined);
  await world.until(() => isDone, HOUR_MS);
  return done;
}

export async function running(options: WorldOptions = {}, durationMs = 4 * MINUTE_MS) {
  const { world } = await open({ ...options, boots: { bootMs: [10_000, 20_000], ...options.boots } });
  const [job] = queue(world, { plan: { durationMs } });
  await world.until(() => job.status === 'in_progress', 5 * MINUTE_MS);
  await world.pass(2 * MINUTE_MS);
  return { world, job };
}

export const entriesIn = async (world: World) =>
  (await world.adapters().ledger.runners.list(10)).things.map(({ entry }) => entry);
export async function entryIn(world: World) {
  const [entry] = await entriesIn(world);
  if (entry === undefined) throw new Error('there is no runner');
  return entry;
}
export async function keepFor(world: World, spanMs: number): Promise<Kept> {
  const entry = await entryIn(world);
  return during(world, keep(entry, world.clock.nowMs() + spanMs, operatorOf(world)));
}
export const statusesOf = ({ ecs }: World) => ecs.alive().map(({ history }) => history.at(-1)?.status);
