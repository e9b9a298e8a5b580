import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const LINES_MAX = 200;

/** Words that only the edge of the product may use, and what to do instead. */
const EDGE_ONLY = [
  { word: /\bDate\.now\(|new Date\(\)/, instead: 'take a Clock' },
  { word: /\bMath\.random\(|randomUUID\(/, instead: 'derive it from the job, or take it as an argument' },
  { word: /\bfetch\(/, instead: 'go through a port' },
  { word: /\bsetTimeout\(|setInterval\(/, instead: 'let the queue or the timer trigger wait for you' },
  { word: /\bprocess\.env\b/, instead: 'read it in index.ts, and pass it on' },
];

const sources = ['functions', 'shared', 'simulator', 'cli', 'infra', 'test']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter((path) => path.endsWith('.ts'))
  .sort();
const product = sources.filter((path) => /^(functions|shared)\//.test(path));

const isEdge = (path: string) => path.endsWith('/index.ts') || path.startsWith('shared/adapters/');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const importsOf = (path: string) =>
  [...textOf(path).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, to]) =>
    join(path, '..', to as string),
  );

test.each(product)('%s uses the world only as an argument', (path) => {
  const text = textOf(path);
  const untidy = isEdge(path) ? [] : EDGE_ONLY.filter(({ word }) => word.test(text));
  expect(untidy.map(({ instead }) => instead)).toEqual([]);
});

test.each(sources)('%s needs no scrolling', (path) => {
  expect(textOf(path).split('\n').length, 'a long file needs splitting').toBeLessThanOrEqual(LINES_MAX);
});

test.each(product)('%s imports downwards only', (path) => {
  const own = path.split('/').slice(0, 2).join('/');
  const wrong = importsOf(path).filter((to) => {
    if (to.startsWith('functions/')) return !to.startsWith(`${own}/`);
    if (to.startsWith('shared/adapters/')) return !isEdge(path);
    return !to.startsWith('shared/');
  });
  expect(wrong, 'functions never import each other; stories never import adapters').toEqual([]);
});

test.each(product)('%s imports no package lazily', (path) => {
  const lazy = [...textOf(path).matchAll(/await import\('([^'.][^']*)'/g)].map(([, name]) => name);
  expect(lazy, 'a bundle keeps the names of CommonJS only where a file of ours imports it').toEqual([]);
});

test.each(sources.filter((path) => path.startsWith('test/')))('%s fakes at ports, not modules', (path) => {
  expect(/\bvi\.mock\b/.test(textOf(path).replace('/\\bvi\\.mock\\b/', ''))).toBe(false);
});

test('nothing speaks of a package registry or of where it was written', () => {
  const tracked = [...sources, 'package.json', 'package-lock.json', '.npmrc', 'README.md'];
  const words = [['registry', 'npmjs'].join('.'), ['npm', 'mirror.com'].join(''), ['/wo', 'rk/'].join('')];
  const found = tracked.filter((path) => words.some((word) => textOf(path).includes(word)));
  expect(found).toEqual([]);
});
