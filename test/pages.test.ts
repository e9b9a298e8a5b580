/** What the pages name is there: files, links, limits, and what `npm start` prints. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderTable } from '../cli/start/table.ts';
import * as limits from '../shared/limits.ts';

const ROOT = join(import.meta.dirname, '..');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const README = textOf('README.md');

describe.each([
  { page: 'README.md', text: README },
  { page: 'CONTRIBUTING.md', text: textOf('CONTRIBUTING.md') },
  { page: 'docs/architecture.md', text: textOf('docs/architecture.md') },
])('$page', ({ page, text }) => {
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to as string);

  test('links to what is there', () => {
    const broken = links
      .filter((to) => !/^(https?:|mailto:)/.test(to))
      .filter((to) => !isThere(page, ...(to.split('#') as [string, string?])));
    expect(broken).toEqual([]);
  });

  test('names paths that are there', () => {
    const named =
      text.match(/\b(?:cli|dev|docs|functions|infra|shared|simulator|test|userdata)\/[\w./*-]*\w\/?/g) ?? [];
    const missing = named.filter((path) => !existsSync(join(ROOT, path.split('*')[0] as string)));
    expect(missing.filter((path) => !links.some((to) => to.endsWith(path)))).toEqual([]);
  });

  test('names limits that are there', () => {
    const named = [...text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, name]) => name as string);
    const elsewhere = ['shared/adapters/tablestore/entries.ts', 'shared/ledger/amend.ts'].map(textOf);
    const isDeclared = (name: string) =>
      name in limits || elsewhere.some((source) => source.includes(`const ${name} `));
    expect(named.filter((name) => !isDeclared(name))).toEqual([]);
  });
});

/** A heading's anchor, as GitHub makes it. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

function isThere(page: string, path: string, anchor?: string): boolean {
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || anchorsOf(textOf(file)).includes(anchor);
}

test('each of the ten steps of a job’s life links to the file that does it', () => {
  const [, list = ''] = README.split('\n## The life of a job\n');
  const steps = [...(list.split('\n## ')[0] as string).matchAll(/^(\d+)\. (.+)$/gm)];
  expect(steps.map(([, number]) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(steps.filter(([, , text]) => !/\]\([\w./-]+\.(ts|sh)\)/.test(text as string))).toEqual([]);
});

test('the picture of the end of npm start has the columns and the last line that it prints', () => {
  const picture = textOf('docs/images/npm-start.svg');
  const [head = ''] = renderTable([], false)
    .split('\n')
    .filter((line) => line.includes('job'));
  const columns = head.split('│').map((cell) => cell.trim());
  const shown = [...picture.matchAll(/class="head"[^>]*>([^<]+)</g)].map(([, text]) => text);
  expect(shown).toEqual(columns.filter((column) => column !== ''));
  const last = [...picture.matchAll(/>([^<]+)<\/text>/g)].at(-1)?.[1] as string;
  expect(textOf('cli/start/end.ts')).toContain(last);
  expect(README).toContain('](docs/images/npm-start.svg)');
});
