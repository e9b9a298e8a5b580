/** A runner that the operator ended under its job, over the world in one process. */
import { expect, test } from 'vitest';
import { markRetired } from '../../../cli/retire/mark.ts';
import { MINUTE_MS, OURS, open, operatorOf, queue, read } from './fixture.ts';

test('a job whose runner was ended by force keeps its instance, its price and its story', async () => {
  const world = await open();
  // The first job comes before the first price.
  queue(world, OURS);
  await world.pass(10 * MINUTE_MS);
  const job = queue(world, OURS, { durationMs: 60 * MINUTE_MS });
  await world.until(() => job.status === 'in_progress', 5 * MINUTE_MS);
  await world.pass(2 * MINUTE_MS);
  const { ledger } = operatorOf(world);
  const [entry] = (await ledger.runners.list(10)).things.map((held) => held.entry);
  if (entry === undefined) throw new Error('there is no runner');
  expect(await markRetired(entry, false, ledger, world.clock.nowMs())).toMatchObject({ kind: 'refused' });
  expect(await markRetired(entry, true, ledger, world.clock.nowMs())).toMatchObject({ kind: 'retire' });

  // GitHub misses its runner after ten minutes, when our entry is long gone.
  await world.until(() => job.status === 'completed', 20 * MINUTE_MS);
  await world.pass(2 * MINUTE_MS);
  expect(await ledger.history.read(job.createdAtMs, job.id as never)).toMatchObject({
    outcome: 'failure',
    instanceId: entry.instanceId,
    pricePerHour: entry.candidate?.pricePerHour,
    goneAtMs: expect.any(Number),
  });
  expect(entry.candidate?.pricePerHour).toEqual(expect.any(Number));
  expect(job.run.attempt, 'that is no interruption').toBe(1);
  const { text } = await read(world, job);
  expect(text).toMatch(/retired because the operator asked for it/);
  expect(text).toMatch(/cost {7}(?!unknown)/);
});
