/** Rows as TableStore answers them, checksums included. */
import type { Column, Columns, Key } from '../table.ts';
import { crc8, HEADER, TAG, VARIANT } from './plain-buffer.ts';

export interface ReadRow {
  readonly key: Key;
  readonly columns: Columns;
}

/** Rows under a key of two STRINGs, as the service answers them. Throws on what is not as documented. */
export function rowsIn(bytes: Buffer): ReadRow[] {
  const rows: ReadRow[] = [];
  if (bytes.length === 0) return rows;
  const reader = new Reader(bytes);
  if (reader.int32() !== HEADER) throw new Error('a row without its header');
  while (!reader.isAtEnd()) rows.push(reader.row());
  return rows;
}

interface Cell {
  readonly name: string;
  readonly value: Column;
  readonly crc: number;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  row(): ReadRow {
    const keys = this.#cells(TAG.rowKey);
    const cells = this.#cells(TAG.rowData);
    const sums = Uint8Array.from([...keys, ...cells], ({ crc }) => crc);
    this.#expect(TAG.rowChecksum);
    if (this.#byte() !== crc8(crc8(0, sums), Uint8Array.of(0)))
      throw new Error('a row with a wrong checksum');
    const [first, second] = keys.map(({ value }) => String(value));
    const columns = Object.fromEntries(cells.map(({ name, value }) => [name, value]));
    return { key: [first ?? '', second ?? ''], columns };
  }

  #cells(tag: number): Cell[] {
    const cells: Cell[] = [];
    if (!this.#skip(tag)) return cells;
    while (this.#skip(TAG.cell)) cells.push(this.#cell());
    return cells;
  }

  #cell(): Cell {
    this.#expect(TAG.cellName);
    const name = this.#take(this.int32());
    this.#expect(TAG.cellValue);
    const variant = this.#take(this.int32());
    let crc = crc8(crc8(0, name), variant);
    if (this.#skip(TAG.cellTime)) crc = crc8(crc, this.#take(8));
    this.#expect(TAG.cellChecksum);
    if (this.#byte() !== crc) throw new Error('a cell with a wrong checksum');
    return { name: name.toString('utf8'), value: columnIn(variant), crc };
  }

  int32(): number {
    return this.#take(4).readInt32LE();
  }

  #byte(): number {
    return this.#take(1)[0] as number;
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (count < 0 || end > this.#bytes.length) throw new Error('a row that ends early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #skip(tag: number): boolean {
    if (this.#bytes[this.#at] !== tag) return false;
    this.#at++;
    return true;
  }

  #expect(tag: number): void {
    if (!this.#skip(tag)) throw new Error(`a row without its tag ${tag}`);
  }
}

function columnIn(variant: Buffer): Column {
  switch (variant[0]) {
    case VARIANT.integer:
      return Number(variant.readBigInt64LE(1));
    case VARIANT.string:
      return variant.subarray(5).toString('utf8');
    case VARIANT.blob:
      return Uint8Array.from(variant.subarray(5));
    default:
      throw new Error('a ledger row with a column that is neither text, whole number nor bytes');
  }
}
