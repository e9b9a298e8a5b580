/** `.env` belongs to its operator: what is not changed stays as it is written. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDotEnv, writeDotEnv } from '../../../cli/shared/dot-env.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dot-env-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const written = () => readFileSync(join(folder, '.env'), 'utf8');

// biome-ignore format: a table reads best as a table.
test.each([
  ['a comment and an empty line', '# mine\n\nA=1\n', '# mine\n\nA=1\nID=42\n'],
  ['a comment behind a value', 'A=1 # one\n', 'A=1 # one\nID=42\n'],
  ['another variable with an export', 'export A=1\n', 'export A=1\nID=42\n'],
  ['a value with quotes in it', `A='say "it"'\n`, `A='say "it"'\nID=42\n`],
  ['no line break at the end', 'A=1', 'A=1\nID=42\n'],
  ['the variable itself, in its place', 'ID=41 # old\nA=1\n', 'ID=42\nA=1\n'],
  ['the variable with an export', 'export ID="41"\nA=1\n', 'ID=42\nA=1\n'],
  ['the variable over several lines', 'ID="4\n1"\nA=1\n', 'ID=42\nA=1\n'],
  ['the variable twice', 'ID=40\nA=1\nID=41\n', 'ID=42\nA=1\n'],
  ['one whose name begins alike', 'IDX=1\nMY_ID=2\n', 'IDX=1\nMY_ID=2\nID=42\n'],
])('keeps %s', (_what, before, after) => {
  writeFileSync(join(folder, '.env'), before);
  writeDotEnv(folder, { ID: '42' });
  expect(written()).toBe(after);
  expect(readDotEnv(folder).ID).toBe('42');
  expect((statSync(join(folder, '.env')).mode & 0o777).toString(8)).toBe('600');
});

test('is not written over where it is no UTF-8: its signs would be lost', () => {
  writeFileSync(join(folder, '.env'), Buffer.from([0x23, 0xb9, 0xb9, 0x0a, 0x41, 0x3d, 0x31, 0x0a]));
  expect(readDotEnv(folder)).toEqual({ A: '1' });
  expect(() => writeDotEnv(folder, { B: '2' })).toThrow('.env is not text in UTF-8: save it so');
  expect(readFileSync(join(folder, '.env'))[1]).toBe(0xb9);
});

test.each(['', 'plain', 'two words', '#5', 'a\\nb', `it's`, 'say "it"', '$HOME', ' edge '])(
  'reads %j as it was written',
  (value) => {
    writeDotEnv(folder, { A: value, B: 'next' });
    expect(readDotEnv(folder)).toEqual({ A: value, B: 'next' });
  },
);

test('names the variable that it cannot write, and writes nothing', () => {
  writeDotEnv(folder, { A: '1' });
  expect(() => writeDotEnv(folder, { KEY: 'two\nlines' })).toThrow(/^KEY may hold no line break/);
  expect(written()).toBe('A=1\n');
});

test('takes one away', () => {
  writeDotEnv(folder, { A: '1', B: '2' });
  writeDotEnv(folder, { A: null });
  expect(readDotEnv(folder)).toEqual({ B: '2' });
});

test('reads one that an editor of Windows has saved, with a mark before its first variable', () => {
  writeFileSync(join(folder, '.env'), '\ufeffGITHUB_APP_ID=42\r\nA=1\r\n');
  expect(readDotEnv(folder)).toEqual({ GITHUB_APP_ID: '42', A: '1' });
  writeDotEnv(folder, { GITHUB_APP_ID: '43' });
  expect(readDotEnv(folder)).toEqual({ GITHUB_APP_ID: '43', A: '1' });
});
