/**
 * The market of one region: what was for sale, and for how much, when we last looked. Data, and its compact form
 * for one row of the ledger. Prices in the account's currency an hour; null always means "not known".
 */

import { deflateSync } from 'node:zlib';
import type { Arch } from '../nouns.ts';
import { MARKET_ROW_MAX_BYTES } from './limits.ts';
import { type OfferRow, parseRow, type Row, VERSION } from './row.ts';

/** From ample to gone. Alibaba's words: WithStock, ClosedWithStock, WithoutStock, ClosedWithoutStock. */
export const STOCKS = ['ample', 'scarce', 'sold-out', 'gone'] as const;
export type Stock = (typeof STOCKS)[number];

/** One instance type in one zone. */
export interface MarketOffer {
  /** full id, such as cn-hangzhou-k */
  readonly zone: string;
  readonly spotStock: Stock | null;
  readonly onDemandStock: Stock | null;
  /** the latest spot price */
  readonly price: number | null;
  /** mean of the spot prices in the window that was asked */
  readonly pastPrice: number | null;
  /** root mean square of the spot prices' distance from a tenth of pay-as-you-go, as spot-instance-advisor has it */
  readonly spread: number | null;
  readonly onDemandPrice: number | null;
  /** share of instances taken back, 0 to 1: the average of 30 days */
  readonly interruption: number | null;
}

export interface MarketType {
  readonly type: string;
  readonly family: string;
  readonly arch: Arch;
  readonly cpu: number;
  readonly memoryGiB: number;
  /** GPU, FPGA or bare metal: for jobs that name it only, and its prices are not asked for. */
  readonly isSpecial: boolean;
  /** When its prices were last asked for with success; null: never. */
  readonly pricedAtMs: number | null;
  readonly offers: readonly MarketOffer[];
}

export interface Market {
  readonly region: string;
  /** CNY on the China site, USD on the international one; null before the first price */
  readonly currency: string | null;
  /** Of a GiB and hour of the disk that we ask for first; absent: it is not asked for, or there was no answer. */
  readonly diskPerGiBHour?: number | undefined;
  /** The SpotDuration everything was asked with. */
  readonly spotDuration: 0 | 1;
  /** When the stock was last asked for with success. */
  readonly stockAtMs: number;
  /** When types, and interruption rates, were last asked for with success; null: never. */
  readonly typesAtMs: number;
  readonly adviceAtMs: number | null;
  /** When the cloud last said that we ask too often, of anything but the stock; null: never. */
  readonly throttledAtMs: number | null;
  /** When it last said so of the stock; absent: never. */
  readonly stockThrottledAtMs?: number | undefined;
  /** When jobs last needed it: a market that nobody needs is not refreshed. */
  readonly neededAtMs: number | null;
  /** Lower-case clause: what the last refresh could not do; null: it did everything. */
  readonly incomplete: string | null;
  readonly types: readonly MarketType[];
}

/** An account pays in one currency; null: no price was ever seen. */
export const currencyIn = (markets: ReadonlyMap<string, Pick<Market, 'currency'> | null>): string | null =>
  [...markets.values()].find((market) => market?.currency)?.currency ?? null;

/** `b` → cn-hangzhou-b, but ap-southeast-1a: a region that ends in a digit takes the letter without a hyphen. */
export function zoneId(region: string, letter: string): string {
  return /\d$/.test(region) ? `${region}${letter}` : `${region}-${letter}`;
}

/** Prices are kept in millionths: the cloud quotes no finer. */
const MILLION = 1_000_000;
/** Throws when the row would be longer than MARKET_ROW_MAX_BYTES. The same market gives the same bytes. */
export function encodeMarket({ types, ...head }: Market): Uint8Array {
  const zones = [...new Set(types.flatMap((type) => type.offers.map((offer) => offer.zone)))].sort();
  const zoneAt = new Map(zones.map((zone, index) => [zone, index]));
  const row: Row = {
    version: VERSION,
    head,
    zones,
    types: types.map(typeRow),
    offers: types.flatMap((type, index) =>
      type.offers.map((offer) => offerRow(offer, index, zoneAt.get(offer.zone) as number)),
    ),
  };
  const bytes = deflateSync(JSON.stringify(row));
  if (bytes.length <= MARKET_ROW_MAX_BYTES) return bytes;
  throw new Error(`the market of ${head.region} needs ${bytes.length} bytes, over ${MARKET_ROW_MAX_BYTES}`);
}

function typeRow({ type, family, arch, cpu, memoryGiB, isSpecial, pricedAtMs }: MarketType): Row['types'][0] {
  return [type, family, arch === 'arm64', cpu, Math.round(memoryGiB * 1024), isSpecial, pricedAtMs];
}

function offerRow(offer: MarketOffer, typeAt: number, zoneAt: number): OfferRow {
  const stock = (each: Stock | null) => (each === null ? null : STOCKS.indexOf(each));
  const number = (value: number | null) => (value === null ? null : Math.round(value * MILLION));
  const { price, pastPrice, spread, onDemandPrice, interruption } = offer;
  const stocks = [stock(offer.spotStock), stock(offer.onDemandStock)] as const;
  const prices = [number(price), number(pastPrice), number(spread), number(onDemandPrice)] as const;
  return [typeAt, zoneAt, ...stocks, ...prices, number(interruption)];
}

/** Throws with what is wrong when the bytes are not a market that `encodeMarket` made. */
export function decodeMarket(bytes: Uint8Array): Market {
  const row = parseRow(bytes);
  const offers: MarketOffer[][] = row.types.map(() => []);
  for (const each of row.offers) {
    const zone = row.zones[each[1]];
    const into = offers[each[0]];
    if (zone === undefined || into === undefined)
      throw new Error('the market row names a zone or type it lacks');
    into.push(offerOf(zone, each));
  }
  const types = row.types.map((each, index) => typeOf(each, offers[index] as MarketOffer[]));
  return { ...row.head, types };
}

function typeOf(row: Row['types'][0], offers: readonly MarketOffer[]): MarketType {
  const [type, family, isArm, cpu, memoryMib, isSpecial, pricedAtMs] = row;
  const arch = isArm ? 'arm64' : 'amd64';
  return { type, family, arch, cpu, memoryGiB: memoryMib / 1024, isSpecial, pricedAtMs, offers };
}

function offerOf(zone: string, row: OfferRow): MarketOffer {
  const [, , spot, onDemand, price, past, spread, onDemandPrice, interruption] = row;
  const stock = (index: number | null) => (index === null ? null : (STOCKS[index] ?? null));
  const number = (value: number | null) => (value === null ? null : value / MILLION);
  return {
    zone,
    spotStock: stock(spot),
    onDemandStock: stock(onDemand),
    price: number(price),
    pastPrice: number(past),
    spread: number(spread),
    onDemandPrice: number(onDemandPrice),
    interruption: number(interruption),
  };
}
