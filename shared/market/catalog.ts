/** What stands in for a market that we do not have: real types and pay-as-you-go prices, no stock and no spot price. */

import catalog from './catalog.json' with { type: 'json' };
import { CATALOG_MARKETS_MAX } from './limits.ts';
import type { Market, MarketType } from './market.ts';

const CNY = 'CNY';

type Row = readonly [string, string, boolean, number, number, ...(number | null)[]];

/** One for each region and the zones that are asked for in it: a thousand offers are not made anew for each launch. */
const made = new Map<string, Market>();

/**
 * Types sold in the region as far as the catalogue knows; all of it, without prices, for a region that it lacks. Its prices are in CNY: an
 * account that is known to pay in another `currency` has none from it.
 */
export function catalogMarket(region: string, zones: readonly string[], currency = CNY): Market {
  const key = [currency, region, ...zones].join(' ');
  const before = made.get(key);
  if (before !== undefined) return before;
  if (made.size >= CATALOG_MARKETS_MAX) made.clear();
  const market = marketOf(region, zones, currency);
  made.set(key, market);
  return market;
}

function marketOf(region: string, zones: readonly string[], currency: string): Market {
  const column = catalog.regions.indexOf(region);
  const rows = catalog.types as unknown as readonly Row[];
  const sold = column === -1 ? rows : rows.filter((row) => row[5 + column] !== null);
  const priceOf = (row: Row) =>
    column === -1 || currency !== CNY ? null : (row[5 + column] as number | null);
  return {
    region,
    currency,
    spotDuration: 1,
    stockAtMs: 0,
    typesAtMs: 0,
    adviceAtMs: null,
    throttledAtMs: null,
    neededAtMs: null,
    incomplete: 'it is the catalogue, not a market',
    types: sold.map((row) => typeOf(row, zones, priceOf(row))),
  };
}

function typeOf(row: Row, zones: readonly string[], onDemandPrice: number | null): MarketType {
  const [type, family, isArm, cpu, memoryGiB] = row;
  return {
    type,
    family,
    arch: isArm ? 'arm64' : 'amd64',
    cpu,
    memoryGiB,
    isSpecial: false,
    pricedAtMs: null,
    offers: zones.map((zone) => ({
      zone,
      spotStock: null,
      onDemandStock: null,
      price: null,
      pastPrice: null,
      spread: null,
      onDemandPrice,
      interruption: null,
    })),
  };
}
