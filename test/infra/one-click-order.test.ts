/** The order in which the one-click template makes its resources. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import { oneClickTemplate } from '../../infra/one-click/template.ts';
import type { Resource } from './deployment.ts';

const functions = readFileSync(join(import.meta.dirname, '../../s.yaml'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'one-click-order-'));
afterAll(() => rmSync(folder, { recursive: true }));
const template = oneClickTemplate({ release: '0.2.0 0123456789ab', functions, outdir: folder }) as {
  readonly Resources: Readonly<Record<string, Resource & { readonly DependsOn?: readonly string[] }>>;
};
const ofType = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

test('a function is made after its role, its log and the tables; a trigger after all functions', () => {
  for (const [name, { DependsOn = [] }] of ofType('ALIYUN::FC3::Function'))
    expect(DependsOn).toEqual([`Role${name}`, 'LogIndex', 'TableLedger', 'TableHistory']);
  for (const [, { DependsOn = [] }] of ofType('ALIYUN::FC3::Trigger'))
    expect(DependsOn).toEqual(
      ofType('ALIYUN::FC3::Function')
        .map(([name]) => name)
        .sort(byKind),
    );
  const names = Object.keys(template.Resources);
  expect(Object.values(template.Resources).flatMap(({ DependsOn = [] }) => DependsOn)).toEqual(
    expect.arrayContaining(FUNCTION_KINDS.map((kind) => `Role${kind[0]?.toUpperCase()}${kind.slice(1)}`)),
  );
  for (const { DependsOn = [] } of Object.values(template.Resources))
    expect(DependsOn.filter((each) => !names.includes(each))).toEqual([]);
});

test('what is called when an asynchronous invocation fails is there before that is said of it', () => {
  const named = (value: unknown) => JSON.stringify(value).match(/-(\w+)"/)?.[1];
  const called = ofType('ALIYUN::FC3::AsyncInvokeConfig').flatMap(([, { Properties, DependsOn = [] }]) => {
    const name = named(Properties.DestinationConfig ?? null);
    const made = ofType('ALIYUN::FC3::Function').find(
      ([, each]) => named(each.Properties.FunctionName) === name,
    );
    return name === undefined
      ? []
      : [{ name, isAfter: DependsOn.includes(made?.[0] ?? 'none of that name') }];
  });
  expect(called).toEqual([{ name: 'reaper', isAfter: true }]);
});

const byKind = (one: string, other: string): number =>
  FUNCTION_KINDS.indexOf(one.toLowerCase() as never) - FUNCTION_KINDS.indexOf(other.toLowerCase() as never);
