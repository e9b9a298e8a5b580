/**
 * What a client and Session Manager's server say to each other on the websocket: one message a binary frame, little-endian.
 * `type` u32, `version` 4 characters, channel and instance each a length of one byte and so many characters, time u64 in
 * milliseconds, sequence of input u32 and of output u32 (one i64 in 1.01), length u16, encoding u8, reserved u8 (one u32 in
 * 1.01), payload. We speak 1.01, as Alibaba Cloud's own ali-instance-cli does, and read what 1.02 has beyond it.
 * @see aliyun/aliyun_assist_client agent/session/plugin/message/message.go, client.go; aliyun/cloud-assistant-starter
 * src/main/resources/static/components/session/AxtMessage.ts, AxtSession.tsx. The agent's own side has fixed 32 bytes for
 * the channel (agent/session/message/message.go): the server stands between, and a client never sees those.
 */

const TYPES = { input: 0, output: 1, size: 2, close: 3, status: 5 } as const;
const VERSION = '1.01';
/** With neither channel nor instance, which a client leaves empty. */
export const HEADER_BYTES = 30;
/** @see client.go sendPackageSize */
export const PAYLOAD_MAX_BYTES = 2_048;

export interface Said {
  readonly type: 'input' | 'size' | 'close';
  /** One more with each frame of ours, from 0. */
  readonly sequence: number;
  readonly atMs: number;
  readonly payload: Uint8Array;
}

export type Heard =
  | { readonly kind: 'output'; readonly bytes: Uint8Array }
  /** `state` as AxtMessage.ts ChannelState has it; `rest`: a reason in words, or a number. */
  | { readonly kind: 'status'; readonly state: number; readonly rest: Uint8Array }
  /** A kind that nobody told us of, or that says nothing to a client of 1.01. */
  | { readonly kind: 'other' };

export function encodeFrame({ type, sequence, atMs, payload }: Said): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + payload.length);
  frame.writeUInt32LE(TYPES[type], 0);
  frame.write(VERSION, 4, 'latin1');
  // Bytes 8 and 9: no channel, no instance.
  frame.writeBigUInt64LE(BigInt(atMs), 10);
  frame.writeBigInt64LE(BigInt(sequence), 18);
  frame.writeUInt32LE(payload.length, 26);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** Null: no message of this protocol. */
export function decodeFrame(bytes: Uint8Array): Heard | null {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (frame.length < HEADER_BYTES) return null;
  const channelBytes = frame.readUInt8(8);
  // A channel that reaches beyond the end has no instance behind it.
  const instanceBytes = frame[9 + channelBytes];
  const names = channelBytes + (instanceBytes ?? 0);
  if (instanceBytes === undefined || frame.length < HEADER_BYTES + names) return null;
  const length = frame.readUInt16LE(26 + names);
  const encoding = frame.readUInt8(28 + names);
  const payload = frame.subarray(HEADER_BYTES + names);
  // Nobody says what another encoding were: it is not shown as if it were plain.
  if (payload.length !== length || encoding !== 0) return null;
  const type = frame.readUInt32LE(0);
  if (type === TYPES.output) return { kind: 'output', bytes: payload };
  if (type !== TYPES.status) return { kind: 'other' };
  const [state, ...rest] = payload;
  return state === undefined ? null : { kind: 'status', state, rest: Uint8Array.from(rest) };
}

/** Rows, then columns, 16 bits each. @see client.go termsizeLoop; the server makes the agent's JSON of it. */
export function sizePayload(rows: number, columns: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeInt16LE(bounded(rows), 0);
  payload.writeInt16LE(bounded(columns), 2);
  return payload;
}

/** A terminal may say that it has no size. */
const bounded = (count: number): number => Math.min(Math.max(Math.trunc(count) || 1, 1), 0x7fff);

/** @see client.go SendCloseMessage */
export const CLOSE_PAYLOAD = Buffer.from('1');
