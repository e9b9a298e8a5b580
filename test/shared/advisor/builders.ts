/** Small markets made by hand, and large ones drawn from the catalogue. */

import type { RankRequest } from '../../../shared/advisor/rank.ts';
import type { Config } from '../../../shared/config/config.ts';
import { RunnersYaml } from '../../../shared/config/config.ts';
import { catalogMarket } from '../../../shared/market/catalog.ts';
import type { Market, MarketOffer, MarketType, Stock } from '../../../shared/market/market.ts';
import type { Requirements } from '../../../shared/nouns.ts';
import { seeded } from '../../../simulator/random.ts';

export const NOW_MS = Date.UTC(2026, 9, 1, 12);
export const REGION = 'cn-hangzhou';
export const ZONES = ['b', 'g', 'h', 'i', 'j', 'k'];

export function config(change: Record<string, unknown> = {}): Config {
  return RunnersYaml.parse({
    repositories: { allow: ['my-org/*'] },
    placements: [placement(REGION, ['b', 'k'])],
    ...change,
  });
}

export function placement(region: string, zones: readonly string[]) {
  return {
    region,
    zones: Object.fromEntries(zones.map((zone) => [zone, `vsw-${zone}1`])),
    securityGroup: 'sg-1a',
  };
}

export function offer(zone: string, change: Partial<MarketOffer> = {}): MarketOffer {
  return {
    zone: `${REGION}-${zone}`,
    spotStock: 'ample',
    onDemandStock: 'ample',
    price: 0.4,
    pastPrice: 0.4,
    spread: 0.1,
    onDemandPrice: 2,
    interruption: 0,
    ...change,
  };
}

export function type(
  name: string,
  offers: readonly MarketOffer[],
  change: Partial<MarketType> = {},
): MarketType {
  return {
    type: name,
    family: name.slice(0, name.lastIndexOf('.')),
    arch: 'arm64',
    cpu: 8,
    memoryGiB: 16,
    isSpecial: false,
    pricedAtMs: NOW_MS,
    offers,
    ...change,
  };
}

export function market(types: readonly MarketType[], change: Partial<Market> = {}): Market {
  return {
    region: REGION,
    currency: 'CNY',
    spotDuration: 1,
    stockAtMs: NOW_MS,
    typesAtMs: NOW_MS,
    adviceAtMs: NOW_MS,
    throttledAtMs: null,
    neededAtMs: NOW_MS,
    incomplete: null,
    types,
    ...change,
  };
}

export const needs = (change: Partial<Requirements> = {}): Requirements => ({
  arch: 'arm64',
  cpu: { min: 8, max: 8 },
  memoryGiB: { min: 16, max: null },
  capacityType: 'spot',
  type: null,
  diskGiB: 40,
  image: 'arm64',
  profile: null,
  docker: true,
  sudo: true,
  lifetimeMs: 3_600_000,
  ...change,
});

export function ask(types: readonly MarketType[] | null, change: Partial<RankRequest> = {}): RankRequest {
  return {
    requirements: needs(),
    config: config(),
    markets: new Map([[REGION, types === null ? null : market(types)]]),
    unavailable: new Map(),
    nowMs: NOW_MS,
    firstTryAtMs: NOW_MS,
    offSpot: false,
    ...change,
  };
}

const STOCK: readonly Stock[] = ['ample', 'ample', 'ample', 'scarce', 'sold-out', 'gone'];

/** The whole catalogue in six zones, with spot prices, stock and rates from a seed. */
export function wholeMarket(seed: number, region = REGION): Market {
  const random = seeded(seed);
  const catalog = catalogMarket(
    region,
    ZONES.map((zone) => `${region}-${zone}`),
  );
  const drawn = (each: MarketOffer): MarketOffer => {
    const discount = random.whole(80, 1020) / 1000;
    const price = each.onDemandPrice === null ? null : each.onDemandPrice * discount;
    return {
      ...each,
      spotStock: random.pick(STOCK),
      onDemandStock: random.pick(STOCK),
      price: price === null ? null : Math.round(price * 10_000) / 10_000,
      pastPrice: price === null ? null : Math.round(price * 10_500) / 10_000,
      spread: random.whole(0, 900_000) / 1_000_000,
      interruption: random.whole(0, 200) / 1000,
    };
  };
  return {
    ...catalog,
    stockAtMs: NOW_MS,
    typesAtMs: NOW_MS,
    adviceAtMs: NOW_MS,
    incomplete: null,
    types: catalog.types.map((each) => ({
      ...each,
      pricedAtMs: NOW_MS - random.whole(0, 90) * 60_000,
      offers: each.offers.map(drawn),
    })),
  };
}
