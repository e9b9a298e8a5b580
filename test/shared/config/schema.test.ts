import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { schemaOf } from '../../../dev/schema.ts';
import { parseYaml } from '../../../shared/config/parse.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FILE = join(ROOT, 'runners.schema.json');
const EXAMPLE = readFileSync(join(ROOT, 'runners.example.yaml'), 'utf8');
const PAGE = readFileSync(join(ROOT, 'docs/configure.md'), 'utf8');
const schema = schemaOf(PAGE);
const text = `${JSON.stringify(schema, null, 2)}\n`;
if (process.env.UPDATE === '1') writeFileSync(FILE, text);

test('the schema that editors use is that of the code (UPDATE=1 writes it)', () => {
  expect(readFileSync(FILE, 'utf8')).toBe(text);
});

test('the example is good, to the code and to an editor', () => {
  expect(parseYaml(EXAMPLE)).toMatchObject({ kind: 'ok', warnings: [] });
  const isGood = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  expect(isGood(parse(EXAMPLE)), JSON.stringify(isGood.errors)).toBe(true);
  expect(isGood({ ...parse(EXAMPLE), repositorys: {} })).toBe(false);
});

/** `placements[].network.cidr` and so on, without the items of free maps. */
function keysOf(node: Node, path = ''): string[] {
  const inner = node.anyOf?.find((each) => each.properties) ?? node;
  const own = Object.entries(inner.properties ?? {}).flatMap(([name, child]) => [
    `${path}${name}`,
    ...keysOf(child, `${path}${name}.`),
  ]);
  const listed = inner.items ? keysOf(inner.items, path.replace(/\.$/, '[].')) : [];
  const mapped =
    typeof inner.additionalProperties === 'object' ? keysOf(inner.additionalProperties, `${path}NAME.`) : [];
  return [...own, ...listed, ...mapped];
}
interface Node {
  readonly description?: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly patternErrorMessage?: string;
  readonly errorMessage?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Record<string, Node>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly additionalProperties?: Node | boolean;
}

test('every key stands in docs/configure.md, and nothing else does', () => {
  const page = readFileSync(join(ROOT, 'docs/configure.md'), 'utf8').replace(/\| label +\|[\s\S]*?\n\n/, '');
  const told = [...page.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, key]) => key as string);
  const leaves = keysOf(schema as Node).filter(
    (key, _at, all) => !all.some((other) => other.startsWith(`${key}.`) || other.startsWith(`${key}[]`)),
  );
  expect(told.filter((key) => !leaves.includes(key))).toEqual([]);
  expect(leaves.filter((key) => !told.includes(key))).toEqual([]);
});

/** Every node with the path of its key: what an editor may show. */
function nodesOf(node: Node, path = ''): [path: string, node: Node][] {
  const branches = (node.anyOf ?? []).flatMap((each) => nodesOf(each, path).slice(1));
  const own = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    nodesOf(child, path === '' ? name : `${path}.${name}`),
  );
  const listed = node.items ? nodesOf(node.items, `${path}[]`) : [];
  const free = node.additionalProperties;
  return [
    [path, node],
    ...own,
    ...listed,
    ...(typeof free === 'object' ? nodesOf(free, `${path}.NAME`) : []),
    ...branches,
  ];
}
const NODES = nodesOf(schema as Node);
const KEYS = NODES.filter(([path]) => path !== '' && !/(\[\]|\.NAME)$/.test(path));

test('every key says what it means, in the words of the page', () => {
  expect(KEYS.length).toBeGreaterThan(100);
  expect(
    KEYS.filter(([, { description }]) => !description || description.length < 8).map(([path]) => path),
  ).toEqual([]);
  const { description } = KEYS.find(([path]) => path === 'limits.cpu')?.[1] ?? {};
  expect(description).toBe('Most cores that labels may ask for. Without it: `64`.');
});

test('no editor shows a pattern: what is wanted is said in words', () => {
  const strict = (node: Node): Node[] => [node, ...(node.anyOf ?? []).flatMap(strict)];
  const silent = NODES.flatMap(([path, node]) => strict(node).map((each) => ({ path, each }))).filter(
    ({ each }) =>
      (each.pattern !== undefined && !each.patternErrorMessage?.startsWith('must ')) ||
      (each.format === 'uri' && !each.errorMessage?.startsWith('must ')),
  );
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('every example and every default is one that the schema takes', () => {
  const compiler = new Ajv2020({ strict: false, validateFormats: false });
  const bad = KEYS.flatMap(([path, node]) => {
    const isGood = compiler.compile(node);
    const values = [...(node.examples ?? []), ...(node.default === undefined ? [] : [node.default])];
    return values.filter((value) => !isGood(value)).map((value) => `${path}: ${JSON.stringify(value)}`);
  });
  expect(bad).toEqual([]);
  expect(KEYS.filter(([, { examples }]) => examples !== undefined).length).toBeGreaterThan(25);
});
