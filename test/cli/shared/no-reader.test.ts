/** What leaves a command early: a reader who has had enough, a file that cannot be used, a name that is misspelt. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, test, vi } from 'vitest';
import { fileTrouble } from '../../../cli/shared/screen/file-trouble.ts';
import { leaving } from '../../../cli/shared/screen/leaving.ts';
import { leaveWithoutReader } from '../../../cli/shared/screen/no-reader.ts';
import { unaskedOf } from '../../../cli/shared/screen/unasked.ts';

const ROOT = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'no-reader-'));
afterAll(() => rmSync(folder, { recursive: true }));

const typed = (...args: string[]) =>
  spawnSync(process.execPath, ['cli/run.mjs', ...args], { cwd: ROOT, encoding: 'utf8' });

test('into `head` a command ends without a stack trace', async () => {
  const child = spawn(process.execPath, ['cli/run.mjs', 'start'], { cwd: ROOT });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    said += piece.toString();
  });
  // Before its second line.
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(said).toBe('');
  expect(code).toBe(141);
});

test('what has to be cleaned up is, when nobody reads any more: that is to leave, and no more than once', () => {
  const left = leaving();
  const stream = new PassThrough();
  leaveWithoutReader(stream, left.signal);
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  expect(left.signal.aborted).toBe(false);
  for (const _ of [1, 2, 3]) stream.emit('error', gone);
  expect(left.signal.aborted).toBe(true);
  left.end();
});

test('`npm run prove | tee`: Ctrl-C ends the reader, too, and the cleaning that it began goes on', () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const left = leaving();
  const stream = new PassThrough();
  leaveWithoutReader(stream, left.signal);
  process.emit('SIGINT');
  stream.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(exit).not.toHaveBeenCalled();
  left.end();
  exit.mockRestore();
});

test('a folder where a file is wanted is told by its name, with what to do', () => {
  for (const words of [
    ['build', '--config', folder],
    ['lint', '--config', 'runners.example.yaml', folder],
  ]) {
    const { status, stderr } = typed(...words);
    expect(stderr).toContain(`${folder} cannot be used: it is a folder → name a file.`);
    expect(status).toBe(2);
  }
});

test('a command that is misspelt is asked back', () => {
  const { status, stderr } = typed('expalin', '1');
  expect(stderr).toContain("There is no command 'expalin'; is 'explain' meant?");
  expect(status).toBe(2);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['EACCES', '/etc/x', /^\/etc\/x cannot be used: this user has no right to it → change/],
  ['ENOENT', '/etc/x', /^\/etc\/x cannot be used: it is not there → look/],
  ['ENOSPC', '/etc/x', /^\/etc\/x cannot be used: no room/],
  ['ENOENT', undefined, null],
  ['ECONNREFUSED', undefined, null],
] as const)('%s of %s', (code, path, says) => {
  const told = fileTrouble(Object.assign(new Error(code), { code, path }));
  expect(told).toEqual(says === null ? null : expect.stringMatching(says));
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['User force closed the prompt with SIGINT',  'left'],
  ['User force closed the prompt with 0 null',  'closed'],
  ['User force closed the prompt with 13 null', 'closed'],
])('%s: %s', (message, why) => {
  expect(unaskedOf(Object.assign(new Error(message), { name: 'ExitPromptError' }))).toBe(why);
  expect(unaskedOf(new Error(message))).toBeNull();
});
