/** An upgrade from release 0.1: the ledger's instance was made by another type, and holds what was promised. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmptyAccount, openEmptyAccount } from '../../../simulator/empty-account/index.ts';
import { tableOf } from '../../../simulator/tablestore/index.ts';
import { type Operator, operatorOf } from '../../install/operator.ts';

const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
let account: EmptyAccount;
let operator: Operator;
beforeAll(async () => {
  account = await openEmptyAccount({ folder, organization: 'acme', ecs: { soldOut: 0 } });
  operator = operatorOf(account);
});
afterAll(async () => {
  operator.close();
  await account.close();
  rmSync(folder, { recursive: true });
});

const control = () => {
  const found = [...account.management.stacks.values()].find(({ name }) => name.endsWith('-control'));
  if (found === undefined) throw new Error('there is no control stack');
  return found;
};
const ledgerIn = (text: string) =>
  (JSON.parse(text) as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> })
    .Resources.Ledger;

test('a deploy over 0.1 keeps the ledger’s instance, its tables and their rows', async () => {
  expect(await operator.setup(), operator.said.join('\n')).toBe(0);
  const stack = control();
  const old = JSON.parse(stack.template) as { Resources: Record<string, unknown> };
  const { InstanceName, ClusterType, Tags } = ledgerIn(stack.template)?.Properties ?? {};
  old.Resources.Ledger = {
    Type: 'ALIYUN::OTS::Instance',
    Properties: { InstanceName, ClusterType, Network: 'NORMAL', Tags },
  };
  stack.template = JSON.stringify(old);
  stack.applied = stack.template;
  await tableOf(account.store, 'ledger').put(['note', 'kept'], { text: 'of 0.1' }, { row: 'any' });

  expect(await operator.deploy(), operator.said.join('\n')).toBe(0);
  expect(ledgerIn(control().template)?.Type).toBe('ALIYUN::OTS::Instance');
  expect((await tableOf(account.store, 'ledger').get(['note', 'kept']))?.text).toBe('of 0.1');
}, 60_000);
