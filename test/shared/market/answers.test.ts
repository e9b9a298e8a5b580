import { describe, expect, test } from 'vitest';
import {
  PricePage,
  readPricePoints,
  readStock,
  readTypes,
  StockAnswer,
  TypesPage,
} from '../../../shared/adapters/ecs/market-answers.ts';
import type { MarketType, Stock } from '../../../shared/market/market.ts';
import { mergeAnswers, type PricePoint, type TypeFacts } from '../../../shared/market/merge.ts';
import { NOW_MS, offer, type } from '../advisor/builders.ts';

const nothing = {
  types: null,
  spotStock: null,
  onDemandStock: null,
  prices: new Map(),
  interruptions: new Map(),
};
const point = (atMs: number, price: number, onDemandPrice: number | null = 2): PricePoint => ({
  ...{ zone: 'cn-hangzhou-b', atMs, price, onDemandPrice },
});
const priced = (...points: PricePoint[]) =>
  mergeAnswers(
    [type('ecs.a.large', [offer('b')])],
    { ...nothing, prices: new Map([['ecs.a.large', points]]) },
    NOW_MS + 1,
  )[0];

describe('prices', () => {
  test('the newest counts by its own time, in whatever order and however wrong our clock is', () => {
    const offers = priced(point(NOW_MS, 0.3), point(NOW_MS + 9e9, 0.7), point(NOW_MS - 9e9, 0.2))?.offers;
    expect(offers?.[0]).toMatchObject({ price: 0.7, pastPrice: expect.closeTo(0.4, 9) });
  });

  test('the spread is that of spot-instance-advisor: distance from a tenth of pay-as-you-go', () => {
    expect(priced(point(1, 0.5, 2), point(2, 0.3, 2))?.offers[0]?.spread).toBeCloseTo(
      Math.sqrt((0.3 ** 2 + 0.1 ** 2) / 2),
      9,
    );
  });

  test('no price any more is unknown, and pay-as-you-go stays known', () => {
    expect(priced()?.offers[0]).toMatchObject({ price: null, pastPrice: null, onDemandPrice: 2 });
    expect(priced()?.pricedAtMs).toBe(NOW_MS + 1);
  });

  test('a price of zero, a time that is none and the classic kind are no points', () => {
    const row = {
      ZoneId: 'z',
      SpotPrice: 0.1,
      OriginPrice: 0,
      Timestamp: '2026-10-01T00:00:00Z',
      IoOptimized: 'optimized',
    };
    const rows = [
      row,
      { ...row, SpotPrice: 0 },
      { ...row, Timestamp: 'soon' },
      { ...row, IoOptimized: 'none' },
    ];
    const page = PricePage.parse({ Currency: 'CNY', SpotPrices: { SpotPriceType: rows } });
    expect(readPricePoints(page)).toEqual([
      { zone: 'z', atMs: Date.UTC(2026, 9, 1), price: 0.1, onDemandPrice: null },
    ]);
  });
});

test('types without an architecture are taken for amd64; GPU and bare metal are special', () => {
  const row = {
    InstanceTypeId: 'ecs.g7.large',
    InstanceTypeFamily: 'ecs.g7',
    CpuCoreCount: 2,
    MemorySize: 8,
  };
  const rows = [
    row,
    { ...row, InstanceTypeId: 'ecs.ebmg7.large' },
    { ...row, GPUAmount: 1 },
    { ...row, CpuCoreCount: 0 },
  ];
  const types = readTypes(TypesPage.parse({ InstanceTypes: { InstanceType: rows }, NextToken: '' }));
  expect(types.map(({ arch, isSpecial }) => `${arch} ${isSpecial}`)).toEqual([
    'amd64 false',
    'amd64 true',
    'amd64 true',
  ]);
});

// biome-ignore format: a table reads best as a table.
const words: [status: string, category: string, stock: string | null][] = [
  ['Available', 'WithStock',          'ample'],
  ['Available', 'ClosedWithStock',    'scarce'],
  ['SoldOut',   'WithoutStock',       'sold-out'],
  ['SoldOut',   'ClosedWithoutStock', 'gone'],
  ['SoldOut',   'WithStock',          'sold-out'],
  ['Available', 'Whatever',           null],
];
test.each(words)('stock %s, %s is %s', (Status, StatusCategory, stock) => {
  const SupportedResource = [{ Value: 'ecs.a.large', Status, StatusCategory }];
  const AvailableResource = [
    { Type: 'SystemDisk', SupportedResources: { SupportedResource: [{ Value: 'cloud_essd' }] } },
    { Type: 'InstanceType', SupportedResources: { SupportedResource } },
  ];
  const zones = [{ ZoneId: 'z', AvailableResources: { AvailableResource } }, { ZoneId: 'empty' }];
  const answer = readStock(StockAnswer.parse({ AvailableZones: { AvailableZone: zones } }));
  expect([...(answer.get('z') ?? [])]).toEqual([['ecs.a.large', stock]]);
  expect(answer.get('empty')?.size).toBe(0);
});

describe('stock', () => {
  const last = [type('ecs.a.large', [offer('b'), offer('k')])];
  const inZone = (zone: string) =>
    new Map([[`cn-hangzhou-${zone}`, new Map([['ecs.a.large', 'scarce' as const]])]]);

  const inNone = new Map([['cn-hangzhou-b', new Map<string, Stock>()]]);
  const looked = (before: readonly MarketType[], types: readonly TypeFacts[] | null = null) =>
    mergeAnswers(before, { ...nothing, types, spotStock: inNone, onDemandStock: inNone }, NOW_MS);

  test('what is not listed is sold out: neither type, zone nor price is dropped for a moment without stock', () => {
    const gone = looked(last);
    expect(gone[0]?.offers).toEqual(
      ['b', 'k'].map((zone) => offer(zone, { spotStock: 'gone', onDemandStock: 'gone' })),
    );
    const spotStock = inZone('k');
    const [after] = mergeAnswers(gone, { ...nothing, spotStock, onDemandStock: spotStock }, NOW_MS);
    expect(after?.offers.map(({ spotStock: stock, price }) => [stock, price])).toEqual([
      ['gone', 0.4],
      ['scarce', 0.4],
    ]);
  });

  test('where the types are listed, what was listed nowhere before either is dropped, and its prices with it', () => {
    const once = looked(last, last);
    expect(once[0]?.offers.map(({ spotStock }) => spotStock)).toEqual(['gone', 'gone']);
    expect(looked(once)).toEqual(once);
    expect(looked(once, last)).toEqual([]);
  });

  test('without any answer it is what it was', () => {
    expect(mergeAnswers(last, nothing, NOW_MS)).toBe(last);
  });

  test('a zone that sells it on demand only has no spot', () => {
    const [after] = mergeAnswers(
      last,
      { ...nothing, spotStock: inZone('b'), onDemandStock: inZone('k') },
      NOW_MS,
    );
    expect(after?.offers.map(({ spotStock, onDemandStock }) => `${spotStock} ${onDemandStock}`)).toEqual([
      'scarce gone',
      'gone scarce',
    ]);
  });

  test('a look that failed says nothing: what was known stays', () => {
    const [after] = mergeAnswers(last, { ...nothing, spotStock: inZone('b') }, NOW_MS);
    expect(after?.offers.map(({ zone }) => zone.at(-1))).toEqual(['b', 'k']);
    expect(after?.offers[1]).toMatchObject({ spotStock: 'gone', onDemandStock: 'ample' });
  });
});
