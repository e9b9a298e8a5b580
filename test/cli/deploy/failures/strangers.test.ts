/** A function that has the name of one of ours, and is somebody else's: an account has one name for one function. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DeployAccount, deployAccount } from '../account.ts';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
});
afterEach(() => here.close());

const STRANGER = {
  ...{ description: 'orders', role: 'acs:ram::1234567890123456:role/orders', timeout: 9, memorySize: 512 },
  ...{ code: Buffer.from('theirs'), environmentVariables: {}, triggers: [], onFailure: null, versions: [] },
};

test('is not written over by a deploy, which makes nothing then', async () => {
  here.management.functions.set('ci-webhook', { ...STRANGER });
  expect(await here.deploy()).toBe(1);
  expect(here.said.at(-1)).toMatch(
    /^ci-webhook in cn-hongkong is a function of somebody else: its role is \S+:role\/orders, not ci-runner-webhook\. Choose another name: in runners\.yaml\.$/,
  );
  expect(here.changes()).toEqual([]);
  expect(here.management.functions.get('ci-webhook')).toEqual(STRANGER);
});

test('is not gone back with ours', async () => {
  await here.deploy();
  here.source = 'two';
  await here.deploy();
  Object.assign(here.management.functions.get('ci-mirror') ?? {}, { role: '' });
  here.changes();
  await expect(here.rollBack()).rejects.toThrow('its role is none, not ci-runner-mirror');
  expect(here.changes()).toEqual([]);
});

test('outlives a destroy, which says so', async () => {
  await here.deploy();
  const theirs = { ...STRANGER, triggers: [{ name: 'http', type: 'http' as const, config: {}, url: null }] };
  here.management.functions.set('ci-mirror', theirs);
  expect(await here.destroy(), here.said.join('\n')).toBe(0);
  expect([...here.management.functions]).toEqual([['ci-mirror', theirs]]);
  expect(here.said).toContain('ci-mirror in cn-hongkong stays: it is a function of somebody else');
});
