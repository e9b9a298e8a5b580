/** Rows as a client sends them. Whatever is not as documented is refused, checksums included. */

import { invalid, unsupported } from '../errors.ts';
import { INF_MAX, INF_MIN, type KeyBound, type Value } from '../values.ts';
import { crc8, crc8Byte } from './crc8.ts';
import { HEADER, OP, TAG, VARIANT } from './plain-buffer.ts';
import { textOf } from './protobuf.ts';

export interface SentCell {
  readonly name: string;
  readonly value: Value | null;
  readonly op: number | null;
  readonly atMs: number | null;
}

export interface SentRow {
  readonly key: readonly { readonly name: string; readonly value: KeyBound }[];
  readonly cells: readonly SentCell[];
  readonly isDelete: boolean;
}

/** Exactly one row. */
export function readRow(bytes: Uint8Array): SentRow {
  const reader = new Reader(bytes);
  const header = reader.int32();
  if (header !== HEADER)
    throw invalid(`Cell data broken, mismatch header, actual: ${header}, expect: ${HEADER}.`);
  const row = rowOf(reader);
  // The official JavaScript SDK (5.6.5) reserves more than it writes for cells with a timestamp, and sends the rest as zeros.
  if (!reader.isRestZero()) throw invalid('data format is invalid.');
  return row;
}

function rowOf(reader: Reader): SentRow {
  const keyCells = cellsAfter(TAG.rowKey, reader);
  if (keyCells.length === 0) throw invalid('Cell data broken, PK is empty.');
  const dataCells = cellsAfter(TAG.rowData, reader);
  const isDelete = reader.skipTag(TAG.deleteMarker);
  let checksum = 0;
  for (const cell of [...keyCells, ...dataCells]) checksum = crc8Byte(checksum, cell.checksum);
  checksum = crc8Byte(checksum, isDelete ? 1 : 0);
  reader.expectTag(TAG.rowChecksum, 'Cell data broken, row is not end with checksum tag.');
  checkSum(reader.byte(), checksum);
  return { key: keyCells.map(keyCellOf), cells: dataCells.map(dataCellOf), isDelete };
}

function cellsAfter(tag: number, reader: Reader): Cell[] {
  const cells: Cell[] = [];
  if (!reader.skipTag(tag)) return cells;
  while (reader.skipTag(TAG.cell)) cells.push(cellOf(reader));
  return cells;
}

interface Cell {
  readonly name: string;
  readonly value: KeyBound | Value | null;
  readonly op: number | null;
  readonly atMs: number | null;
  readonly checksum: number;
}

/** On the wire: name, value, op, time. In the checksum: name, value, time, op. */
function cellOf(reader: Reader): Cell {
  reader.expectTag(TAG.cellName, 'Cell data broken, attr has no name.');
  const nameBytes = reader.take(reader.int32());
  let checksum = crc8(0, nameBytes);
  let value: Cell['value'] = null;
  if (reader.skipTag(TAG.cellValue)) {
    const sized = reader.take(reader.int32());
    checksum = crc8(checksum, sized);
    value = variantOf(sized);
  }
  const op = reader.skipTag(TAG.cellOp) ? reader.byte() : null;
  const time = reader.skipTag(TAG.cellTime) ? reader.take(8) : null;
  if (time !== null) checksum = crc8(checksum, time);
  if (op !== null) checksum = crc8Byte(checksum, op);
  reader.expectTag(TAG.cellChecksum, 'Cell data broken, cell is not end with checksum[0x0A] tag.');
  checkSum(reader.byte(), checksum);
  return { name: textOf(nameBytes), value, op, atMs: time === null ? null : timeOf(time), checksum };
}

function checkSum(sent: number, counted: number): void {
  if (sent !== counted) throw invalid(`Cell data broken, checksum is mismatch, ${sent} : ${counted}.`);
}

function timeOf(bytes: Uint8Array): number {
  const atMs = viewOf(bytes).getBigInt64(0, true);
  if (atMs < 0n || atMs > BigInt(Number.MAX_SAFE_INTEGER))
    throw invalid('Timestamp must be in range [0, INT64_MAX/1000).');
  return Number(atMs);
}

function keyCellOf({ name, value, op, atMs }: Cell): { name: string; value: KeyBound } {
  if (op !== null) throw invalid(`OpType cannot be given for primary key name: ${name}.`);
  if (atMs !== null) throw invalid(`Timestamp cannot be given for primary key name: ${name}.`);
  if (value === null) throw invalid(`No value is given for primary key name: ${name}.`);
  if (typeof value === 'number' || typeof value === 'boolean')
    throw invalid(
      `${typeof value === 'number' ? 'DOUBLE' : 'BOOLEAN'} is an invalid type for the primary key.`,
    );
  return { name, value };
}

function dataCellOf({ name, value, op, atMs }: Cell): SentCell {
  if (op !== null && !Object.values<number>(OP).includes(op))
    throw invalid(`Invalid op type of cell: ${op}.`);
  if (typeof value === 'symbol')
    throw invalid(`${value.description} is an invalid type for the attribute column.`);
  return { name, value, op, atMs };
}

/** One value with its type, filling all of the bytes. */
export function variantOf(bytes: Uint8Array): KeyBound | Value {
  const payload = bytes.subarray(1);
  switch (bytes[0]) {
    case VARIANT.integer:
      return viewOf(exactly(payload, 8)).getBigInt64(0, true);
    case VARIANT.double:
      return doubleOf(exactly(payload, 8));
    case VARIANT.boolean:
      return exactly(payload, 1)[0] !== 0;
    case VARIANT.string:
      return textOf(prefixed(payload));
    case VARIANT.blob:
      return Uint8Array.from(prefixed(payload));
    case VARIANT.infMin:
      exactly(payload, 0);
      return INF_MIN;
    case VARIANT.infMax:
      exactly(payload, 0);
      return INF_MAX;
    case VARIANT.autoIncrement:
      throw unsupported('auto-increment keys');
    default:
      throw invalid('data format is invalid, unknown variant type occured.');
  }
}

function doubleOf(bytes: Uint8Array): number {
  const value = viewOf(bytes).getFloat64(0, true);
  if (Number.isNaN(value)) throw invalid("NaN can't be set to double value.");
  if (!Number.isFinite(value)) throw invalid("Infinity can't be set to double value.");
  return value;
}

function exactly(bytes: Uint8Array, count: number): Uint8Array {
  if (bytes.length !== count) throw invalid('Input encoded PK broken, length is shorter than expect.');
  return bytes;
}

function prefixed(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  return exactly(bytes.subarray(4), reader.int32());
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): Uint8Array {
    const end = this.#at + count;
    if (count < 0 || end > this.#bytes.length) throw invalid('data format is invalid.');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  byte(): number {
    return this.take(1)[0] as number;
  }

  int32(): number {
    return viewOf(this.take(4)).getInt32(0, true);
  }

  skipTag(tag: number): boolean {
    if (this.#bytes[this.#at] !== tag) return false;
    this.#at++;
    return true;
  }

  expectTag(tag: number, otherwise: string): void {
    if (!this.skipTag(tag)) throw invalid(otherwise);
  }

  isRestZero(): boolean {
    return this.#bytes.subarray(this.#at).every((byte) => byte === 0);
  }
}
