/** Session Manager refuses and ends what the real one does, or what nobody has seen it take. */
import { describe, expect, test } from 'vitest';
import { encodeFrame, PAYLOAD_MAX_BYTES } from '../../../shared/adapters/ecs/terminal/frames.ts';
import { EcsRefusal, type Shell } from '../../../simulator/ecs/index.ts';
import { readFrame } from '../../../simulator/ecs/session/frames.ts';
import { MINUTE_MS, REGION, START_MS, world } from '../../shared/adapters/ecs/fixture.ts';

const SHELL: Shell = { input: () => {}, resize: () => {}, end: () => {} };

async function booted() {
  const { ecs, clock, good, run } = world({ boot: { boot: () => ({ end: () => {}, shell: () => SHELL }) } });
  const [id = ''] = run(good());
  await clock.runUntil(START_MS + MINUTE_MS);
  const start = (token?: string) =>
    ecs.call(REGION, 'StartTerminalSession', {
      'InstanceId.1': id,
      ...(token === undefined ? {} : { ClientToken: token }),
    }) as { SessionId: string; SecurityToken: string };
  const join = ({ SessionId, SecurityToken } = start()) => {
    const ended: (number | null)[] = [];
    const said: Buffer[] = [];
    const joined = ecs.sessions.join(SessionId, SecurityToken, {
      send: (frame) => void said.push(Buffer.from(frame)),
      close: (code) => void ended.push(code),
    });
    const word = () => said.at(-1)?.subarray(-16).toString('latin1') ?? '';
    return { joined, ended, word };
  };
  return { ecs, clock, id, start, join };
}

const refusalOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof EcsRefusal) return error.code;
    throw error;
  }
  return 'none';
};

test('an address is good for ten minutes and with its token alone; asked for again with the same words it is the same', async () => {
  const { ecs, clock, start, join } = await booted();
  const session = start('once');
  expect(start('once')).toEqual(session);
  expect(start('twice')).not.toEqual(session);
  expect(join({ ...session, SecurityToken: 'guessed' }).joined).toBeNull();
  expect(join(session).joined).not.toBeNull();
  await clock.runUntil(clock.nowMs() + 10 * MINUTE_MS);
  expect(join(session).joined).toBeNull();
  expect(ecs.sessions.isOpen(session.SessionId, session.SecurityToken)).toBe(false);
});

test('a hundred sessions in a region, twenty on a machine, and no more', async () => {
  const { start, join } = await booted();
  const members = Array.from({ length: 20 }, () => join());
  expect(refusalOf(() => start())).toBe('SessionCount.ExceedLimit');
  members[0]?.joined?.left();
  for (let made = 20; made < 100; made++) start();
  expect(refusalOf(() => start())).toBe('SessionCount.ExceedLimit');
});

test('a machine that nobody has, or that does not run, is refused', async () => {
  const { ecs, id, start } = await booted();
  const asked = (name: string) => ecs.call(REGION, 'StartTerminalSession', { 'InstanceId.1': name });
  expect(refusalOf(() => asked('i-nobody'))).toBe('InvalidInstance.NotFound');
  ecs.call(REGION, 'StopInstance', { InstanceId: id });
  expect(refusalOf(() => start())).toBe('InvalidInstance.NotRunning');
});

describe('a client that says what nobody has seen it take is put out', () => {
  const say = (sequence: number, payload: Uint8Array = Buffer.from('x'), atMs = START_MS) =>
    encodeFrame({ type: 'input', sequence, payload, atMs });
  // biome-ignore format: a table reads best as a table.
  test.each<[string, readonly Uint8Array[], string]>([
    ['bytes that are no frame', [Buffer.from('hello')], 'ProcessDataError'],
    ['a frame without its time', [say(0, Buffer.from('x'), 0)], 'ProcessDataError'],
    ['a sequence with a hole', [say(0), say(2)], 'ProcessDataError'],
    ['more than 2,048 bytes at once', [say(0, Buffer.alloc(PAYLOAD_MAX_BYTES + 1))], 'ProcessDataError'],
    ['more than 200 kbit a second', Array.from({ length: 40 }, (_, at) => say(at, Buffer.alloc(2_000))), 'FlowExceedLimit'],
  ])('%s', async (_what, frames, word) => {
    const { join } = await booted();
    const member = join();
    for (const frame of frames) member.joined?.heard(frame);
    expect(member.ended).toEqual([1000]);
    expect(member.word()).toContain(word);
    expect(readFrame(say(0, Buffer.from('x'), 0))).toBeNull();
  });
});
