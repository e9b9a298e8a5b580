/** A file of the operator's is replaced as a whole, or not touched. */
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile } from '../../../cli/shared/package/replace-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'replace-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('the old one is never written into: whoever has it open reads it to its end', () => {
  const path = join(folder, 'runners.yaml');
  writeFileSync(path, 'old', { mode: 0o640 });
  const before = statSync(path).ino;
  replaceFile(path, 'new');
  expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['new', 0o640]);
  expect(statSync(path).ino).not.toBe(before);
  expect(readdirSync(folder)).toEqual(['runners.yaml']);
});

test('what says so already is left alone, unless it is too open', () => {
  const path = join(folder, '.env');
  writeFileSync(path, 'A=1\n', { mode: 0o644 });
  utimesSync(path, 1, 1);
  replaceFile(path, 'A=1\n');
  expect(statSync(path).mtimeMs).toBe(1000);
  replaceFile(path, 'A=1\n', 0o600);
  expect(modeOf(path)).toBe(0o600);
});

test('a link stays one', () => {
  const [path, link] = [join(folder, 'kept.yaml'), join(folder, 'runners.yaml')];
  writeFileSync(path, 'old');
  symlinkSync(path, link);
  replaceFile(link, 'new');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('new');
});
