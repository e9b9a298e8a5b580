/** README's "Install", from an empty account to a job that ran, and back to an empty account. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmptyAccount } from '../../simulator/empty-account/index.ts';
import { type Operator, operatorOf } from './operator.ts';
import { openQuickAccount, type QuickAccount } from './quick-account.ts';

const folder = mkdtempSync(join(tmpdir(), 'account-'));
let quick: QuickAccount;
let account: EmptyAccount;
let operator: Operator;

beforeAll(async () => {
  quick = await openQuickAccount(folder);
  account = quick.account;
  operator = operatorOf(account);
});
afterAll(async () => {
  operator.close();
  await account.close();
  rmSync(folder, { recursive: true });
});

/** Without a mirror nothing there can measure the ways to GitHub. */
const notWell = async () =>
  (await operator.doctor()).filter(({ level, text }) => level !== 'ok' && !text.includes('is not measured'));

test('set-up makes the App, deploys, and sees the first delivery accepted', async () => {
  expect(await operator.setup(), operator.said.join('\n')).toBe(0);
  expect(operator.said.at(-2)).toMatch(/^All is set up/);
  expect(readFileSync(join(operator.root, '.env'), 'utf8')).toContain('WEBHOOK_SECRET=kms:');
  expect(statSync(join(operator.root, '.env')).mode & 0o077).toBe(0);
});

test('a job runs, with the rights of the roles as they were made, and nothing is left of it', async () => {
  await quick.until(() => account.fc.pending === 0, 'the mirror has run');
  await quick.runJob('first');
});

test('doctor finds all well: the ping that came before there was a webhook was accepted later', async () => {
  expect(await notWell()).toEqual([]);
});

test('prove asks the account over the wire what it has to tell, and leaves nothing', async () => {
  const proof = await operator.prove(quick.sweep);
  const verdicts = Object.fromEntries(
    proof.facts.map(({ id, verdict, seen }) => [id, `${verdict}: ${seen}`]),
  );
  for (const id of [
    'signature',
    'ledger',
    'rights',
    'launch',
    'idempotent',
    'lag',
    'release-time',
    'disk-tags',
    'boot',
    'stop',
  ])
    expect(verdicts[id]).toMatch(/^as assumed/);
  // No operating system is played there, and no bucket.
  expect(verdicts.metadata).toMatch(/^not told/);
  expect(verdicts.mirror).toMatch(/^otherwise: from GitHub/);
  expect(account.ecs.alive()).toEqual([]);
  expect([...account.management.roles.keys()].filter((name) => name.includes('prove'))).toEqual([]);
  expect(proof.clean).toBe(true);
}, 120_000);

test('a second deploy changes nothing', async () => {
  account.management.calls.length = 0;
  operator.said.length = 0;
  expect(await operator.deploy()).toBe(0);
  expect(operator.said[0]).toBe('Nothing to change.');
  expect(account.management.calls.filter((call) => !/:(Get|List|Describe)/.test(call))).toEqual([]);
});

test('a change of runners.yaml is deployed, taken back, and put in place again; jobs run on each', async () => {
  const releases = () => [...account.management.functions.values()].map(({ description }) => description);
  const path = join(operator.root, 'runners.yaml');
  const [first] = releases();
  writeFileSync(path, `${readFileSync(path, 'utf8')}alerts: { waiting: 9m }\n`);
  expect(await operator.deploy()).toBe(0);
  const [second] = releases();
  expect(second).not.toBe(first);
  await quick.runJob('on the new one');
  await operator.rollBack();
  expect(new Set(releases())).toEqual(new Set([first]));
  await quick.runJob('on the old one');
  expect(await operator.deploy()).toBe(0);
  expect(new Set(releases())).toEqual(new Set([second]));
});

test('destroy leaves nothing', async () => {
  expect(await operator.destroy(), operator.said.join('\n')).toBe(0);
  const { functions, stacks, roles, vSwitches, groups } = account.management;
  const left = [functions, stacks, roles, vSwitches, groups, account.store.tables];
  expect(left.map(({ size }) => size)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(account.fc.functions).toEqual([]);
});

test('no line of a function or of a command holds a secret', () => {
  const all = [...quick.logged, ...operator.said].join('\n');
  expect(all).not.toMatch(/canary|BEGIN RSA|PRIVATE KEY-----/);
});
