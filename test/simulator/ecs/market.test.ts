import { describe, expect, test } from 'vitest';
import { bigRegion } from '../../../simulator/ecs/index.ts';
import {
  MINUTE_MS,
  REGION,
  START_MS,
  TYPES,
  type Words,
  world,
  zoneWith,
} from '../../shared/adapters/ecs/fixture.ts';

interface TypePage {
  InstanceTypes: {
    InstanceType: { InstanceTypeId: string; CpuCoreCount: number; CpuArchitecture: string }[];
  };
  NextToken: string;
}
interface History {
  NextOffset: number;
  SpotPrices: {
    SpotPriceType: { ZoneId: string; SpotPrice: number; OriginPrice: number; Timestamp: string }[];
  };
}
interface Stock {
  AvailableZones: {
    AvailableZone: {
      ZoneId: string;
      AvailableResources: {
        AvailableResource: {
          SupportedResources: { SupportedResource: { Value: string; StatusCategory: string }[] };
        }[];
      };
    }[];
  };
}

const ask = (ecs: ReturnType<typeof world>['ecs'], action: string, params: Words) =>
  ecs.call(REGION, action, params);

function allTypes(
  ecs: ReturnType<typeof world>['ecs'],
  params: Words,
): TypePage['InstanceTypes']['InstanceType'] {
  const found: TypePage['InstanceTypes']['InstanceType'] = [];
  for (let token = '', page = 0; page < 20; page++) {
    const body = ask(ecs, 'DescribeInstanceTypes', {
      ...params,
      ...(token ? { NextToken: token } : {}),
    }) as TypePage;
    found.push(...body.InstanceTypes.InstanceType);
    token = body.NextToken;
    if (token === '') break;
  }
  return found;
}

describe('types', () => {
  test('come by the hundred at most, each once', () => {
    const { ecs, refused } = world();
    const types = allTypes(ecs, {});
    expect(new Set(types.map(({ InstanceTypeId: id }) => id)).size).toBe(types.length);
    expect(types).toHaveLength(ecs.region(REGION).types.size);
    expect(refused('DescribeInstanceTypes', { MaxResults: '101' })).toBe('InvalidParameter');
  });

  test('are chosen by architecture and size', () => {
    const { ecs } = world();
    const types = allTypes(ecs, {
      CpuArchitecture: 'ARM',
      MinimumCpuCoreCount: '8',
      MaximumCpuCoreCount: '8',
    });
    expect(types.length).toBeGreaterThan(2);
    expect(types.every((type) => type.CpuArchitecture === 'ARM' && type.CpuCoreCount === 8)).toBe(true);
  });

  test('of the big region are more than 500, each in six zones', () => {
    const region = bigRegion();
    expect(region.zones).toHaveLength(6);
    expect(region.types.size).toBeGreaterThan(500);
    expect(
      [...region.types.keys()].every((type) => region.zones.every((zone) => region.sells(zone, type))),
    ).toBe(true);
  });
});

