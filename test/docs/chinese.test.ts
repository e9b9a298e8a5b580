/** English is the source; the Chinese pages say the same, key by key, command by command, link by link. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorsOf, figuresOf, leftInEnglish, outlineOf } from './outline.ts';

const ROOT = join(import.meta.dirname, '../..');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const TRANSLATED = [
  'README.md',
  'docs/install.md',
  'docs/configure.md',
  'docs/operate.md',
  'docs/security.md',
  'docs/migrate-from-dianplus.md',
  'docs/workflows.md',
];
const chineseOf = (page: string) =>
  page === 'README.md' ? 'README.zh-CN.md' : page.replace('docs/', 'docs/zh-CN/');

/** Where a link of an English page leads in the Chinese one: to the Chinese page, and its heading, where there is one. */
function linkInChinese(page: string, to: string): string {
  if (/^(https?:|mailto:)/.test(to)) return to;
  const [path = '', anchor] = to.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  const isTranslated = TRANSLATED.includes(target);
  const twin = isTranslated ? chineseOf(target) : target;
  const file = path === '' ? '' : relative(dirname(chineseOf(page)), twin);
  if (anchor === undefined) return path.endsWith('/') ? `${file}/` : file;
  const at = anchorsOf(textOf(target)).indexOf(anchor);
  return `${file}#${isTranslated ? anchorsOf(textOf(twin))[at] : anchor}`;
}

describe.each(TRANSLATED)('%s in Chinese', (page) => {
  const english = textOf(page);
  const chinese = textOf(chineseOf(page));

  test('has its headings, code, keys, defaults, steps and links', () => {
    expect(outlineOf(chinese)).toEqual(outlineOf(english, (to) => linkInChinese(page, to)));
  });

  test('has each figure that it has, under the same heading', () => {
    const there = figuresOf(chinese);
    const missing = figuresOf(english).map((figures, at) =>
      [...figures].filter((figure) => !there[at]?.has(figure)),
    );
    expect(missing.flat()).toEqual([]);
  });

  test('links to what is there', () => {
    const broken = outlineOf(chinese)
      .flatMap(({ links }) => links)
      .filter((to) => !/^(https?:|mailto:)/.test(to))
      .filter((to) => !isThere(chineseOf(page), to));
    expect(broken).toEqual([]);
  });

  test('is in Chinese', () => {
    expect(leftInEnglish(chinese)).toEqual([]);
  });

  test('leads to the other language under its title, and back', () => {
    const there = relative(dirname(page), chineseOf(page));
    const back = relative(dirname(chineseOf(page)), page);
    expect(english.split('\n')[2]).toBe(`English · [简体中文](${there})`);
    expect(chinese.split('\n')[2]).toBe(`[English](${back}) · 简体中文`);
  });
});

function isThere(page: string, to: string): boolean {
  const [path = '', anchor] = to.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || anchorsOf(textOf(file)).includes(anchor);
}

const PAGE =
  '# A\n\n| key | means |\n|---|---|\n| `a` | `1` at 30 days |\n\n```sh\nnpm test # why\n```\n\n1. [b](b.md)\n';

test.each([
  { what: 'a heading of another level', from: '# A', to: '## A' },
  { what: 'another key', from: '`a`', to: '`b`' },
  { what: 'another default', from: '`1`', to: '`2`' },
  { what: 'another command', from: 'npm test', to: 'npm start' },
  { what: 'a link to somewhere else', from: 'b.md', to: 'c.md' },
  { what: 'a step less', from: '1. ', to: '' },
])('a page with $what is another one', ({ from, to }) => {
  expect(outlineOf(PAGE.replace(from, to))).not.toEqual(outlineOf(PAGE));
});

test('a page with other words is the same one', () => {
  const other = PAGE.replace('# A', '# 甲').replace('why', '缘由').replace('[b]', '[乙]');
  expect(outlineOf(other)).toEqual(outlineOf(PAGE));
  expect(figuresOf(PAGE.replace('30', '20'))).not.toEqual(figuresOf(PAGE));
  expect(leftInEnglish('# 甲\n\nThese are more than five words of English.\n')).toHaveLength(1);
});
