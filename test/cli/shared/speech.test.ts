/** Whatever a command says on its way, too, leaves by the one place that makes it plain. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spoken } from '../../../cli/shared/screen/show.ts';

// biome-ignore format: a table reads best as a table.
test.each([
  ['a title of the window',         'a\u001b]0;owned\u0007b',                'ab'],
  ['a cleared screen',              'a\u001b[2Jb',                           'ab'],
  ['a colour',                      '\u001b[31mred\u001b[0m',                'red'],
  ['an 8-bit sequence',             'a\u009b2Jb',                            'ab'],
  ['a return to the line’s begin',  'wrong\rok',                             'wrong ok'],
  ['a backspace',                   'rm\b\bls',                              'rm ls'],
  ['turned text',                   'a\u202eb\u2066c',                       'a b c'],
  ['what nobody sees',              'a\u200bb\ufeffc',                       'a b c'],
  ['a NUL',                         'a\0b',                                  'a b'],
  ['lines of its own',              'one\ntwo\r\nthree',                     'one\ntwo\nthree'],
  ['other languages',               '构建 → déjà 🚀',                         '构建 → déjà 🚀'],
])('%s', (_what, text, says) => {
  expect(spoken(text)).toBe(says);
});

/** Why each may write by itself. */
const MAY: Readonly<Record<string, string>> = {
  'cli/shared/screen/show.ts': 'it is the one place',
  'cli/list/index.ts': 'draws on a screen of its own, from plain data (watch.ts)',
  'cli/advise/index.ts': 'writes what shownText made',
  'cli/start/index.ts': 'its world is simulated, names and all',
  'cli/start/display.ts': 'its world is simulated, names and all',
  'cli/start/account.ts': 'a fixed text',
  'cli/start/serverless-devs.ts': 'stands in for a program',
  'cli/verbs.ts': 'a fixed text',
};

test('no other file of the commands writes to a terminal by itself', () => {
  const root = join(import.meta.dirname, '../../..');
  const writes = readdirSync(join(root, 'cli'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('cli', path))
    .filter((path) => path.endsWith('.ts'))
    .filter((path) =>
      /process\.std(out|err)\b[^;]*\.write\(|console\.\w+\(/.test(readFileSync(join(root, path), 'utf8')),
    );
  expect(writes.filter((path) => MAY[path] === undefined)).toEqual([]);
});