describe('prices', () => {
  const history = (ecs: ReturnType<typeof world>['ecs'], change: Words = {}) =>
    ask(ecs, 'DescribeSpotPriceHistory', {
      NetworkType: 'vpc',
      InstanceType: TYPES.arm,
      ...change,
    }) as History;

  test('are the same for the same seed, move, and stay mostly below pay-as-you-go', () => {
    const month = { StartTime: '2026-10-23T00:00:00Z', EndTime: '2026-11-21T08:00:00Z' };
    const rows = history(world().ecs, month).SpotPrices.SpotPriceType;
    expect(history(world().ecs, month).SpotPrices.SpotPriceType).toEqual(rows);
    expect(new Set(rows.map(({ SpotPrice }) => SpotPrice)).size).toBeGreaterThan(50);
    const dear = rows.filter(({ SpotPrice, OriginPrice }) => SpotPrice > OriginPrice * 0.6);
    expect(dear.length).toBeGreaterThan(0);
    expect(dear.length / rows.length).toBeLessThan(0.1);
    expect(
      rows.every(({ SpotPrice }) => SpotPrice > 0 && Math.round(SpotPrice * 1000) / 1000 === SpotPrice),
    ).toBe(true);
  });

  test('come a thousand rows at a time', () => {
    const { ecs } = world();
    const month = { StartTime: '2026-10-23T00:00:00Z', ZoneId: zoneWith(ecs, TYPES.arm) };
    const first = history(ecs, month);
    expect(first.SpotPrices.SpotPriceType).toHaveLength(1000);
    const second = history(ecs, { ...month, Offset: String(first.NextOffset) });
    expect(second.SpotPrices.SpotPriceType[0]?.Timestamp).not.toBe(
      first.SpotPrices.SpotPriceType[0]?.Timestamp,
    );
  });

  test('are those that a bid must reach', () => {
    const { ecs, good, run, refused } = world();
    const zone = zoneWith(ecs, TYPES.arm);
    const now = history(ecs, { ZoneId: zone }).SpotPrices.SpotPriceType[0]?.SpotPrice ?? 0;
    const bid = (limit: number) => ({
      ...good(),
      SpotStrategy: 'SpotWithPriceLimit',
      SpotPriceLimit: limit.toFixed(3),
    });
    expect(refused('RunInstances', bid(now - 0.001))).toBe('InvalidSpotPriceLimit.LowerThanPublicPrice');
    expect(run(bid(now))).toHaveLength(1);
  });

  // biome-ignore format: a table reads best as a table.
  test.each<[what: string, params: Words, code: string]>([
    ['no type',          { NetworkType: 'vpc' },                                                              'MissingParameter'],
    ['no network',       { InstanceType: TYPES.arm },                                                         'MissingParameter'],
    ['31 days',          { NetworkType: 'vpc', InstanceType: TYPES.arm, StartTime: '2026-10-20T00:00:00Z' },  'InvalidParameter'],
    ['a protection of 2', { NetworkType: 'vpc', InstanceType: TYPES.arm, SpotDuration: '2' },                 'InvalidSpotDuration'],
  ])('are not told for %s', (_what, params, code) => {
    expect(world().refused('DescribeSpotPriceHistory', params)).toBe(code);
  });
});

describe('stock', () => {
  const categoryOf = (ecs: ReturnType<typeof world>['ecs'], zone: string) =>
    (
      ask(ecs, 'DescribeAvailableResource', { DestinationResource: 'InstanceType', ZoneId: zone }) as Stock
    ).AvailableZones.AvailableZone.flatMap((one) => one.AvailableResources.AvailableResource)
      .flatMap((one) => one.SupportedResources.SupportedResource)
      .find(({ Value }) => Value === TYPES.arm)?.StatusCategory;

  test('is told in three words', () => {
    const { ecs } = world();
    const zone = zoneWith(ecs, TYPES.arm);
    expect(categoryOf(ecs, zone)).toBe('WithStock');
    ecs.setStock(zone, TYPES.arm, 3);
    expect(categoryOf(ecs, zone)).toBe('ClosedWithStock');
    ecs.setStock(zone, TYPES.arm, 0);
    expect(categoryOf(ecs, zone)).toBe('WithoutStock');
  });

  test('runs out and comes back by itself', async () => {
    const { clock, good, refused } = world({ soldOut: 0.5 });
    const bid = { ...good(), SpotStrategy: 'SpotAsPriceGo', DryRun: 'true' };
    const codes = new Set<string>();
    for (let quarter = 1; quarter <= 20; quarter++) {
      codes.add(refused('RunInstances', bid));
      await clock.runUntil(START_MS + quarter * 15 * MINUTE_MS);
    }
    expect(codes).toEqual(new Set(['OperationDenied.NoStock', 'DryRunOperation']));
  });

  test('of an unsold type is not mentioned', () => {
    const { ecs } = world();
    const region = ecs.region(REGION);
    const without = region.zones.find((zone) => !region.sells(zone, TYPES.arm)) ?? '';
    expect(without).not.toBe('');
    expect(categoryOf(ecs, without)).toBeUndefined();
  });
});

test('advice is for ten types a call, an image family may have no image', () => {
  const { ecs, refused } = world();
  const eleven = Object.fromEntries(
    Array.from({ length: 11 }, (_, n) => [`InstanceTypes.${n + 1}`, `ecs.t${n}`]),
  );
  expect(refused('DescribeSpotAdvice', eleven)).toBe('InvalidParameter');
  expect(ask(ecs, 'DescribeImageFromFamily', { ImageFamily: 'acs:dos' })).toEqual({});
});
