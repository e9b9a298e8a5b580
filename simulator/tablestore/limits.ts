/**
 * The service's bounds. Alibaba Cloud docs, Tablestore "General limits" and "Limits on the Wide Column model".
 * Where a page names two numbers, the smaller.
 */
import { invalid } from './errors.ts';

export const KEY_COLUMNS_MAX = 4;
export const KEY_VALUE_MAX_BYTES = 1024;
export const VALUE_MAX_BYTES = 2 * 1024 * 1024;
export const COLUMNS_PER_WRITE_MAX = 1024;
export const COLUMNS_TO_GET_MAX = 128;
export const REQUEST_MAX_BYTES = 4 * 1024 * 1024;
/** From where on the front end answers OTSRequestBodyTooLarge is not documented. */
export const BODY_MAX_BYTES = 5 * 1024 * 1024;
export const BATCH_GET_ROWS_MAX = 100;
export const BATCH_WRITE_ROWS_MAX = 200;
export const RANGE_ROWS_MAX = 5000;
export const RANGE_MAX_BYTES = 4 * 1024 * 1024;
export const TABLES_MAX = 64;
/** Conditional update: 10 conditions, counted with their logical operators. (Filters of reads may have 32.) */
export const CONDITIONS_MAX = 10;
export const FILTERS_MAX = 32;
export const TIME_TO_LIVE_MIN_S = 86_400;
export const VERSION_DEVIATION_DEFAULT_S = 86_400;
/** The page says that they are bounded, not how; this is what the other Alibaba Cloud services take. */
export const DATE_SKEW_MAX_MS = 15 * 60_000;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

export function checkTableName(name: string): void {
  if (!NAME.test(name)) throw invalid(`Invalid table name: '${name.slice(0, 300)}'.`);
}

export function checkColumnName(name: string): void {
  if (!NAME.test(name)) throw invalid(`Invalid column name: '${name.slice(0, 300)}'.`);
}
