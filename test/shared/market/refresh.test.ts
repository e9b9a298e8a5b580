import { describe, expect, test } from 'vitest';
import type { MarketSnapshots } from '../../../shared/ledger/ledger.ts';
import { MARKET_PRICES_PER_SWEEP_MAX } from '../../../shared/market/limits.ts';
import { decodeMarket, encodeMarket, type Market } from '../../../shared/market/market.ts';
import {
  likelyTypes,
  type MarketNeed,
  type RefreshRequest,
  refreshDue,
} from '../../../shared/market/plan.ts';
import { refreshMarkets } from '../../../shared/market/refresh.ts';
import { bigRegion } from '../../../simulator/ecs/index.ts';
import {
  config,
  market,
  NOW_MS,
  offer,
  placement,
  REGION,
  type,
  wholeMarket,
  ZONES,
} from '../advisor/builders.ts';
import { simulated, smallRegion } from './simulated.ts';

const MINUTE_MS = 60_000;
const eight = (name: string, pricedAtMs: number | null, price: number) =>
  type(`ecs.${name}.2xlarge`, [offer('b', { price })], { pricedAtMs });
/** Thirteen likely ones of 8 cores, and rests; all priced just now. */
const fresh = market([
  ...Array.from({ length: 12 }, (_, each) => eight(`f${each}`, NOW_MS, 0.1)),
  eight('rest', NOW_MS, 1.5),
  type('ecs.t6.2xlarge', [offer('b')], { pricedAtMs: null }),
  type('ecs.gn7.2xlarge', [offer('b')], { pricedAtMs: null, isSpecial: true }),
]);
const due = (last: Market | null, change: Partial<RefreshRequest> = {}) =>
  refreshDue({ region: REGION, config: config(), last, nowMs: NOW_MS, need: 'usual', ...change });
const pricesDue = (afterMs: number) => due(fresh, { nowMs: NOW_MS + afterMs })?.prices.length ?? 0;

describe('what is due', () => {
  // biome-ignore format: a table reads best as a table.
  const cases: [name: string, last: Market | null, change: Partial<RefreshRequest>, due: boolean][] = [
    ['no market, and jobs', null, {}, true],
    ['no market, and no job ever', null, { need: 'none' }, false],
    ['all is fresh', fresh, {}, false],
    ['five minutes later', fresh, { nowMs: NOW_MS + 5 * MINUTE_MS }, true],
    ['within an hour of the last job', fresh, { nowMs: NOW_MS + 59 * MINUTE_MS, need: 'none' }, true],
    ['an hour without jobs', fresh, { nowMs: NOW_MS + 61 * MINUTE_MS, need: 'none' }, false],
    ['a job after a week of rest', fresh, { nowMs: NOW_MS + 7 * 1440 * MINUTE_MS }, true],
    ['asked with another spot duration', { ...fresh, spotDuration: 0 }, {}, true],
    ['written by a clock that was a day ahead', { ...fresh, stockAtMs: NOW_MS + 1440 * MINUTE_MS }, {}, true],
  ];
  test.each(cases)('%s', (_name, last, change, isDue) => {
    expect(due(last, change) !== null).toBe(isDue);
  });

  test('likely candidates every 5 minutes, the rest every 30, what no job gets unnamed never', () => {
    expect([4, 5, 29, 30].map((minutes) => pricesDue(minutes * MINUTE_MS))).toEqual([0, 12, 12, 13]);
  });

  test('a type that a profile names is likely, even of a family left out elsewhere', () => {
    const named = config({ profiles: { cheap: { arch: 'arm64', type: 'ecs.t6' } } });
    expect(likelyTypes(fresh, named, NOW_MS).has('ecs.t6.2xlarge')).toBe(true);
    expect(due(fresh, { config: named })?.prices).toEqual(['ecs.t6.2xlarge']);
  });

  test('types and rates once a day', () => {
    const later = due(fresh, { nowMs: NOW_MS + 1440 * MINUTE_MS });
    expect([later?.listTypes, later?.advice.length]).toEqual([true, 13]);
    expect(due(fresh, { nowMs: NOW_MS + 1439 * MINUTE_MS })).toMatchObject({ listTypes: false, advice: [] });
  });

  test('likely ones first, then the oldest, and never more than a minute can bear', () => {
    const whole = { ...wholeMarket(3), neededAtMs: NOW_MS };
    const wide = config({ placements: [placement(REGION, ZONES)] });
    const nowMs = NOW_MS + 300 * MINUTE_MS;
    const prices = due(whole, { nowMs, config: wide })?.prices ?? [];
    const likely = likelyTypes(whole, wide, nowMs);
    expect(prices).toHaveLength(MARKET_PRICES_PER_SWEEP_MAX);
    expect(new Set(prices.slice(0, likely.size))).toEqual(likely);
    const ages = new Map(whole.types.map((each) => [each.type, each.pricedAtMs ?? 0]));
    const rest = prices.slice(likely.size).map((each) => ages.get(each) as number);
    expect(rest).toEqual([...rest].sort((a, b) => a - b));
    const throttled = { ...whole, throttledAtMs: nowMs - MINUTE_MS };
    expect(due(throttled, { nowMs, config: wide })?.prices).toHaveLength(30);
  });
});

