/**
 * Session Manager's server's side of the frames, written from the same sources and apart from ours
 * (shared/adapters/ecs/terminal/frames.ts names them): a mistake in one is seen by the other.
 */

export interface FromClient {
  readonly type: number;
  readonly version: string;
  readonly sequence: number;
  readonly payload: Buffer;
}

export const INPUT = 0;
export const SIZE = 2;
export const CLOSE = 3;
const OUTPUT = 1;
const STATUS = 5;

/** @see cloud-assistant-starter AxtMessage.ts ChannelState */
export const STATE = { opening: 1, aborted: 2, closed: 5, speed: 7, frozen: 8 } as const;

/** Null: not a message that Session Manager would take. */
export function readFrame(bytes: Uint8Array): FromClient | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const channel = view.getUint8(8);
    const instance = view.getUint8(9 + channel);
    const at = 10 + channel + instance;
    const madeAtMs = view.getBigUint64(at, true);
    const length = view.getUint32(at + 16, true);
    const payload = Buffer.from(bytes.subarray(at + 20));
    const version = Buffer.from(bytes.subarray(4, 8)).toString('latin1');
    // message.go, Validate: a message without its time is none.
    if (madeAtMs === 0n || payload.length !== length || !/^1\.0[12]$/.test(version)) return null;
    return { type: view.getUint32(0, true), version, sequence: view.getUint32(at + 8, true), payload };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

export interface Place {
  readonly channel: string;
  readonly atMs: number;
  /** Of the input heard last, and of this output. */
  readonly heard: number;
  readonly said: number;
}

export const outputFrame = (bytes: Uint8Array, place: Place): Buffer => frame(OUTPUT, bytes, place);

export const statusFrame = (state: number, rest: Uint8Array, place: Place): Buffer =>
  frame(STATUS, Buffer.concat([Buffer.of(state), rest]), place);

/** With the channel's name, and as 1.02 writes it, which is what an agent of today speaks. */
function frame(type: number, payload: Uint8Array, { channel, atMs, heard, said }: Place): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type);
  head.write('1.02', 4, 'latin1');
  const tail = Buffer.alloc(20);
  tail.writeBigUInt64LE(BigInt(Math.round(atMs)));
  tail.writeUInt32LE(heard, 8);
  tail.writeUInt32LE(said, 12);
  tail.writeUInt16LE(payload.length, 16);
  return Buffer.concat([head, Buffer.of(channel.length), Buffer.from(channel), Buffer.of(0), tail, payload]);
}

/** Rows and columns; null: another length. */
export const sizeIn = (payload: Buffer): { rows: number; columns: number } | null =>
  payload.length === 4 ? { rows: payload.readInt16LE(0), columns: payload.readInt16LE(2) } : null;
