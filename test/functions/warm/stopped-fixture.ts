/** A deployment with machines that stand stopped, by what is really so. */
import { expect } from 'vitest';
import type { Machine } from '../../../simulator/ecs/index.ts';
import { isResting, statusNow } from '../../../simulator/ecs/machine.ts';
import { configOf, type World, type WorldOptions } from '../../world/in-process.ts';
import { MINUTE_MS, openWarm } from './fixture.ts';

export const ONE = [{ labels: ['arm64'], stopped: 1 }];

export const restingIn = ({ ecs }: World): readonly Machine[] =>
  ecs.alive().filter((machine) => statusNow(machine) === 'Stopped' && isResting(machine));

export const isAtRest = (world: World, count: number) => () => restingIn(world).length === count;

export async function ready(count = 1, options: WorldOptions = {}): Promise<World> {
  const world = await openWarm([{ labels: ['arm64'], stopped: count }], options);
  expect(await world.until(isAtRest(world, count), 8 * MINUTE_MS)).toBe(true);
  // Until the sweep has seen it so.
  await world.pass(2 * MINUTE_MS);
  return world;
}

/** No pool any more: all that stands stopped goes, and nothing is left. */
export async function endsEmpty(world: World, ms = 12 * MINUTE_MS): Promise<void> {
  world.state.config = configOf({ warm: [] });
  await world.pass(ms);
  expect(world.ecs.alive()).toEqual([]);
  expect(world.github.runners()).toEqual([]);
  expect((await world.adapters().ledger.runners.list(100)).things).toEqual([]);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
  world.fc.close();
}

export const setStock = ({ ecs }: World, { zone, type }: Machine, left: number) =>
  ecs.setStock(zone, type.id, left);
export const calls = ({ ecs }: World, action: string): number => ecs.calls.get(action) ?? 0;
