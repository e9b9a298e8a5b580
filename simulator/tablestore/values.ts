/** What a cell can hold, and how keys are ordered. */

/** bigint: INTEGER, number: DOUBLE, Uint8Array: BINARY. */
export type Value = bigint | number | string | boolean | Uint8Array;
export type KeyValue = bigint | string | Uint8Array;
export const INF_MIN = Symbol('INF_MIN');
export const INF_MAX = Symbol('INF_MAX');
/** A bound of a range may be before or after everything. */
export type KeyBound = KeyValue | typeof INF_MIN | typeof INF_MAX;
export type ValueType = 'INTEGER' | 'DOUBLE' | 'STRING' | 'BOOLEAN' | 'BINARY';

export function typeOf(value: Value): ValueType {
  if (typeof value === 'bigint') return 'INTEGER';
  if (typeof value === 'number') return 'DOUBLE';
  if (typeof value === 'string') return 'STRING';
  return typeof value === 'boolean' ? 'BOOLEAN' : 'BINARY';
}

/** As the service charges and limits it. Alibaba Cloud docs, Tablestore "Billing": 8 bytes a number, 1 a boolean. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'boolean') return 1;
  return value instanceof Uint8Array ? value.length : 8;
}

/** Negative, 0 or positive; null: of different types, so they cannot be compared. */
export function compareValues(a: Value, b: Value): number | null {
  if (typeOf(a) !== typeOf(b)) return null;
  if (typeof a === 'string')
    return isAscii(a, b as string) ? order(a, b as string) : bytesOrder(a, b as string);
  if (a instanceof Uint8Array) return Buffer.compare(a, b as Uint8Array);
  return order(a, b);
}

const order = (a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0);
const isAscii = (a: string, b: string): boolean => !NOT_ASCII.test(a) && !NOT_ASCII.test(b);
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there.
const NOT_ASCII = /[^\x00-\x7f]/;
const bytesOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * One string for a whole key, ordered as the service orders keys: column by column, text by its UTF-8 bytes.
 * Each column begins with a mark of its kind and ends where no text continues.
 */
export function orderOf(key: readonly KeyBound[]): string {
  return key.map(orderOfOne).join('');
}

function orderOfOne(value: KeyBound): string {
  if (value === INF_MIN) return '\x01';
  if (value === INF_MAX) return '\x09';
  if (typeof value === 'bigint')
    return `\x02${BigInt.asUintN(64, value + 2n ** 63n)
      .toString(16)
      .padStart(16, '0')}`;
  if (typeof value === 'string')
    return `\x03${ended(NOT_ASCII.test(value) ? latin1(Buffer.from(value)) : value)}`;
  return `\x04${ended(latin1(Buffer.from(value)))}`;
}

const latin1 = (bytes: Buffer): string => bytes.toString('latin1');
/** A zero byte within a text must not look like its end, and a text comes before those that continue it. */
const ended = (text: string): string =>
  `${text.includes('\0') ? text.replaceAll('\0', '\0\x02') : text}\0\x01`;
