/** Many idle runners at once, whose jobs were cancelled: how soon their machines go, and for how many calls. */
import { expect, test } from 'vitest';
import { START_MS } from '../../world/in-process.ts';
import { idleWorld, MINUTE_MS, sweepsOf } from './going-away-world.ts';
import { swept } from './scale-world.ts';

test('500 idle runners: the first machines go in the third sweep, and all are closed by the eighth', async () => {
  const { rows, ecs } = await sweepsOf(500, 8);
  expect(rows[1]?.registered).toBeLessThan(400);
  expect(rows.slice(0, 3).map(({ deletions }) => deletions)).toEqual([0, 0, 2]);
  expect(rows.at(-1)).toMatchObject({ registered: 0, machines: 0, entries: 0, slots: 0 });
  // A hundred a call; each is asked for once more, alone, as the proof that it is gone.
  expect(ecs.calls.get('DeleteInstances')).toBeLessThanOrEqual(10);
  expect(ecs.calls.get('DeleteInstance')).toBe(500);
});

test('50 idle runners: one deletion for all of them, and six writes for their slots', async () => {
  const { calls, ecs, rows } = await sweepsOf(50, 5);
  expect(ecs.calls.get('DeleteInstances')).toBe(1);
  expect(rows).toHaveLength(4);
  // A machine alone would cost eleven of the ledger: the capacity row two of them, and what it cost in vain one.
  expect(calls.tablestore).toBeLessThan(11 * 50);
});

test('where a batch is refused, each is asked for alone, and none is left over', async () => {
  const opened = await idleWorld(20);
  const { clock, world, ecs, quick } = opened;
  await clock.runUntil(START_MS + MINUTE_MS);
  for (let sweeps = 1; sweeps <= 5; sweeps++) {
    if (sweeps === 3) ecs.failNext('DeleteInstances', { code: 'IncorrectInstanceStatus' });
    await swept(clock, world);
    if (sweeps === 3) expect(ecs.calls.get('DeleteInstance')).toBe(20);
    await clock.runUntil(START_MS + (sweeps + 1) * MINUTE_MS);
  }
  expect(ecs.alive()).toEqual([]);
  expect((await quick.runners.list(100)).things).toEqual([]);
});
