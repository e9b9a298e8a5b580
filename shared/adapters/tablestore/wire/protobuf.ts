/** The little of protocol buffers (proto2) that the ledger's calls need. */

const VARINT = 0;
const BYTES = 2;
const FIXED: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** A whole number of at least 0, a text, or bytes; absent ones are left out. */
export type Field = readonly [number: number, value: number | boolean | string | Uint8Array | undefined];

export function message(...fields: readonly Field[]): Buffer {
  // By index, not taken apart: a young process runs an iterator for each pair many times slower.
  const said = fields.filter((field) => field[1] !== undefined).map((field) => part(field[0], field[1]));
  const bytes = Buffer.allocUnsafe(said.reduce((sum, { size }) => sum + size, 0));
  said.reduce((at, { tag, value }) => {
    if (typeof value === 'number') return writeVarint(value, bytes, writeVarint(tag, bytes, at));
    const begin = writeVarint(value.length, bytes, writeVarint(tag, bytes, at));
    bytes.set(value, begin);
    return begin + value.length;
  }, 0);
  return bytes;
}

interface Part {
  readonly tag: number;
  readonly value: number | Uint8Array;
  readonly size: number;
}

function part(number: number, value: Field[1]): Part {
  if (typeof value === 'number' || typeof value === 'boolean') {
    const tag = number * 8 + VARINT;
    return { tag, value: Number(value), size: varintSize(tag) + varintSize(Number(value)) };
  }
  const tag = number * 8 + BYTES;
  const bytes = typeof value === 'string' ? Buffer.from(value) : (value ?? NOTHING);
  return { tag, value: bytes, size: varintSize(tag) + varintSize(bytes.length) + bytes.length };
}

const NOTHING = new Uint8Array(0);

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Returns where it ends. */
function writeVarint(value: number, bytes: Buffer, from: number): number {
  let at = from;
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80;
  bytes[at++] = rest;
  return at;
}

/** A message taken apart. Throws on one that is cut short. */
export class Message {
  readonly #fields = new Map<number, (number | Buffer)[]>();

  constructor(encoded: Buffer) {
    const reader = new Reader(encoded);
    for (let field = reader.next(); field !== null; field = reader.next()) {
      const known = this.#fields.get(field.number);
      if (known === undefined) this.#fields.set(field.number, [field.value]);
      else known.push(field.value);
    }
  }

  /** Of a field given more than once the last counts. */
  bytes(field: number): Buffer | undefined {
    return this.allBytes(field).at(-1);
  }

  allBytes(field: number): Buffer[] {
    return (this.#fields.get(field) ?? []).filter((value) => typeof value !== 'number');
  }

  int(field: number): number | undefined {
    const value = this.#fields.get(field)?.at(-1);
    return typeof value === 'number' ? value : undefined;
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): { readonly number: number; readonly value: number | Buffer } | null {
    if (this.#at >= this.#bytes.length) return null;
    const tag = this.#varint();
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    if (type === VARINT) return { number, value: this.#varint() };
    return { number, value: this.#take(type === BYTES ? this.#varint() : (FIXED[type] ?? -1)) };
  }

  #varint(): number {
    const first = this.#bytes[this.#at];
    // Nearly all are short, and big integers are dear.
    if (first !== undefined && first < 0x80) {
      this.#at++;
      return first;
    }
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#take(1)[0] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw new Error('an answer with a number that does not end');
  }

  #take(count: number): Buffer {
    const end = this.#at + count;
    if (count < 0 || end > this.#bytes.length) throw new Error('an answer that ends early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
