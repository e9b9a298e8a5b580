/** What the other side's words mean, and what is undone at a terminal. */
import { expect, test } from 'vitest';
import { endOfChannel, meaningOf } from '../../../cli/connect/ending.ts';
import { screenModes } from '../../../cli/connect/undo-modes.ts';

const status = (state: number, rest: string | readonly number[] = '') =>
  ({
    kind: 'status',
    state,
    rest: Uint8Array.from(typeof rest === 'string' ? Buffer.from(rest) : rest),
  }) as const;
const ends = (kind: string, more: object = {}) => ({ kind: 'end', ended: { kind, ...more } });

// biome-ignore format: a table reads best as a table.
test.each([
  ['bytes that are no frame', null, true, ends('unreadable')],
  ['a word for clients of 1.02', { kind: 'other' } as const, true, { kind: 'nothing' }],
  ['it is being opened', status(1), false, { kind: 'nothing' }],
  ['it is open', status(3), false, { kind: 'opened' }],
  ['it is being closed', status(4), true, { kind: 'nothing' }],
  ['the shell ended', status(5, 'Exit'), true, ends('exited')],
  ['the shell ended, in the agent’s own word', status(5, 'Ok'), true, ends('exited')],
  ['it ended without a word', status(5), true, ends('exited')],
  ['it ended without a word, and never was', status(5), false, ends('refused', { word: '' })],
  ['the shell ended, in a newer word', status(6), true, ends('exited')],
  ['nobody typed', status(5, 'Timeout'), true, ends('idle')],
  ['the agent never came', status(5, 'AgentTimeout'), false, ends('not-opened')],
  ['no pty', status(5, 'OpenPtyFailed'), false, ends('refused', { word: 'OpenPtyFailed' })],
  ['too much was sent', status(5, 'FlowExceedLimit'), true, ends('refused', { word: 'FlowExceedLimit' })],
  ['it was broken off', status(2, 'no\u001b[2J way'), false, ends('refused', { word: 'no [2J way' })],
  ['its server restarts', status(8), true, ends('restarting')],
  ['a speed', status(7, [0, 3, 32, 0]), true, { kind: 'speed', bitsPerSecond: 204_800 }],
  ['a speed of three bytes', status(7, [3, 32, 0]), true, { kind: 'speed', bitsPerSecond: 204_800 }],
  ['a speed that is none', status(7, [0, 0, 0, 0]), true, { kind: 'nothing' }],
  ['a speed of more than its bytes', status(7, [1, 0, 0, 0, 0]), true, { kind: 'nothing' }],
])('%s', (_what, frame, isOpen, meaning) => {
  expect(meaningOf(frame, isOpen)).toEqual(meaning);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['closed in good order', { kind: 'closed', code: 1000 } as const, true, 'exited'],
  ['closed in good order before it was open', { kind: 'closed', code: 1000 } as const, false, 'lost'],
  ['cut', { kind: 'closed', code: 1006 } as const, true, 'lost'],
  ['going away', { kind: 'closed', code: 1001 } as const, true, 'lost'],
  ['restarting', { kind: 'closed', code: 1012 } as const, true, 'restarting'],
  ['silent', { kind: 'silent' } as const, true, 'lost'],
  ['never there', { kind: 'unreachable', because: 'x' } as const, false, 'unreachable'],
])('a websocket that is %s', (_what, end, isOpen, kind) => {
  expect(endOfChannel(end, isOpen).kind).toBe(kind);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['nothing', [''], ''],
  ['top, which hides the cursor and takes the keypad', ['\u001b[?1h\u001b=\u001b[?25l'], '\u001b[?1l\u001b[?25h'],
  ['an editor, with a second screen, the mouse and pasting', ['\u001b[?1049h\u001b[?1000;1006h', '\u001b[?2004h'], '\u001b[?1049l\u001b[?1000l\u001b[?1006l\u001b[?2004l'],
  ['what was undone by itself', ['\u001b[?1049h\u001b[?25l', 'text', '\u001b[?25h\u001b[?1049l'], ''],
  ['a sequence that is cut in two', ['\u001b[?10', '49h'], '\u001b[?1049l'],
])('a terminal is put back after %s', (_what, writes, undone) => {
  const modes = screenModes();
  for (const each of writes) modes.seen(Buffer.from(each));
  expect(modes.undo()).toBe(`${undone}\u001b[0m`);
});
