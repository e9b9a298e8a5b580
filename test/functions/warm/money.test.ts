/** What waits counts for the money of an hour, as what runs a job does. */
import { expect, test } from 'vitest';
import { isOver, MINUTE_MS, openWarm, queue, waitingIn } from './fixture.ts';

const PER_HOUR = 2;

test('a pool is filled as far as limits.spendPerHour goes, and a job has one of those that wait', async () => {
  const world = await openWarm([{ labels: ['arm64'], hot: 9 }], {
    config: { limits: { spendPerHour: PER_HOUR } },
  });
  await world.pass(15 * MINUTE_MS);
  const kept = async () => {
    const { slots } = await world.adapters().ledger.capacity.view();
    return slots.map(({ cost }) => (cost?.perHour ?? Number.NaN) / 1_000_000);
  };
  const costs = await kept();
  const sum = costs.reduce((all, each) => all + each, 0);
  expect(waitingIn(world).length).toBe(costs.length);
  expect([costs.length > 0, costs.length < 9, sum <= PER_HOUR]).toEqual([true, true, true]);
  expect(sum + Math.min(...costs)).toBeGreaterThan(PER_HOUR);
  const names = waitingIn(world).map(({ name }) => name);
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(names).toContain(jobs[0]?.runner?.name);
  world.fc.close();
});
