/**
 * The market of one region: what was for sale, and for how much, when we last looked. Data, and its compact form
 * for one row of the ledger. Prices in the account's currency an hour; null always means "not known".
 */
import { deflateSync, inflateSync } from 'node:zlib';
import * as z from 'zod';
import { MARKET_ROW_MAX_BYTES } from './limits.ts';
import type { Arch } from './nouns.ts';

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
  /** The SpotDuration everything was asked with. */
  readonly spotDuration: 0 | 1;
  /** When the stock was last asked for with success. */
  readonly stockAtMs: number;
  /** When types, and interruption rates, were last asked for with success; null: never. */
  readonly typesAtMs: number;
  readonly adviceAtMs: number | null;
  /** Lower-case clause: what the last refresh could not do; null: it did everything. */
  readonly incomplete: string | null;
  readonly types: readonly MarketType[];
}

/** `b` → cn-hangzhou-b, but ap-southeast-1a: a region that ends in a digit takes the letter without a hyphen. */
export function zoneId(region: string, letter: string): string {
  return /\d$/.test(region) ? `${region}${letter}` : `${region}-${letter}`;
}

/** `ecs.c8y.2xlarge` → `ecs.c8y` */
export function familyOf(type: string): string {
  return type.slice(0, type.lastIndexOf('.'));
}

/** Prices are kept in millionths: the cloud quotes no finer. */
const MILLION = 1_000_000;
const VERSION = 1;

const whole = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const Cell = z.union([whole, z.null()]);
const name = z.string().min(1).max(64);

/** type, family, arm64?, cores, MiB, special?, pricedAtMs */
const TypeRow = z.tuple([name, name, z.boolean(), whole, whole, z.boolean(), Cell]);
/** type's index, zone's index, spot stock, on-demand stock, then four prices and a share in millionths */
const OfferRow = z.tuple([whole, whole, Cell, Cell, Cell, Cell, Cell, Cell, Cell]);
const Row = z.strictObject({
  version: z.literal(VERSION),
  region: name,
  currency: name.nullable(),
  spotDuration: z.union([z.literal(0), z.literal(1)]),
  stockAtMs: whole,
  typesAtMs: whole,
  adviceAtMs: whole.nullable(),
  incomplete: z.string().max(2000).nullable(),
  zones: z.array(name).max(64),
  types: z.array(TypeRow).max(20_000),
  offers: z.array(OfferRow).max(200_000),
});
type Row = z.output<typeof Row>;

const millionths = (value: number | null): number | null =>
  value === null ? null : Math.round(value * MILLION);
const fromMillionths = (value: number | null): number | null => (value === null ? null : value / MILLION);
const stockIndex = (stock: Stock | null): number | null => (stock === null ? null : STOCKS.indexOf(stock));
const stockAt = (index: number | null): Stock | null => (index === null ? null : (STOCKS[index] ?? null));

/** Throws when the row would be longer than MARKET_ROW_MAX_BYTES. The same market gives the same bytes. */
export function encodeMarket(market: Market): Uint8Array {
  const zones = [...new Set(market.types.flatMap((type) => type.offers.map((offer) => offer.zone)))].sort();
  const zoneIndex = new Map(zones.map((zone, index) => [zone, index]));
  const { region, currency, spotDuration, stockAtMs, typesAtMs, adviceAtMs, incomplete } = market;
  const row: Row = {
    version: VERSION,
    ...{ region, currency, spotDuration, stockAtMs, typesAtMs, adviceAtMs, incomplete },
    zones,
    types: market.types.map((type) => [
      ...([type.type, type.family, type.arch === 'arm64', type.cpu] as const),
      ...([Math.round(type.memoryGiB * 1024), type.isSpecial, type.pricedAtMs] as const),
    ]),
    offers: market.types.flatMap((type, index) =>
      type.offers.map((offer) => offerRow(offer, index, zoneIndex.get(offer.zone) as number)),
    ),
  };
  const bytes = deflateSync(JSON.stringify(row));
  if (bytes.length > MARKET_ROW_MAX_BYTES)
    throw new Error(
      `the market of ${region} needs ${bytes.length} bytes, and a row takes ${MARKET_ROW_MAX_BYTES}`,
    );
  return bytes;
}

function offerRow(offer: MarketOffer, type: number, zone: number): z.output<typeof OfferRow> {
  return [
    ...([type, zone, stockIndex(offer.spotStock), stockIndex(offer.onDemandStock)] as const),
    ...([millionths(offer.price), millionths(offer.pastPrice), millionths(offer.spread)] as const),
    ...([millionths(offer.onDemandPrice), millionths(offer.interruption)] as const),
  ];
}

/** Throws with what is wrong when the bytes are not a market that `encodeMarket` made. */
export function decodeMarket(bytes: Uint8Array): Market {
  const row = parseRow(bytes);
  const offers: MarketOffer[][] = row.types.map(() => []);
  for (const [type, zoneAt, spot, onDemand, price, past, spread, onDemandPrice, interruption] of row.offers) {
    const zone = row.zones[zoneAt];
    const into = offers[type];
    if (zone === undefined || into === undefined)
      throw new Error('the market row names a zone or type it lacks');
    into.push({
      zone,
      spotStock: stockAt(spot),
      onDemandStock: stockAt(onDemand),
      price: fromMillionths(price),
      pastPrice: fromMillionths(past),
      spread: fromMillionths(spread),
      onDemandPrice: fromMillionths(onDemandPrice),
      interruption: fromMillionths(interruption),
    });
  }
  const { version: _, zones: __, types, ...head } = row;
  return {
    ...{ region: head.region, currency: head.currency, spotDuration: head.spotDuration },
    ...{ stockAtMs: head.stockAtMs, typesAtMs: head.typesAtMs, adviceAtMs: head.adviceAtMs },
    incomplete: head.incomplete,
    types: types.map(([type, family, isArm, cpu, memoryMib, isSpecial, pricedAtMs], index) => ({
      ...{
        type,
        family,
        arch: isArm ? 'arm64' : 'amd64',
        cpu,
        memoryGiB: memoryMib / 1024,
        isSpecial,
        pricedAtMs,
      },
      offers: offers[index] as MarketOffer[],
    })),
  };
}

function parseRow(bytes: Uint8Array): Row {
  let json: unknown;
  try {
    json = JSON.parse(inflateSync(bytes, { maxOutputLength: 64 * MARKET_ROW_MAX_BYTES }).toString());
  } catch (cause) {
    throw new Error('the market row cannot be unpacked', { cause });
  }
  const parsed = Row.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(`the market row is of another shape: ${parsed.error.issues[0]?.path.join('.')}`);
}
