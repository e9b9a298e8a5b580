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
type Value = Column | KeyPart;
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

export function crc8(before: number, bytes: Uint8Array, from = 0, length = bytes.length): number {
  let crc = before;
  // By index: each byte of each entry passes here, and a young process runs an iterator many times slower.
  for (let at = from; at < from + length; at++) crc = CRC[crc ^ (bytes[at] as number)] as number;
  return crc;
}

/** One row of a write, or a bare key: in one piece, and written where it stays, for a launch writes a hundred cells. */
export function rowBytes(key: Named<KeyPart>, cells: CellWrites = {}, isDelete = false): Buffer {
  // By index, not taken apart: see crc8.
  const keys = key.map((each) => cellOf(each[0], each[1], null));
  const { put = [], add = [], drop = [] } = cells;
  const changes = [
    ...put.map((each) => cellOf(each[0], each[1], null)),
    ...add.map((each) => cellOf(each[0], each[1], OP.add)),
    ...drop.map((name) => cellOf(name, null, OP.drop)),
  ];
  const marks = (changes.length === 0 ? 0 : 1) + (isDelete ? 1 : 0);
  const bytes = Buffer.allocUnsafe(7 + marks + sizeOf(keys) + sizeOf(changes));
  let at = bytes.writeInt32LE(HEADER, 0);
  bytes[at++] = TAG.rowKey;
  at = writeCells(keys, bytes, at);
  if (changes.length > 0) bytes[at++] = TAG.rowData;
  at = writeCells(changes, bytes, at);
  if (isDelete) bytes[at++] = TAG.deleteMarker;
  const crc = [...keys, ...changes].reduce((before, cell) => CRC[before ^ cell.crc] as number, 0);
  bytes[at++] = TAG.rowChecksum;
  bytes[at] = CRC[crc ^ (isDelete ? 1 : 0)] as number;
  return bytes;
}

interface Cell {
  readonly name: string;
  readonly nameBytes: number;
  /** Null: it has none. */
  readonly value: Value | null;
  readonly valueBytes: number;
  readonly op: number | null;
  /** Known when it is written. */
  crc: number;
}

const cellOf = (name: string, value: Value | null, op: number | null): Cell => ({
  name,
  nameBytes: Buffer.byteLength(name),
  value,
  valueBytes: value === null ? 0 : variantSize(value),
  op,
  crc: 0,
});

const sizeOf = (cells: readonly Cell[]): number =>
  cells.reduce(
    (sum, { nameBytes, value, valueBytes, op }) =>
      sum + 8 + nameBytes + (value === null ? 0 : 5 + valueBytes) + (op === null ? 0 : 2),
    0,
  );

/** Returns where they end. */
function writeCells(cells: readonly Cell[], bytes: Buffer, from: number): number {
  let at = from;
  for (const cell of cells) {
    const { name, nameBytes, value, valueBytes, op } = cell;
    bytes[at++] = TAG.cell;
    bytes[at++] = TAG.cellName;
    at = bytes.writeInt32LE(nameBytes, at);
    bytes.write(name, at);
    let crc = crc8(0, bytes, at, nameBytes);
    at += nameBytes;
    if (value !== null) {
      bytes[at++] = TAG.cellValue;
      at = bytes.writeInt32LE(valueBytes, at);
      writeVariant(value, bytes, at);
      crc = crc8(crc, bytes, at, valueBytes);
      at += valueBytes;
    }
    if (op !== null) {
      bytes[at++] = TAG.cellOp;
      bytes[at++] = op;
      crc = CRC[crc ^ op] as number;
    }
    bytes[at++] = TAG.cellChecksum;
    bytes[at++] = crc;
    cell.crc = crc;
  }
  return at;
}

/** A value with its type. */
export function variantOf(value: Column): Buffer {
  const bytes = Buffer.allocUnsafe(variantSize(value));
  writeVariant(value, bytes, 0);
  return bytes;
}

function variantSize(value: Value): number {
  if (typeof value === 'symbol') return 1;
  if (typeof value === 'number') return 9;
  return 5 + (typeof value === 'string' ? Buffer.byteLength(value) : value.length);
}

function writeVariant(value: Value, bytes: Buffer, at: number): void {
  if (typeof value === 'symbol') bytes[at] = value === INF_MIN ? VARIANT.infMin : VARIANT.infMax;
  else if (typeof value === 'number') {
    bytes[at] = VARIANT.integer;
    bytes.writeBigInt64LE(BigInt(value), at + 1);
  } else if (typeof value === 'string') {
    bytes[at] = VARIANT.string;
    bytes.writeInt32LE(bytes.write(value, at + 5), at + 1);
  } else {
    bytes[at] = VARIANT.blob;
    bytes.writeInt32LE(value.length, at + 1);
    bytes.set(value, at + 5);
  }
}
