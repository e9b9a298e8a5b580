/** Frames of Session Manager, held to what Alibaba Cloud's own client makes of them. */

import { describe, expect, test } from 'vitest';
import {
  CLOSE_PAYLOAD,
  decodeFrame,
  encodeFrame,
  type Said,
  sizePayload,
} from '../../../../shared/adapters/ecs/terminal/frames.ts';
import { outputFrame, readFrame, sizeIn, statusFrame } from '../../../../simulator/ecs/session/frames.ts';
import fc from '../../../fast-check.ts';

const AT_MS = 1_764_388_800_123;

/**
 * Recorded from aliyun/cloud-assistant-starter (0f100b8c, AxtMessage.ts, its `encodeMessage` run by Node with its own
 * bytebuffer 5.0.1 and long 5.3.2), with the version that aliyun_assist_client's plugin sends.
 */
// biome-ignore format: a table reads best as a table.
const SAID: readonly [string, Omit<Said, 'atMs'>, string][] = [
  ['keys', { type: 'input', sequence: 0, payload: Buffer.from('ls\r') }, '00000000312e303100007b86c4cd9a0100000000000000000000030000006c730d'],
  ['a character of three bytes, later', { type: 'input', sequence: 258, payload: Buffer.from('你') }, '00000000312e303100007b86c4cd9a010000020100000000000003000000e4bda0'],
  ['a size', { type: 'size', sequence: 1, payload: sizePayload(24, 80) }, '02000000312e303100007b86c4cd9a01000001000000000000000400000018005000'],
  ['the end', { type: 'close', sequence: 2, payload: CLOSE_PAYLOAD }, '03000000312e303100007b86c4cd9a01000002000000000000000100000031'],
];

test.each(SAID)('%s, byte for byte as the foreign client says it', (_what, said, hex) => {
  expect(encodeFrame({ ...said, atMs: AT_MS }).toString('hex')).toBe(hex);
});

const bytes = (hex: string) => Buffer.from(hex, 'hex');

// biome-ignore format: a table reads best as a table.
test.each([
  ['output, with the names of channel and instance', '01000000312e303209642d6368616e6e656c0a692d696e7374616e63657b86c4cd9a0100000300000001000000080000001b5b316d68690d0a', { kind: 'output', bytes: new Uint8Array(Buffer.from('\u001b[1mhi\r\n')) }],
  ['an end, with its word', '05000000312e303200007b86c4cd9a0100000000000000000000050000000545786974', { kind: 'status', state: 5, rest: new Uint8Array(Buffer.from('Exit')) }],
  ['a speed', '05000000312e303209642d6368616e6e656c007b86c4cd9a0100000000000000000000050000000700032000', { kind: 'status', state: 7, rest: Uint8Array.of(0, 3, 32, 0) }],
  ['a word about sequences, which is for clients of 1.02', '06000000312e303209642d6368616e6e656c007b86c4cd9a010000020000000100000000000000', { kind: 'other' }],
])('%s is read as the foreign client wrote it', (_what, hex, heard) => {
  const read = decodeFrame(bytes(hex));
  expect(read?.kind === 'output' ? { ...read, bytes: new Uint8Array(read.bytes) } : read).toEqual(heard);
});

describe('what is no frame', () => {
  const good = '05000000312e303209642d6368616e6e656c007b86c4cd9a0100000000000000000000050000000700032000';
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['nothing', ''],
    ['half a head', good.slice(0, 40)],
    ['names that reach beyond the end', `${good.slice(0, 16)}ff${good.slice(18)}`],
    ['less than its length says', good.slice(0, -2)],
    ['more than its length says', `${good}00`],
    ['an encoding that nobody told us of', good.replace(/05000000(0700032000)$/, '05000100$1')],
    ['a status without a state', good.replace(/05000000(0700032000)$/, '00000000')],
  ])('%s', (_what, hex) => {
    expect(decodeFrame(bytes(hex))).toBeNull();
  });
});

test('whatever is said, the other side reads; whatever it says, we read; and no bytes make either throw', () => {
  const payload = fc.uint8Array({ maxLength: 2_048 });
  const whole = fc.record({ sequence: fc.nat(), atMs: fc.integer({ min: 1, max: 2 ** 48 }), payload });
  fc.assert(
    fc.property(whole, fc.constantFrom('input', 'size', 'close'), (said, type) => {
      const read = readFrame(encodeFrame({ ...said, type }));
      expect(read).toMatchObject({ version: '1.01', sequence: said.sequence });
      expect(read?.payload.equals(said.payload)).toBe(true);
    }),
  );
  const place = { channel: 's-1', atMs: AT_MS, heard: 3, said: 4 };
  fc.assert(
    fc.property(payload, fc.nat(255), (drawn, state) => {
      const output = decodeFrame(outputFrame(drawn, place));
      expect(output?.kind === 'output' && Buffer.from(output.bytes).equals(drawn)).toBe(true);
      expect(decodeFrame(statusFrame(state, drawn, place))).toEqual({
        ...{ kind: 'status', state, rest: Uint8Array.from(drawn) },
      });
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
      decodeFrame(noise);
      readFrame(noise);
    }),
  );
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['as it is', 50, 132, { rows: 50, columns: 132 }],
  ['none, as of a serial line', undefined as unknown as number, 0, { rows: 1, columns: 1 }],
  ['too large for its 16 bits', 70_000, 80, { rows: 32_767, columns: 80 }],
])('a size %s', (_what, rows, columns, read) => {
  expect(sizeIn(sizePayload(rows, columns))).toEqual(read);
});
