/** What waits counts for the money of an hour, as what runs a job does. */
import { expect, test } from 'vitest';
import { ARM, isOver, MINUTE_MS, openWarm, queue, waitingIn } from './fixture.ts';

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

test('a job that none of them fits has the hour’s money of those that wait, and no more of them go than that takes', async () => {
  const world = await openWarm([{ labels: ['arm64'], hot: 9 }], {
    config: { limits: { spendPerHour: 2 * PER_HOUR, runnersPerRepository: null } },
  });
  await world.pass(15 * MINUTE_MS);
  const costs = async () => {
    const { slots } = await world.adapters().ledger.capacity.view();
    return slots.map(({ cost }) => cost?.perHour ?? Number.NaN);
  };
  const sum = (all: readonly number[]) => all.reduce((one, other) => one + other, 0);
  const before = await costs();
  const [job] = queue(world, 1, { labels: [...ARM, '16cpu'] });
  await world.pass(MINUTE_MS);
  const [waiting] = (await world.adapters().ledger.jobs.list(1)).things;
  const own = waiting?.entry.cost?.perHour ?? Number.NaN;
  const isRunning = () => job?.status === 'in_progress';
  expect(await world.until(isRunning, 10 * MINUTE_MS)).toBe(true);
  const after = await costs();
  expect(before.length - (after.length - 1), 'as few as suffice, as far as anybody knew').toBe(
    [...before, 0].findIndex((_, at) => sum(before.slice(at)) + own <= 2 * PER_HOUR * 1_000_000),
  );
  world.fc.close();
});
