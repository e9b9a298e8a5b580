import { describe, expect, test } from 'vitest';
import { rank } from '../../../shared/advisor/rank.ts';
import { encodeMarket, type Market } from '../../../shared/market/market.ts';
import type { MarketQuery } from '../../../shared/market/source.ts';
import { ask, config, NOW_MS, needs, placement, REGION, ZONES } from '../advisor/builders.ts';
import { fullRefresh, simulated, smallRegion } from './simulated.ts';

const EVERYTHING_IN_TIME = { sinceMs: null, deadlineMs: Number.POSITIVE_INFINITY };
const only = (change: Partial<MarketQuery>): MarketQuery => ({
  ...{ listTypes: false, prices: [], advice: [] },
  ...EVERYTHING_IN_TIME,
  ...change,
});

/** One for all who only look at it. */
const whole = (() => {
  const world = simulated({}, 0);
  return { world, refreshed: world.timed(() => fullRefresh(world)) };
})();

describe('a full refresh of more than 500 types in six zones', () => {
  test('takes less than a minute at 50 ms a call, is never throttled, and fits a row', async () => {
    const { world } = whole;
    const { answer: market, tookMs } = await whole.refreshed;
    expect(market.types.length).toBeGreaterThan(500);
    expect(new Set(market.types.flatMap((type) => type.offers.map((offer) => offer.zone))).size).toBe(6);
    expect(market.incomplete).toBeNull();
    expect(tookMs).toBeLessThan(60_000);
    expect(world.mostAtOnce()).toBeLessThanOrEqual(8);
    expect(encodeMarket(market).length).toBeLessThan(256 * 1024);
    const offers = market.types.flatMap((type) => type.offers);
    const isKnown = ({ price, onDemandPrice, interruption, spotStock, onDemandStock }: (typeof offers)[0]) =>
      [price, onDemandPrice, interruption, spotStock, onDemandStock].every((each) => each !== null);
    expect(offers.every(isKnown)).toBe(true);
  });

  test('asks one call for each price and one for ten rates, all with the spot duration that we launch with', async () => {
    const { world } = whole;
    const { answer: market } = await whole.refreshed;
    const calls = Object.fromEntries(world.ecs.calls);
    const types = market.types.length;
    expect(calls).toEqual({
      DescribeInstanceTypes: Math.ceil(types / 100),
      DescribeAvailableResource: 4,
      DescribeSpotPriceHistory: types,
      DescribeSpotAdvice: Math.ceil(types / 10),
    });
    const isAboutSpot = ({ action, params }: (typeof world.asked)[0]) =>
      action === 'DescribeSpotPriceHistory' || params.SpotStrategy === 'SpotAsPriceGo';
    expect(new Set(world.asked.filter(isAboutSpot).map(({ params }) => params.SpotDuration))).toEqual(
      new Set(['0']),
    );
  });

  test('ranking it asks the cloud nothing, even for a range and with patience over', async () => {
    const { world } = whole;
    const { answer: market } = await whole.refreshed;
    const before = [...world.ecs.calls];
    const asked = ask([], {
      requirements: needs({ arch: 'amd64', cpu: { min: 8, max: 16 }, memoryGiB: { min: 8, max: null } }),
      config: config({ placements: [placement(REGION, ZONES)] }),
      markets: new Map([[REGION, market]]),
      firstTryAtMs: NOW_MS - 9e6,
    });
    expect(rank(asked).candidates).toHaveLength(6);
    expect([...world.ecs.calls]).toEqual(before);
  });
});

