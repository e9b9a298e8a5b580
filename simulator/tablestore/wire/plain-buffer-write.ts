/** Rows as the service answers them. */

import type { Cell } from '../table.ts';
import { typeOf, type Value } from '../values.ts';
import { crc8, crc8Byte } from './crc8.ts';
import { HEADER, TAG, VARIANT } from './plain-buffer.ts';

export interface AnsweredRow {
  readonly key: readonly { readonly name: string; readonly value: Value }[];
  readonly cells: readonly (Cell & { readonly name: string })[];
}

/** No rows: no bytes at all, not even the header. */
export function writeRows(rows: readonly AnsweredRow[]): Buffer {
  if (rows.length === 0) return Buffer.alloc(0);
  return Buffer.concat([int32(HEADER), ...rows.flatMap(partsOf)]);
}

function partsOf({ key, cells }: AnsweredRow): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let checksum = 0;
  const cell = (name: string, value: Value, atMs: number | null) => {
    const written = cellOf(name, value, atMs);
    checksum = crc8Byte(checksum, written.at(-1) as number);
    parts.push(written);
  };
  if (key.length > 0) parts.push(Uint8Array.of(TAG.rowKey));
  for (const { name, value } of key) cell(name, value, null);
  if (cells.length > 0) parts.push(Uint8Array.of(TAG.rowData));
  for (const { name, value, atMs } of cells) cell(name, value, atMs);
  parts.push(Uint8Array.of(TAG.rowChecksum, crc8Byte(checksum, 0)));
  return parts;
}

/** Its checksum is the last byte. */
function cellOf(name: string, value: Value, atMs: number | null): Buffer {
  const nameBytes = Buffer.from(name);
  const variant = variantOf(value);
  let checksum = crc8(crc8(0, nameBytes), variant);
  const parts = [
    Uint8Array.of(TAG.cell, TAG.cellName),
    int32(nameBytes.length),
    nameBytes,
    Uint8Array.of(TAG.cellValue),
    int32(variant.length),
    variant,
  ];
  if (atMs !== null) {
    const time = int64(BigInt(Math.floor(atMs)));
    checksum = crc8(checksum, time);
    parts.push(Uint8Array.of(TAG.cellTime), time);
  }
  parts.push(Uint8Array.of(TAG.cellChecksum, checksum));
  return Buffer.concat(parts);
}

function variantOf(value: Value): Buffer {
  switch (typeOf(value)) {
    case 'INTEGER':
      return Buffer.concat([Uint8Array.of(VARIANT.integer), int64(value as bigint)]);
    case 'DOUBLE': {
      const bytes = Buffer.alloc(9);
      bytes[0] = VARIANT.double;
      bytes.writeDoubleLE(value as number, 1);
      return bytes;
    }
    case 'BOOLEAN':
      return Buffer.from([VARIANT.boolean, value === true ? 1 : 0]);
    case 'STRING':
      return prefixed(VARIANT.string, Buffer.from(value as string));
    case 'BINARY':
      return prefixed(VARIANT.blob, value as Uint8Array);
  }
}

const prefixed = (type: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Uint8Array.of(type), int32(bytes.length), bytes]);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}
