/** An upgrade from release 0.1: the ledger's instance was made by another type, and holds what was promised. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '../../../simulator/clock.ts';
import { createEcs } from '../../../simulator/ecs/index.ts';
import { applyStack } from '../../../simulator/empty-account/resources.ts';
import { seeded } from '../../../simulator/random.ts';
import { createTableStore, type TableStore, tableOf } from '../../../simulator/tablestore/index.ts';
import { type DeployAccount, deployAccount } from './account.ts';

let here: DeployAccount;
let store: TableStore;
beforeEach(async () => {
  here = await deployAccount();
  const clock = new VirtualClock(Date.now());
  store = createTableStore({ clock, instance: '' });
  const ecs = createEcs({ clock, random: seeded(1), credentials: () => null });
  const places = { management: here.management, ecs, store };
  here.management.onStack = (stack, before, after) => applyStack(places, stack, before, after);
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
});
afterEach(() => here.close());

const control = () => {
  const found = [...here.management.stacks.values()].find(({ name }) => name.endsWith('-control'));
  if (found === undefined) throw new Error('there is no control stack');
  return found;
};
type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;
const resourcesOf = (text: string) => (JSON.parse(text) as { Resources: Resources }).Resources;
const keep = () => tableOf(store, 'ledger').put(['note', 'kept'], { text: 'of 0.1' }, { row: 'any' });
const kept = async () => (await tableOf(store, 'ledger').get(['note', 'kept']))?.text;

/** As release 0.1 made it. */
function made01(): void {
  const stack = control();
  const template = JSON.parse(stack.template) as { Resources: Resources };
  const { InstanceName, ClusterType, Tags } = template.Resources.Ledger?.Properties ?? {};
  template.Resources.Ledger = {
    Type: 'ALIYUN::OTS::Instance',
    Properties: { InstanceName, ClusterType, Network: 'NORMAL', Tags },
  };
  stack.template = JSON.stringify(template);
  stack.applied = { text: stack.template, parameters: {} };
}

test('a deploy over 0.1 keeps the ledger’s instance, its tables and their rows', async () => {
  made01();
  await keep();
  here.write(here.yaml().replace('costCenter: ci', 'costCenter: build'));
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  const { Type, Properties } = resourcesOf(control().template).Ledger ?? {};
  expect(Type).toBe('ALIYUN::OTS::Instance');
  expect(JSON.stringify(Properties?.Tags)).toContain('build');
  expect(await kept()).toBe('of 0.1');
  here.changes();
  expect(await here.deploy()).toBe(0);
  expect(here.changes()).toEqual([]);
});

test('the ledger takes five tags: ours, and the first four of the operator’s', async () => {
  const tags = ['team', 'stage', 'owner', 'project', 'cluster'].map((key) => `  ${key}: x\n`).join('');
  here.write(
    here
      .yaml()
      .replace(/^tags:.*(\n {2}.*)*\n?/m, '')
      .concat(`\ntags:\n${tags}`),
  );
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  const { Tags } = resourcesOf(control().template).Ledger?.Properties ?? {};
  expect((Tags as { Key: string }[]).map(({ Key }) => Key)).toEqual([
    ...['team', 'stage', 'owner', 'project', 'ci-runner-deployment'],
  ]);
  const stack = { ...control(), outputs: {} };
  const six = stack.template.replace('"Tags":[', '"Tags":[{"Key":"six","Value":"x"},');
  const clock = new VirtualClock(Date.now());
  const places = {
    management: here.management,
    ecs: createEcs({ clock, random: seeded(1), credentials: () => null }),
    store: createTableStore({ clock, instance: '' }),
  };
  const next = { text: six, parameters: {} };
  await expect(applyStack(places, stack as never, null, next)).rejects.toThrow(/at most 5 tags/);
});

test('a new deployment lets the Internet in, and a resource that changes its type loses what it held', async () => {
  expect(resourcesOf(control().template).Ledger?.Type).toBe('ALIYUN::OTS::InstanceV2');
  expect(store.networks).toContain('INTERNET');
  await keep();
  const { applied } = control();
  made01();
  await here.management.onStack?.(control(), applied, { text: control().template, parameters: {} });
  expect(store.networks).not.toContain('INTERNET');
  expect(store.tables.size).toBe(0);
});
