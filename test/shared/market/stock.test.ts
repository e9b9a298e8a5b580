/** The look at the stock while jobs wait for what was sold out: before launches, so it has to be short, and gentle. */
import { describe, expect, test } from 'vitest';
import { ecsMarket } from '../../../shared/adapters/ecs/market.ts';
import { decodeMarket, encodeMarket, type Market } from '../../../shared/market/market.ts';
import { type MarketNeed, refreshDue } from '../../../shared/market/plan.ts';
import { refreshMarkets } from '../../../shared/market/refresh.ts';
import { type EcsOptions, inProcess } from '../../../simulator/ecs/index.ts';
import { config, market, NOW_MS, offer, placement, REGION, type, ZONES } from '../advisor/builders.ts';
import { simulated, smallRegion } from './simulated.ts';

const MINUTE_MS = 60_000;
/** Asked just now, the stock; its price never was. */
const asked = market([type('ecs.c8y.2xlarge', [offer('b')], { pricedAtMs: null })]);
const throttledAt = (minute: number): Market => ({ ...asked, throttledAtMs: NOW_MS + minute * MINUTE_MS });
const stockThrottledAt = (minute: number): Market => ({
  ...asked,
  stockThrottledAtMs: NOW_MS + minute * MINUTE_MS,
});
const due = (last: Market | null, afterMs: number, need: MarketNeed = 'stock') =>
  refreshDue({ region: REGION, config: config(), last, nowMs: NOW_MS + afterMs, need });
const STOCK_ALONE = { listTypes: false, prices: [], advice: [], sinceMs: null };

// biome-ignore format: a table reads best as a table.
test.each([
  ['a minute later it is asked, and nothing else is', asked, MINUTE_MS, STOCK_ALONE],
  ['nor a day later',                                 asked, 1440 * MINUTE_MS, STOCK_ALONE],
  ['a moment later it is not asked',                  asked, MINUTE_MS / 6, null],
  ['where there is no market, none without prices is made', null, 0, null],
  ['throttled, it is left alone for five minutes',    throttledAt(6), 10 * MINUTE_MS, null],
  ['and asked then',                                  throttledAt(6), 11 * MINUTE_MS, STOCK_ALONE],
  ['so it is where the stock itself was throttled',   stockThrottledAt(6), 10 * MINUTE_MS, null],
  ['and it, too, is asked then',                      stockThrottledAt(6), 11 * MINUTE_MS, STOCK_ALONE],
])('while jobs wait for what was sold out: %s', (_name, last, afterMs, expected) => {
  expect(due(last, afterMs)).toEqual(expected);
});

const SECOND = 'cn-shanghai';

/** Two regions whose stock was read six minutes ago. */
function twoRegions(options: Partial<EcsOptions>) {
  const regions = [smallRegion(), { ...smallRegion(), id: SECOND }];
  const { clock, ecs, timed } = simulated({ regions, ...options });
  const source = ecsMarket({ call: inProcess(ecs, () => 50), clock, spotDuration: 1 });
  const rows = new Map<string, Uint8Array>();
  for (const region of [REGION, SECOND])
    rows.set(region, encodeMarket({ ...asked, region, stockAtMs: NOW_MS - 6 * MINUTE_MS }));
  const world = {
    ...{ clock, source, log: () => {}, idle: new Map<string, number>() },
    config: config({ placements: [placement(REGION, ZONES), placement(SECOND, ['b'])] }),
    market: {
      read: async (region: string) => rows.get(region) ?? null,
      write: async (region: string, bytes: Uint8Array) => void rows.set(region, bytes),
    },
  };
  const look = () => timed(() => refreshMarkets('stock', clock.nowMs() + 3_000, world));
  return { clock, ecs, rows, look, stored: (region: string) => decodeMarket(rows.get(region) as Uint8Array) };
}

describe('launches wait for it', () => {
  test('a region that does not answer holds up neither them nor the other region', async () => {
    const { look, rows, stored } = twoRegions({
      faults: (_action, _params, region) => (region === REGION ? 'hang' : null),
    });
    const before = rows.get(REGION);
    const { answer, tookMs } = await look();
    expect(tookMs).toBeLessThanOrEqual(3_100);
    expect(answer).toMatch(/^cn-hangzhou: nothing was learnt because .*; cn-shanghai: refreshed$/);
    expect(stored(SECOND).stockAtMs).toBeGreaterThan(NOW_MS);
    expect(rows.get(REGION)).toBe(before);
  });
});

describe('throttled', () => {
  test('it is kept for the stock alone: prices are not held back for it', async () => {
    const { look, stored, clock, ecs } = twoRegions({
      callsPerMinute: { DescribeAvailableResource: 0 },
    });
    await look();
    expect(stored(REGION)).toMatchObject({ throttledAtMs: null, stockAtMs: NOW_MS - 6 * MINUTE_MS });
    expect(stored(REGION).stockThrottledAtMs).toBeGreaterThanOrEqual(NOW_MS);
    const before = ecs.calls.get('DescribeAvailableResource');
    await clock.runUntil(NOW_MS + 4 * MINUTE_MS);
    expect((await look()).answer).toBe('cn-hangzhou: nothing is due; cn-shanghai: nothing is due');
    expect(ecs.calls.get('DescribeAvailableResource')).toBe(before);
  });
});
