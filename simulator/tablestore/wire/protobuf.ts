/**
 * The little of protocol buffers (proto2) that the service's messages need.
 * Field numbers: Alibaba Cloud docs, Tablestore "API reference"; each operation's file names its own.
 */
import { invalid } from '../errors.ts';

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

const broken = () => invalid('Parse PBMessage from RawString failed.');

/** A message taken apart. Asking for a required field that is not there, or of another type, throws OTSParameterInvalid. */
export class Message {
  readonly #fields = new Map<number, (bigint | Uint8Array)[]>();

  constructor(bytes: Uint8Array) {
    const reader = new Reader(bytes);
    while (!reader.isAtEnd()) {
      const { field, value } = reader.next();
      if (value === null) continue;
      const values = this.#fields.get(field);
      if (values === undefined) this.#fields.set(field, [value]);
      else values.push(value);
    }
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  int(field: number): number {
    const value = this.#last(field);
    if (typeof value !== 'bigint') throw broken();
    const whole = Number(BigInt.asIntN(64, value));
    if (!Number.isSafeInteger(whole)) throw broken();
    return whole;
  }

  bool(field: number): boolean {
    return this.int(field) !== 0;
  }

  bytes(field: number): Uint8Array {
    const value = this.#last(field);
    if (!(value instanceof Uint8Array)) throw broken();
    return value;
  }

  text(field: number): string {
    return textOf(this.bytes(field));
  }

  message(field: number): Message {
    return new Message(this.bytes(field));
  }

  allBytes(field: number): Uint8Array[] {
    return (this.#fields.get(field) ?? []).map((value) => {
      if (!(value instanceof Uint8Array)) throw broken();
      return value;
    });
  }

  texts(field: number): string[] {
    return this.allBytes(field).map(textOf);
  }

  messages(field: number): Message[] {
    return this.allBytes(field).map((bytes) => new Message(bytes));
  }

  /** Of a field given more than once the last counts. */
  #last(field: number): bigint | Uint8Array {
    const value = this.#fields.get(field)?.at(-1);
    if (value === undefined) throw broken();
    return value;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function textOf(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    throw Object.assign(invalid('A text must be UTF8 encoding.'), { cause: error });
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** `value` null: of a type that no field of ours has. */
  next(): { field: number; value: bigint | Uint8Array | null } {
    const tag = this.#varint();
    const field = Number(tag >> 3n);
    if (field < 1 || field > 536_870_911) throw broken();
    switch (Number(tag & 7n)) {
      case VARINT:
        return { field, value: this.#varint() };
      case BYTES:
        return { field, value: this.#take(Number(this.#varint())) };
      case FIXED_64:
        this.#take(8);
        return { field, value: null };
      case FIXED_32:
        this.#take(4);
        return { field, value: null };
      default:
        throw broken();
    }
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw broken();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw broken();
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw broken();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

/** Puts a message together. */
export class Draft {
  readonly #parts: Uint8Array[] = [];

  int(field: number, value: number): this {
    return this.#tag(field, VARINT).#varint(BigInt.asUintN(64, BigInt(value)));
  }

  bool(field: number, value: boolean): this {
    return this.int(field, value ? 1 : 0);
  }

  bytes(field: number, value: Uint8Array): this {
    this.#tag(field, BYTES).#varint(BigInt(value.length));
    this.#parts.push(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  message(field: number, value: Draft): this {
    return this.bytes(field, value.done());
  }

  done(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #tag(field: number, type: number): this {
    return this.#varint(BigInt(field * 8 + type));
  }

  #varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.#parts.push(Uint8Array.from(bytes));
    return this;
  }
}
