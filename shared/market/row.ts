/** The row that a market is packed into, and its parsing. */
import { inflateSync } from 'node:zlib';
import * as z from 'zod';
import { MARKET_ROW_MAX_BYTES } from './limits.ts';

export const VERSION = 1;

const whole = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const CellOf = z.union([whole, z.null()]);
const name = z.string().min(1).max(64);

const Head = z.strictObject({
  region: name,
  currency: name.nullable(),
  diskPerGiBHour: z.number().positive().optional(),
  spotDuration: z.union([z.literal(0), z.literal(1)]),
  stockAtMs: whole,
  typesAtMs: whole,
  adviceAtMs: CellOf,
  throttledAtMs: CellOf,
  stockThrottledAtMs: whole.optional(),
  neededAtMs: CellOf,
  incomplete: z.string().max(2000).nullable(),
});
/** type, family, arm64?, cores, MiB, special?, pricedAtMs */
const TypeRow = z.tuple([name, name, z.boolean(), whole, whole, z.boolean(), CellOf]);
/** type's index, zone's index, spot stock, on-demand stock, then price, past, spread, on-demand price, interruption */
type Cell = number | null;
export type OfferRow = readonly [number, number, Cell, Cell, Cell, Cell, Cell, Cell, Cell];
/** Thousands of them, at each cold start: a loop checks them in a tenth of the time that a schema of each cell takes. */
const OfferRows = z.custom<OfferRow[]>(
  (rows) => Array.isArray(rows) && rows.length <= 200_000 && rows.every(isOfferRow),
);
const isWhole = (cell: unknown): boolean => Number.isSafeInteger(cell) && (cell as number) >= 0;
const isOfferRow = (row: unknown): boolean =>
  Array.isArray(row) &&
  row.length === 9 &&
  row.every((cell, at) => (cell === null && at > 1) || isWhole(cell));
const Row = z.strictObject({
  version: z.literal(VERSION),
  head: Head,
  zones: z.array(name).max(64),
  types: z.array(TypeRow).max(20_000),
  offers: OfferRows,
});
export type Row = z.output<typeof Row>;

/** Throws with what is wrong. */
export function parseRow(bytes: Uint8Array): Row {
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
