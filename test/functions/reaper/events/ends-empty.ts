/** What a test of events ends with: no instance, no entry, no slot. */
import { expect } from 'vitest';
import type { World } from '../../../world/in-process.ts';

export async function endsEmpty(world: World, afterMs: number): Promise<void> {
  await world.pass(afterMs);
  const { ledger } = world.adapters();
  expect(world.ecs.alive()).toEqual([]);
  expect((await ledger.runners.list(10)).things).toEqual([]);
  expect((await ledger.jobs.list(10)).things).toEqual([]);
  expect((await ledger.capacity.view()).total).toBe(0);
  world.fc.close();
}