describe('what goes wrong', () => {
  const refreshed = async (world: ReturnType<typeof simulated>) =>
    (await world.timed(() => world.source.refresh(REGION, null, only({ listTypes: true })))).answer;
  const names = (market: Market, count: number) => market.types.slice(0, count).map(({ type }) => type);

  test('throttled: it stops at once, keeps what it knew and says so', async () => {
    const world = simulated({ callsPerMinute: { DescribeSpotPriceHistory: 100 } });
    const first = await refreshed(world);
    const { answer: full } = await world.timed(() =>
      world.source.refresh(REGION, first, only({ prices: names(first, 90) })),
    );
    await world.clock.runUntil(NOW_MS + 120_000);
    const before = world.ecs.calls.get('DescribeSpotPriceHistory') ?? 0;
    const { answer: cut } = await world.timed(() =>
      world.source.refresh(REGION, full, only({ prices: names(first, 400), advice: names(first, 10) })),
    );
    expect((world.ecs.calls.get('DescribeSpotPriceHistory') ?? 0) - before).toBeLessThanOrEqual(108);
    expect(cut.incomplete).toMatch(/DescribeSpotPriceHistory failed with Throttling/);
    expect(cut.throttledAtMs).not.toBeNull();
    expect(cut.types.filter(({ pricedAtMs }) => pricedAtMs !== null).length).toBe(100);
    expect(world.ecs.calls.get('DescribeSpotAdvice')).toBeUndefined();
  });

  test('out of time: no call is begun after the deadline', async () => {
    const world = simulated();
    const first = await refreshed(world);
    const deadlineMs = world.clock.nowMs() + 1_000;
    const { answer, tookMs } = await world.timed(() =>
      world.source.refresh(REGION, first, only({ prices: names(first, 500), deadlineMs })),
    );
    expect(tookMs).toBeLessThanOrEqual(1_050);
    expect(answer.incomplete).toMatch(/its time was up/);
    expect(answer.types.filter(({ pricedAtMs }) => pricedAtMs !== null).length).toBe(8 * 18);
  });

  test('one type without an answer keeps its last price; the others get theirs', async () => {
    const world = simulated();
    const first = await refreshed(world);
    const [name] = names(first, 1);
    const { answer: priced } = await world.timed(() =>
      world.source.refresh(REGION, first, only({ prices: [name as string] })),
    );
    world.ecs.failNext('DescribeSpotPriceHistory', 'timeout-before');
    const { answer } = await world.timed(() =>
      world.source.refresh(REGION, priced, only({ prices: names(first, 3) })),
    );
    expect(
      answer.types.slice(0, 3).map(({ pricedAtMs }) => pricedAtMs === answer.stockAtMs || pricedAtMs),
    ).toHaveLength(3);
    expect(answer.types[0]?.offers).toEqual(priced.types[0]?.offers);
    expect(answer.types[1]?.offers[0]?.price).not.toBeNull();
    expect(answer.incomplete).toBe(
      'DescribeSpotPriceHistory failed with NoAnswer, 1 of 3 were left as they were',
    );
  });

  test('everything refused: it gives up after a few, and the last market stays', async () => {
    const world = simulated();
    const first = await refreshed(world);
    const refusing = simulated({ faults: () => ({ code: 'Forbidden.RAM', status: 403 }) });
    const { answer } = await refusing.timed(() =>
      refusing.source.refresh(REGION, first, only({ listTypes: true, prices: names(first, 300) })),
    );
    expect({ ...answer, incomplete: null }).toEqual(first);
    expect(answer.incomplete).toMatch(/Forbidden\.RAM/);
    expect(refusing.asked.length).toBeLessThanOrEqual(10 + 8);
  });

  test('nothing known and nothing answered: it throws, with the code', async () => {
    const world = simulated({ faults: () => ({ code: 'Forbidden.RAM', status: 403 }) });
    await expect(refreshed(world)).rejects.toThrow(/the market of cn-hangzhou is unknown: .*Forbidden\.RAM/);
  });

  test('a look at the stock that lists nothing at all proves nothing sold out', async () => {
    const first = await refreshed(simulated());
    const empty = simulated({ regions: [{ ...smallRegion(), sells: () => false }] });
    const look = () => empty.timed(() => empty.source.refresh(REGION, first, only({})));
    await expect(look()).rejects.toThrow('the market of cn-hangzhou is unknown: nothing is for sale');
  });

  test('a market of another spot duration is not mixed with ours', async () => {
    const world = simulated();
    const first = await refreshed(world);
    const { answer } = await world.timed(() =>
      world.source.refresh(REGION, { ...first, spotDuration: 0, currency: 'USD' }, only({ listTypes: true })),
    );
    expect([answer.spotDuration, answer.currency]).toEqual([1, null]);
  });
});

test('a longer look back is read page by page, and changes mean and spread', async () => {
  const world = simulated();
  const { answer: first } = await world.timed(() =>
    world.source.refresh(REGION, null, only({ listTypes: true })),
  );
  const look = async (days: number) => {
    const sinceMs = world.clock.nowMs() - days * 86_400_000;
    const prices = ['ecs.c8y.2xlarge'];
    const { answer } = await world.timed(() =>
      world.source.refresh(REGION, first, only({ prices, sinceMs })),
    );
    return answer.types.find(({ type }) => type === 'ecs.c8y.2xlarge')?.offers[0];
  };
  const [short, long] = [await look(1), await look(20)];
  expect(world.asked.some(({ params }) => params.Offset === '1000')).toBe(true);
  expect([short?.price, short?.onDemandPrice]).toEqual([long?.price, long?.onDemandPrice]);
  expect(short?.pastPrice).not.toBe(long?.pastPrice);
  expect(short?.spread).not.toBe(long?.spread);
});
