/** The report of a simulated day, beside the simulated cloud's own bill. */
import { expect, test } from 'vitest';
import { type CostState, readCosts } from '../../../cli/cost/read.ts';
import { isOver, isWaiting, openWarm, queue as queueMany } from '../../functions/warm/fixture.ts';
import type { World } from '../../world/in-process.ts';
import { MINUTE_MS, OURS, open, operatorOf, queue } from '../explain/fixture.ts';

async function costsOf(world: World): Promise<CostState> {
  let state: CostState | undefined;
  const asked = readCosts(operatorOf(world), null).then((found) => {
    state = found;
  });
  await world.until(() => state !== undefined, MINUTE_MS);
  await asked;
  return state as unknown as CostState;
}

test('estimates the bill of each job, by day, repository and workflow', async () => {
  const world = await open();
  // The first jobs meet no market, and have no price.
  queue(world, OURS, { durationMs: MINUTE_MS });
  await world.pass(10 * MINUTE_MS);
  const before = new Set(world.ecs.paid().map(({ instanceId }) => instanceId));
  for (const name of ['a', 'b', 'c']) queue(world, OURS, { name, durationMs: 20 * MINUTE_MS });
  await world.pass(40 * MINUTE_MS);
  const { report, currency } = await costsOf(world);
  const bills = world.ecs.paid();
  expect(bills.filter(({ instanceId }) => !before.has(instanceId))).toHaveLength(3);
  const bill = bills.reduce((sum, { instanceCost, diskCost }) => sum + instanceCost + diskCost, 0);
  expect(report.total.jobs).toBe(4);
  expect(currency).toBe('CNY');
  expect(report.by.repository.map(({ name }) => name)).toEqual(['acme/app']);
  // Of the first the market was not known yet, and pay-as-you-go is counted.
  expect(report.total.total / bill).toBeGreaterThan(0.9);
  expect(report.total.disk / bills.reduce((sum, { diskCost }) => sum + diskCost, 0)).toBeCloseTo(1, 1);
  world.fc.close();
});

test('says what warm runners cost while they waited, of those that served a job and those that did not', async () => {
  // The world begins on a Monday at 16:00 in Shanghai.
  const world = await openWarm([{ labels: ['arm64'], hot: 2, when: 'Mon-Fri 08:30-17:00' }]);
  expect(await world.until(isWaiting(world, 2), 5 * MINUTE_MS)).toBe(true);
  await world.pass(20 * MINUTE_MS);
  const jobs = queueMany(world, 1, { durationMs: 3 * MINUTE_MS });
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  const { report: before } = await costsOf(world);
  expect(before.idle.machines.waiting, 'two that wait now are told, too').toBeGreaterThanOrEqual(2);
  await world.pass(60 * MINUTE_MS);
  const { report } = await costsOf(world);
  expect(world.ecs.alive()).toEqual([]);
  const bills = world.ecs.paid();
  expect(bills).toHaveLength(3);
  expect(report.idle).toMatchObject({ servedWarm: 1, machines: { waiting: 3, unused: 0 } });
  expect(report.total.jobs).toBe(1);
  const hours =
    bills.reduce((sum, { startedAtMs, endedAtMs }) => sum + (endedAtMs ?? 0) - startedAtMs, 0) / 3_600_000;
  expect(report.all.hours / hours).toBeGreaterThan(0.98);
  expect(report.all.hours / hours).toBeLessThan(1.05);
  expect(report.total.hours / hours).toBeLessThan(0.1);
  world.fc.close();
});

test('one that stood stopped cost its disk: what is told is what the bill says', async () => {
  const world = await openWarm([{ labels: ['arm64'], stopped: 1, when: 'Mon-Fri 08:30-19:00' }]);
  await world.pass(90 * MINUTE_MS);
  const jobs = queueMany(world, 1, { durationMs: 3 * MINUTE_MS });
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  await world.pass(60 * MINUTE_MS);
  const { report: before } = await costsOf(world);
  const costs = () => world.ecs.paid().reduce((sum, each) => sum + each.instanceCost + each.diskCost, 0);
  expect(before.all.total / costs(), 'one that stands stopped now').toBeCloseTo(1, 1);
  await world.pass(60 * MINUTE_MS);
  const { report } = await costsOf(world);
  expect(world.ecs.alive()).toEqual([]);
  expect(report.idle).toMatchObject({ servedWarm: 1, machines: { waiting: 2, unused: 0 } });
  expect(report.all.total / costs()).toBeCloseTo(1, 1);
  expect(report.all.onDemand, 'the same machines').toBeLessThan(2 * costs());
  world.fc.close();
});

test('a machine that came to nothing is told, though no job has a row of it', async () => {
  const world = await open({ boots: { hangs: () => true } });
  queue(world, OURS, { durationMs: MINUTE_MS });
  await world.pass(40 * MINUTE_MS);
  const { report } = await costsOf(world);
  expect(report.idle.machines.unused).toBeGreaterThan(0);
  expect(report.idle.unused.hours).toBeGreaterThan(0);
  expect(report.idle.waiting.total).toBe(0);
  world.fc.close();
});
