import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { RunnersYaml } from '../../../shared/config/config.ts';
import { parseYaml } from '../../../shared/config/parse.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FILE = join(ROOT, 'runners.schema.json');
const EXAMPLE = readFileSync(join(ROOT, 'runners.example.yaml'), 'utf8');
const schema = {
  title: 'runners.yaml',
  ...z.toJSONSchema(RunnersYaml, { io: 'input', unrepresentable: 'any' }),
};
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
  readonly properties?: Record<string, Node>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly additionalProperties?: Node | boolean;
}

test('every key stands in docs/configure.md, and nothing else does', () => {
  const page = readFileSync(join(ROOT, 'docs/configure.md'), 'utf8').replace(/\| label +\|[\s\S]*?\n\n/, '');
  const told = [...page.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, key]) => key as string);
  const leaves = keysOf(schema as unknown as Node).filter(
    (key, _at, all) => !all.some((other) => other.startsWith(`${key}.`) || other.startsWith(`${key}[]`)),
  );
  expect(told.filter((key) => !leaves.includes(key))).toEqual([]);
  expect(leaves.filter((key) => !told.includes(key))).toEqual([]);
});
