/**
 * Rows as TableStore's wire has them. Alibaba Cloud docs, Tablestore "PlainBuffer": everything is little-endian. Our
 * own, because the official SDK loads 800 kB for it: it is the oracle in the tests.
 */
import type { Column } from '../table.ts';

export const HEADER = 0x75;
export const TAG = {
  rowKey: 0x01,
  rowData: 0x02,
  cell: 0x03,
  cellName: 0x04,
  cellValue: 0x05,
  cellOp: 0x06,
  cellTime: 0x07,
  deleteMarker: 0x08,
  rowChecksum: 0x09,
  cellChecksum: 0x0a,
} as const;
export const VARIANT = { integer: 0x00, string: 0x03, blob: 0x07, infMin: 0x09, infMax: 0x0a } as const;
const OP = { drop: 0x01, add: 0x04 } as const;

/** The ends of a range of keys. */
export const INF_MIN = Symbol('INF_MIN');
export const INF_MAX = Symbol('INF_MAX');
type KeyPart = string | typeof INF_MIN | typeof INF_MAX;
export type Named<Value> = readonly (readonly [name: string, value: Value])[];

/** A put cell has its value; `add` is added to an INTEGER, `drop` is all versions of a column. */
export interface CellWrites {
  readonly put?: Named<Column>;
  readonly add?: Named<number>;
  readonly drop?: readonly string[];
}

// CRC-8 with the polynomial x⁸ + x² + x + 1.
const CRC = Uint8Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1;
  return crc & 0xff;
});

export function crc8(before: number, bytes: Uint8Array): number {
  let crc = before;
  // By index: each byte of each entry passes here, and a young process runs an iterator many times slower.
  for (let at = 0; at < bytes.length; at++) crc = CRC[crc ^ (bytes[at] as number)] as number;
  return crc;
}

/** One row of a write, or a bare key. */
export function rowBytes(key: Named<KeyPart>, cells: CellWrites = {}, isDelete = false): Buffer {
  const keys = key.map(([name, value]) => cellBytes(name, keyVariant(value), null));
  const { put = [], add = [], drop = [] } = cells;
  const changes = [
    ...put.map(([name, value]) => cellBytes(name, variantOf(value), null)),
    ...add.map(([name, by]) => cellBytes(name, variantOf(by), OP.add)),
    ...drop.map((name) => cellBytes(name, null, OP.drop)),
  ];
  const sums = Uint8Array.from([...keys, ...changes], (cell) => cell.at(-1) as number);
  const checksum = crc8(crc8(0, sums), Uint8Array.of(isDelete ? 1 : 0));
  return Buffer.concat([
    int32(HEADER),
    Uint8Array.of(TAG.rowKey),
    ...keys,
    ...(changes.length === 0 ? [] : [Uint8Array.of(TAG.rowData), ...changes]),
    ...(isDelete ? [Uint8Array.of(TAG.deleteMarker)] : []),
    Uint8Array.of(TAG.rowChecksum, checksum),
  ]);
}

/** Its checksum is the last byte. Written in place: a launch makes a hundred of them. */
function cellBytes(name: string, variant: Buffer | null, op: number | null): Buffer {
  const nameEnd = 6 + Buffer.byteLength(name);
  const valueEnd = nameEnd + (variant === null ? 0 : 5 + variant.length);
  const bytes = Buffer.allocUnsafe(valueEnd + (op === null ? 2 : 4));
  bytes[0] = TAG.cell;
  bytes[1] = TAG.cellName;
  bytes.writeInt32LE(nameEnd - 6, 2);
  bytes.write(name, 6);
  let crc = crc8(0, bytes.subarray(6, nameEnd));
  if (variant !== null) {
    bytes[nameEnd] = TAG.cellValue;
    bytes.writeInt32LE(variant.length, nameEnd + 1);
    bytes.set(variant, nameEnd + 5);
    crc = crc8(crc, variant);
  }
  if (op !== null) {
    bytes[valueEnd] = TAG.cellOp;
    bytes[valueEnd + 1] = op;
    crc = CRC[crc ^ op] as number;
  }
  bytes[bytes.length - 2] = TAG.cellChecksum;
  bytes[bytes.length - 1] = crc;
  return bytes;
}

const keyVariant = (part: KeyPart): Buffer =>
  typeof part === 'string' ? variantOf(part) : Buffer.of(part === INF_MIN ? VARIANT.infMin : VARIANT.infMax);

/** A value with its type. */
export function variantOf(value: Column): Buffer {
  if (typeof value !== 'number') {
    const isText = typeof value === 'string';
    const length = isText ? Buffer.byteLength(value) : value.length;
    const bytes = Buffer.allocUnsafe(5 + length);
    bytes[0] = isText ? VARIANT.string : VARIANT.blob;
    bytes.writeInt32LE(length, 1);
    if (isText) bytes.write(value, 5);
    else bytes.set(value, 5);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes.writeBigInt64LE(BigInt(value), 1);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
