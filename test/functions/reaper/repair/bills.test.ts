/** A launch whose answer was lost: what ran there, and at what price, is in history all the same. */
import { expect, test } from 'vitest';
import type { JobId } from '../../../../shared/nouns.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';

test.each([
  ['within its lease', 1],
  ['after its lease', 12],
])('a job that ends %s has instance, type and price in history', async (_, minutes) => {
  const world = await open({ ecs: { soldOut: 0, interruptions: 0 } });
  // A market, so that there is a price.
  queue(world, OURS, { durationMs: MINUTE_MS });
  await world.pass(15 * MINUTE_MS);
  world.ecs.failNext('RunInstances', 'timeout-after', 3);
  const job = queue(world, OURS, { durationMs: minutes * MINUTE_MS });
  expect(await world.until(() => job.status === 'completed', 40 * MINUTE_MS)).toBe(true);
  await world.pass(15 * MINUTE_MS);
  const made = world.ecs.paid().filter(({ tags }) => tags['ci-runner-job'] === String(job.id));
  expect(made).toHaveLength(1);
  const row = await world.adapters().ledger.history.read(job.createdAtMs, job.id as JobId);
  expect(row).toMatchObject({
    instanceId: made[0]?.instanceId,
    instanceType: expect.stringMatching(/^ecs\./),
    zone: expect.stringMatching(/^cn-hangzhou-/),
    capacityType: 'spot',
    pricePerHour: expect.any(Number),
    goneAtMs: expect.any(Number),
  });
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
});
