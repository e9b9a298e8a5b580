/** The market of an account of the international site: everything that ECS tells it is in USD. */
import { describe, expect, test } from 'vitest';
import { fullRefresh, simulated, smallRegion } from './simulated.ts';

const refreshed = async (world: ReturnType<typeof simulated>) =>
  (await world.timed(() => fullRefresh(world))).answer;
const inDollars = () => simulated({ regions: [smallRegion()], currency: 'USD' });

describe('an account that pays in USD', () => {
  test('is asked what a disk costs, and is told in USD', async () => {
    const world = inDollars();
    const market = await refreshed(world);
    expect(market.currency).toBe('USD');
    // 0.00105 yuan at 0.14 dollars.
    expect(market.diskPerGiBHour).toBeCloseTo(0.000147, 6);
    expect(market.incomplete).toBeNull();
    expect(world.ecs.calls.get('DescribePrice')).toBe(1);
    const prices = market.types.flatMap(({ offers }) =>
      offers.map(({ onDemandPrice }) => onDemandPrice ?? 0),
    );
    expect(Math.max(...prices)).toBeLessThan(1);
  });

  test('keeps what it was told while the types are not asked for', async () => {
    const world = inDollars();
    const market = await refreshed(world);
    const query = { listTypes: false, prices: [], advice: [], sinceMs: null };
    const again = await world.timed(() =>
      world.source.refresh('cn-hangzhou', market, { ...query, deadlineMs: Number.POSITIVE_INFINITY }),
    );
    expect(again.answer.diskPerGiBHour).toBe(market.diskPerGiBHour);
    expect(world.ecs.calls.get('DescribePrice')).toBe(1);
  });

  test('is not counted in yuan when the question is refused: it says so, and asks again', async () => {
    const world = inDollars();
    world.ecs.failNext('DescribePrice', { code: 'Forbidden.RAM' });
    const market = await refreshed(world);
    expect(market.diskPerGiBHour).toBeUndefined();
    expect(market.incomplete).toMatch(/DescribePrice failed with Forbidden\.RAM/);
    expect((await refreshed(world)).diskPerGiBHour).toBeCloseTo(0.000147, 6);
  });

  test('is not asked with the stock alone: launches wait for that', async () => {
    const world = inDollars();
    world.ecs.failNext('DescribePrice', { code: 'Forbidden.RAM' });
    const market = await refreshed(world);
    const query = { listTypes: false, prices: [], advice: [], sinceMs: null };
    const deadlineMs = Number.POSITIVE_INFINITY;
    await world.timed(() => world.source.refresh('cn-hangzhou', market, { ...query, deadlineMs }));
    expect(world.ecs.calls.get('DescribePrice')).toBe(1);
  });
});

test('an account that pays in CNY is asked for no price of disks', async () => {
  const world = simulated({ regions: [smallRegion()] });
  const market = await refreshed(world);
  expect(market.currency).toBe('CNY');
  expect(world.ecs.calls.get('DescribePrice')).toBeUndefined();
});
