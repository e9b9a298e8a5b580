/** An account that pays in dollars: yuan are never added to them. The catalogue's prices, and the estimate of a disk, are in yuan. */
import { describe, expect, test } from 'vitest';
import { inCurrency, machineCost, type Priced } from '../../../shared/advisor/machine-cost.ts';
import { rank } from '../../../shared/advisor/rank.ts';
import { hourlyCost, repriced, slotCost, spentOn } from '../../../shared/advisor/spend.ts';
import { DISK_PRICE_PER_GIB_HOUR, diskPricePerHour } from '../../../shared/market/disk.ts';
import { decodeMarket, encodeMarket } from '../../../shared/market/market.ts';
import { build } from '../ledger/builders.ts';
import { ask, config, market, NOW_MS, offer, placement, REGION, type } from './builders.ts';

const HOUR_MS = 3_600_000;
const USD_DISK = 0.00015;
const TYPES = [type('ecs.c8y.2xlarge', [offer('b', { price: 0.05, onDemandPrice: 0.3 })])];
const KNOWN = { currency: 'USD', diskPerGiBHour: USD_DISK };
const UNKNOWN = { currency: 'USD' };
const CNY = { currency: 'CNY' };

const ranked = (money: { currency: string; diskPerGiBHour?: number }, limits: object = {}) =>
  rank(ask(TYPES, { config: config({ limits }), markets: new Map([[REGION, market(TYPES, money)]]) }));

describe('what is chosen has its currency, and what a disk costs in it', () => {
  test.each([
    ['an account that pays in yuan', CNY, DISK_PRICE_PER_GIB_HOUR],
    ['one that pays in dollars', KNOWN, USD_DISK],
    ['one that was not told what a disk costs', UNKNOWN, null],
  ])('%s', (_what, money, diskPerGiBHour) => {
    const { candidates, notes } = ranked(money);
    expect(candidates[0]).toMatchObject({ currency: money.currency, diskPerGiBHour });
    expect(notes.some((note) => /disk costs .* not known in USD: it counts as nothing/.test(note))).toBe(
      diskPerGiBHour === null,
    );
  });

  test('a ledger row keeps it, and a row of an account that pays in yuan is what it was', () => {
    expect(decodeMarket(encodeMarket(market(TYPES, KNOWN))).diskPerGiBHour).toBe(USD_DISK);
    expect('diskPerGiBHour' in decodeMarket(encodeMarket(market(TYPES, CNY)))).toBe(false);
  });

  test('the catalogue has no price for an account that is known to pay in dollars', () => {
    const twoRegions = config({ placements: [placement(REGION, ['b']), placement('cn-shanghai', ['b'])] });
    const asked = (known: string) => {
      const markets = new Map([[REGION, market([], { currency: known })]]);
      return rank(ask([], { config: twoRegions, markets })).candidates;
    };
    expect(asked('CNY').some(({ onDemandPricePerHour }) => onDemandPricePerHour !== null)).toBe(true);
    expect(asked('USD').length).toBeGreaterThan(0);
    for (const each of asked('USD'))
      expect(each).toMatchObject({ currency: 'USD', onDemandPricePerHour: null, diskPerGiBHour: null });
  });
});

// The machine costs 0.05 an hour; 40 GiB cost 0.042 yuan, or 0.006 dollars.
// biome-ignore format: a table reads best as a table.
test.each([
  ['a bound of the hour has the disk within it',  CNY,     { spendPerHour: 0.091 }, 0],
  ['in dollars the dollars of the disk',          KNOWN,   { spendPerHour: 0.091 }, 1],
  ['which count',                                 KNOWN,   { spendPerHour: 0.0559 }, 0],
  ['and where they are not known nothing does',   UNKNOWN, { spendPerHour: 0.0559 }, 1],
  ['a bound of the day has the disk within it',   CNY,     { spendPerDay: 0.06 },   0],
  ['in dollars the dollars of the disk, too',     KNOWN,   { spendPerDay: 0.06 },   1],
  ['the price alone has its bound without disk',  KNOWN,   { pricePerHour: 0.05 },  1],
])('the ceiling: %s', (_what, money, limits, candidates) => {
  expect(ranked(money, limits).candidates).toHaveLength(candidates);
});

describe('what a machine counts for', () => {
  const candidateOf = (money: typeof CNY) => ranked(money).candidates[0] as never;
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['in yuan with the estimate',          CNY,     40 * DISK_PRICE_PER_GIB_HOUR],
    ['in dollars with what was told',      KNOWN,   40 * USD_DISK],
    ['in dollars without what was not',    UNKNOWN, 0],
  ])('%s', (_what, money, disk) => {
    const candidate = candidateOf(money);
    const millionths = (value: number) => Math.round(value * 1_000_000);
    const entry = { ...build.runnerEntry('r'), candidate, diskGiB: 40, instanceId: 'i-1', createdAtMs: NOW_MS };
    // The bid is 1.2 times the price.
    expect(slotCost([candidate], 40)).toMatchObject({ perHour: millionths(0.06 + disk) });
    expect(spentOn(entry as never, NOW_MS + HOUR_MS)).toBe(millionths(0.05 + disk));
    expect(hourlyCost(entry)).toBeCloseTo(0.05 + disk, 9);
    expect(repriced({ perHour: 1, forDay: 1 }, entry as never, NOW_MS)?.perHour).toBe(millionths(0.06 + disk));
  });
});

describe('what is added up in one currency', () => {
  const row = (change: Partial<Priced>): Priced => ({
    ...{ pricePerHour: 1, onDemandPricePerHour: 4, diskGiB: 100, ...change },
  });
  const YUAN = 100 * DISK_PRICE_PER_GIB_HOUR;
  // biome-ignore format: a table reads best as a table.
  const cases: [what: string, Partial<Priced>, currency: string | null, cost: object | null][] = [
    ['yuan in yuan',                            { ...CNY, diskPerGiBHour: DISK_PRICE_PER_GIB_HOUR }, 'CNY', { instance: 1, disk: YUAN, isDiskKnown: true }],
    ['dollars in dollars',                      KNOWN,                                  'USD', { instance: 1, disk: 0.015, isDiskKnown: true }],
    ['dollars without the disk',                UNKNOWN,                                'USD', { instance: 1, disk: 0, isDiskKnown: false }],
    ['yuan among dollars: nothing is known',    CNY,                                    'USD', null],
    ['dollars among yuan: nothing is known',    KNOWN,                                  'CNY', null],
    ['of an earlier release, in yuan',          {},                                     'CNY', { instance: 1, disk: YUAN, isDiskKnown: true }],
    ['of an earlier release, in dollars',       {},                                     'USD', { instance: 1, disk: 0, isDiskKnown: false }],
    ['of an earlier release, in nobody knows',  {},                                     null,  { instance: 1, disk: YUAN, isDiskKnown: true }],
  ];
  test.each(cases)('%s', (_what, change, currency, cost) => {
    const found = machineCost(inCurrency(row(change), currency), HOUR_MS);
    if (cost === null) expect(found).toBeNull();
    else expect(found).toMatchObject(cost);
  });
});

test('a disk that was bought without a price costs what is known: nothing', () => {
  expect(diskPricePerHour(40, UNKNOWN)).toBe(0);
  expect(diskPricePerHour(40)).toBeCloseTo(0.042, 9);
});