function sweeps(options: Parameters<typeof simulated>[0] = {}) {
  const world = simulated({ regions: [smallRegion()], ...options });
  const rows = new Map<string, Uint8Array>();
  const log: { event: string; fields: object }[] = [];
  const snapshots: MarketSnapshots = {
    read: async (region) => rows.get(region) ?? null,
    write: async (region, bytes) => void rows.set(region, bytes),
  };
  const wide = config({ placements: [placement(REGION, ZONES)] });
  const parts = {
    config: wide,
    clock: world.clock,
    source: world.source,
    market: snapshots,
    idle: new Map(),
  };
  const sweep = (need: MarketNeed) =>
    world.timed(() =>
      refreshMarkets(need, world.clock.nowMs() + 40_000, {
        ...parts,
        log: (event, fields) => log.push({ event, fields }),
      }),
    );
  const stored = () => decodeMarket(rows.get(REGION) as Uint8Array);
  return { ...world, rows, log, sweep, stored };
}

describe('the sweep', () => {
  test('has the likely candidates priced after one sweep, and all after a few', async () => {
    const { sweep, stored, clock } = sweeps({ regions: [bigRegion()] });
    const { answer, tookMs } = await sweep('usual');
    expect(answer).toBe('cn-hangzhou: refreshed');
    expect(tookMs).toBeLessThan(10_000);
    const unpriced = () =>
      stored().types.filter(({ pricedAtMs, type: name }) => pricedAtMs === null && !/ecs\.e-/.test(name));
    const likely = likelyTypes(stored(), config({ placements: [placement(REGION, ZONES)] }), clock.nowMs());
    expect(unpriced().filter((each) => likely.has(each.type))).toEqual([]);
    for (let minute = 1; minute < 7; minute++) {
      await clock.runUntil(NOW_MS + minute * MINUTE_MS);
      await sweep('usual');
    }
    expect(unpriced()).toEqual([]);
  });

  test('asks nothing an hour after the last job', async () => {
    const { sweep, ecs, clock } = sweeps();
    await sweep('usual');
    await clock.runUntil(NOW_MS + 62 * MINUTE_MS);
    const before = [...ecs.calls];
    expect((await sweep('none')).answer).toBe('cn-hangzhou: nothing is due');
    expect([...ecs.calls]).toEqual(before);
  });

  test('keeps the last good market when ECS is out of reach, and says so', async () => {
    let isDown = false;
    const { sweep, stored, clock, log } = sweeps({ faults: () => (isDown ? 'timeout-before' : null) });
    await sweep('usual');
    const before = stored();
    isDown = true;
    await clock.runUntil(NOW_MS + 6 * MINUTE_MS);
    expect((await sweep('usual')).answer).toMatch(/refreshed in part because .*NoAnswer/);
    expect(stored().types).toEqual(before.types);
    expect(stored().stockAtMs).toBe(before.stockAtMs);
    expect(log.at(-1)).toMatchObject({
      event: 'market.refreshed',
      fields: { incomplete: expect.stringMatching(/NoAnswer/) },
    });
  });

  test('one region that fails does not keep another from its turn', async () => {
    const both = config({ placements: [placement('cn-nowhere', ['b']), placement(REGION, ['b'])] });
    const world = simulated({ regions: [smallRegion()] });
    const rows = new Map<string, Uint8Array>();
    const { answer } = await world.timed(() =>
      refreshMarkets('usual', Number.POSITIVE_INFINITY, {
        ...{ config: both, clock: world.clock, source: world.source, log: () => {}, idle: new Map() },
        market: { read: async () => null, write: async (region, bytes) => void rows.set(region, bytes) },
      }),
    );
    expect(answer).toMatch(
      /^cn-nowhere: failed because .*InvalidRegionId\.NotFound.*; cn-hangzhou: refreshed$/,
    );
    expect([...rows.keys()]).toEqual([REGION]);
  });

  test('a row that cannot be read is made anew', async () => {
    const { sweep, rows, stored, log } = sweeps();
    rows.set(REGION, encodeMarket(fresh).slice(0, 20));
    await sweep('usual');
    expect(log[0]?.event).toBe('market.unreadable');
    expect(stored().types.length).toBeGreaterThan(50);
  });
});

test('busy all day, the prices of more than 500 types are 30 calls a minute, and 2 more tell the stock', async () => {
  const { sweep, ecs, clock, log } = sweeps({ regions: [bigRegion()] });
  const sweepEachMinute = async (from: number, until: number) => {
    for (let minute = from; minute < until; minute++) {
      await clock.runUntil(NOW_MS + minute * MINUTE_MS);
      await sweep('usual');
    }
    return new Map(ecs.calls);
  };
  const first = await sweepEachMinute(0, 10);
  const second = await sweepEachMinute(10, 40);
  const perMinute = (action: string) => ((second.get(action) ?? 0) - (first.get(action) ?? 0)) / 30;
  expect(log.filter(({ fields }) => (fields as { incomplete: unknown }).incomplete !== null)).toEqual([]);
  expect(perMinute('DescribeSpotPriceHistory')).toBeLessThanOrEqual(30);
  expect(perMinute('DescribeAvailableResource')).toBeLessThanOrEqual(2);
  expect(perMinute('DescribeSpotAdvice') + perMinute('DescribeInstanceTypes')).toBe(0);
});
