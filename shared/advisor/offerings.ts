/** From a market to the offerings that a job could have: each with its price, or with why it is left out. Pure. */

import type { Config } from '../config/config.ts';
import { whyKeptBack } from '../job/bounds.ts';
import { catalogMarket } from '../market/catalog.ts';
import { diskPriceIn } from '../market/disk.ts';
import { MARKET_SKEW_MAX_MS, MARKET_STALE_MS } from '../market/limits.ts';
import {
  currencyIn,
  type Market,
  type MarketOffer,
  type MarketType,
  type Stock,
  zoneId,
} from '../market/market.ts';
import { familyOf, holds } from '../market/type-names.ts';
import type { CapacityType, Offering, Requirements } from '../nouns.ts';
import type { Prices } from './price.ts';

/** An offering with what else decides its place. */
export interface PricedOffering extends Offering, Prices {
  readonly family: string;
  readonly currency: string | null;
  readonly diskPerGiBHour: number | null;
  readonly stock: Stock | null;
}

/** A placement with the market of its region, or with the catalogue in its stead. */
export interface PlacementMarket {
  readonly placement: number;
  readonly region: string;
  /** Letters of the zones that have a vSwitch: `b` is cn-hangzhou-b, or ap-southeast-1b. */
  readonly letters: ReadonlySet<string>;
  readonly market: Market;
  readonly isCatalog: boolean;
  readonly isStockStale: boolean;
}

export function marketsOfPlacements(
  config: Config,
  markets: ReadonlyMap<string, Market | null>,
  nowMs: number,
): readonly PlacementMarket[] {
  const currency = currencyIn(markets) ?? undefined;
  return config.placements.map(({ region, zones: letters }, placement) => {
    const zones = Object.keys(letters).map((letter) => zoneId(region, letter));
    const market = markets.get(region) ?? null;
    return {
      placement,
      region,
      letters: new Set(Object.keys(letters)),
      market: market ?? catalogMarket(region, zones, currency),
      isCatalog: market === null,
      isStockStale: market === null || isStale(market.stockAtMs, nowMs),
    };
  });
}

/** Also true of a time in the future beyond what clocks differ: it says nothing about age. */
export function isStale(atMs: number | null, nowMs: number): boolean {
  return atMs === null || nowMs - atMs > MARKET_STALE_MS || atMs - nowMs > MARKET_SKEW_MAX_MS;
}

/** Null: the type can do this job, apart from its cores. 'other': it is plainly another kind. */
export function whyUnfit(
  type: MarketType,
  asked: Requirements,
  config: Config,
): { readonly because: string } | 'other' | null {
  if (!isOfKind(type, asked)) return 'other';
  const because = whyKeptBack(type, asked, config);
  if (because !== null) return { because };
  if (asked.type !== null) return null;
  const pattern = excludingPattern(type, config);
  if (pattern === undefined) return null;
  return { because: `defaults.excludeFamilies has ${pattern}, and no label names it` };
}

export const isOfKind = (type: MarketType, { arch, memoryGiB, type: named }: Requirements): boolean =>
  type.arch === arch && hasMemory(type, memoryGiB) && (named === null || isNamed(type, named));

export const hasMemory = (
  { memoryGiB, cpu }: Pick<MarketType, 'memoryGiB' | 'cpu'>,
  { min, max, perCore = 0 }: Requirements['memoryGiB'],
): boolean => memoryGiB >= Math.max(min, perCore * cpu) && (max === null || memoryGiB <= max);

export const isExcluded = (type: MarketType, config: Config): boolean =>
  excludingPattern(type, config) !== undefined;

const excludingPattern = (type: MarketType, config: Config): string | undefined =>
  config.defaults.excludeFamilies.find((each) => familiesOf(type).some((name) => matches(name, each)));

/** What the cloud calls the family, and what the type's name says: `ecs.u1` and `ecs.u1-c1m2`. */
const familiesOf = (type: MarketType): readonly string[] => [type.family, familyOf(type.type)];

const matches = (family: string, pattern: string): boolean =>
  pattern.endsWith('*') ? family.startsWith(pattern.slice(0, -1)) : family === pattern;

/** By its exact name, or by its family's. */
export const isNamed = (type: MarketType, name: string): boolean =>
  holds(name, type.type) || holds(name, type.family);

/** Each zone of the operator's where the type is sold. */
export function priceOfferings(
  placementMarket: PlacementMarket,
  type: MarketType,
  capacityType: CapacityType,
  nowMs: number,
): readonly PricedOffering[] {
  const isOld = isStale(type.pricedAtMs, nowMs);
  const { currency } = placementMarket.market;
  const diskPerGiBHour = diskPriceIn(placementMarket.market);
  return type.offers
    .filter((offer) => placementMarket.letters.has(offer.zone.slice(-1)))
    .map((offer) => {
      const onDemand = known(offer.onDemandPrice);
      return {
        placement: placementMarket.placement,
        region: placementMarket.region,
        zone: offer.zone,
        instanceType: type.type,
        capacityType,
        arch: type.arch,
        cpu: type.cpu,
        memoryGiB: type.memoryGiB,
        pricePerHour: capacityType === 'spot' ? known(offer.price) : onDemand,
        onDemandPricePerHour: onDemand,
        currency,
        diskPerGiBHour,
        interruption: offer.interruption,
        isStale: isOld,
        family: type.family,
        stock: stockOf(offer, capacityType, placementMarket.isStockStale),
      };
    });
}

/** Nothing is free: a price of zero is a price that we do not know. */
const known = (price: number | null): number | null => (price !== null && price > 0 ? price : null);

function stockOf(offer: MarketOffer, capacityType: CapacityType, isOld: boolean): Stock | null {
  if (isOld) return null;
  return capacityType === 'spot' ? offer.spotStock : offer.onDemandStock;
}
