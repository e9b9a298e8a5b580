/** The report of a simulated day, beside the simulated cloud's own bill. */
import { expect, test } from 'vitest';
import { type CostState, readCosts } from '../../../cli/cost/read.ts';
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
