/** What a job is run again on when the market takes back its machine counts in the choice of the machine, over the whole system. */
import { expect, test } from 'vitest';
import { encodeHours, HOURS_NOTE } from '../../../shared/job/hours.ts';
import { digest } from '../../../shared/job/learned.ts';
import { START_MS } from '../../world/in-process.ts';
import { smallRegion } from '../../world/small-region.ts';
import { isOver, MINUTE_MS, open, queue } from '../fixture.ts';

/** One offering, that the market takes back from everybody within the hour. */
const region = {
  ...smallRegion(),
  sells: (zone: string, type: string) => zone === 'cn-hangzhou-i' && type === 'ecs.c8y.2xlarge',
};

test('a job known to be short counts a second run on spot; a longer one, and a new name, pay-as-you-go', async () => {
  const { world } = await open({ ecs: { regions: [region], soldOut: 0, rates: 1e9, interruptions: 0 } });
  const { ledger } = world.adapters();
  const hours = new Map([
    [digest('acme/app', 'short'), { hours: 0.5, endedAtMs: START_MS }],
    [digest('acme/app', 'long'), { hours: 0.6, endedAtMs: START_MS }],
    [digest('acme/app'), { hours: 0.5, endedAtMs: START_MS }],
  ]);
  await ledger.notes.add(HOURS_NOTE, { text: encodeHours(hours), untilMs: null });
  const [first] = queue(world);
  await world.until(() => isOver(first), 30 * MINUTE_MS);
  const chosenFor = async (name: string) => {
    const [job] = queue(world, { plan: { name } });
    await world.until(() => job.status === 'in_progress', 30 * MINUTE_MS);
    const { things } = await ledger.runners.list(10);
    const { candidate } = things.find(({ entry }) => entry.for === (job.id as number))?.entry ?? {};
    const { pricePerHour, onDemandPricePerHour, expectedCostPerHour } = candidate ?? {};
    const beyond = (expectedCostPerHour as number) - (pricePerHour as number);
    return [beyond / (pricePerHour as number), beyond / (onDemandPricePerHour as number)] as const;
  };
  expect((await chosenFor('short'))[0], 'half of its own price').toBeCloseTo(0.5, 10);
  expect((await chosenFor('long'))[1], 'six tenths of pay-as-you-go').toBeCloseTo(0.6, 10);
  expect((await chosenFor('new'))[1], 'half of pay-as-you-go').toBeCloseTo(0.5, 10);
  world.fc.close();
});
