import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { roomOf } from './floors.ts';

const ROOT = join(import.meta.dirname, '..');
const LINES_MAX = 200;
/** More than these in one folder, and a newcomer reads a list instead of a house. */
const FILES_MAX = 16;

/** Words that only the edge of the product may use, and what to do instead. */
const EDGE_ONLY = [
  { word: /\bDate\.now\(|new Date\(\)/, instead: 'take a Clock' },
  { word: /\bMath\.random\(|randomUUID\(/, instead: 'derive it from the job, or take it as an argument' },
  { word: /\bfetch\(/, instead: 'go through a port' },
  { word: /\bsetTimeout\(|setInterval\(/, instead: 'let the queue or the timer trigger wait for you' },
  { word: /\bprocess\.env\b/, instead: 'read it in index.ts, and pass it on' },
];

const FOLDERS = ['functions', 'shared', 'simulator', 'cli', 'dev', 'infra', 'test'];
const all = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
);
const sources = all.filter((path) => path.endsWith('.ts')).sort();
const product = sources.filter((path) => /^(functions|shared)\//.test(path));

const isEdge = (path: string) => path.endsWith('/index.ts') || path.startsWith('shared/adapters/');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** Types too: whoever imports a type has to know where it lives. */
const importsOf = (path: string) =>
  [...textOf(path).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g)].map(([, to]) =>
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

test.each(sources)('%s imports downwards only', (path) => {
  const own = roomOf(path);
  expect(own, 'test/floors.ts has no room for it').not.toBeNull();
  const upwards = importsOf(path).filter((to) => {
    const other = roomOf(to);
    return other === null || (other.room !== own?.room && other.floor <= (own?.floor ?? 0));
  });
  expect(upwards, 'test/floors.ts says what lies below').toEqual([]);
});

test.each(product)('%s leaves other functions alone', (path) => {
  const own = path.split('/').slice(0, 2).join('/');
  const others = importsOf(path).filter((to) => to.startsWith('functions/') && !to.startsWith(`${own}/`));
  expect(others).toEqual([]);
});

test('no file imports itself, by whatever way, not even for a type', () => {
  const circles: string[] = [];
  const isDone = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' > '));
    if (way.includes(path) || isDone.has(path)) return;
    for (const to of importsOf(path)) visit(to, [...way, path]);
    isDone.add(path);
  };
  for (const path of sources) visit(path, []);
  expect(circles).toEqual([]);
});

test('no folder is too full to be looked through', () => {
  const full = new Map<string, number>();
  for (const path of sources) {
    const folder = join(path, '..');
    full.set(folder, (full.get(folder) ?? 0) + 1);
  }
  expect([...full].filter(([, files]) => files > FILES_MAX)).toEqual([]);
});

test.each(product)('%s imports no package lazily', (path) => {
  const lazy = [...textOf(path).matchAll(/await import\('([^'.][^']*)'/g)].map(([, name]) => name);
  expect(lazy, 'a bundle keeps the names of CommonJS only where a file of ours imports it').toEqual([]);
});

test.each(sources.filter((path) => path.startsWith('test/')))('%s fakes at ports, not modules', (path) => {
  expect(/\bvi\.mock\b/.test(textOf(path).replace('/\\bvi\\.mock\\b/', ''))).toBe(false);
});

test.each(sources.filter((path) => path.startsWith('test/')))('%s draws the same in each run', (path) => {
  const isOwnDoor = path === 'test/fast-check.ts';
  expect(!isOwnDoor && /^import (?!type)[^;]* from 'fast-check'/m.test(textOf(path))).toBe(false);
});

test('nothing speaks of a package registry or of where it was written', () => {
  const tracked = [...sources, 'package.json', 'package-lock.json', '.npmrc', 'README.md'];
  const words = [['registry', 'npmjs'].join('.'), ['npm', 'mirror.com'].join(''), ['/wo', 'rk/'].join('')];
  const found = tracked.filter((path) => words.some((word) => textOf(path).includes(word)));
  expect(found).toEqual([]);
});

test('each package says that it runs on Node 20', () => {
  const lock = JSON.parse(textOf('package-lock.json')) as {
    readonly packages: Record<string, { readonly engines?: { readonly node?: string } }>;
  };
  const tooNew = Object.entries(lock.packages).filter(
    ([, { engines }]) => !takesNode20(engines?.node ?? '*'),
  );
  expect(tooNew).toEqual([]);
});

/** `^18.17.0 || >=20.5.0` does, `>=22` does not: enough of what ranges say. */
const takesNode20 = (range: string): boolean =>
  range
    .split('||')
    .some((each) => /^\s*(\*|>=?\s*v?(1?\d|20)\b(?!.*<\s*(1?\d|20)\b)|[\^~]?\s*20\b)/.test(each));
