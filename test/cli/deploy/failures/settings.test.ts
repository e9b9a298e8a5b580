/** What functions have besides code and variables was changed, or lost: the next deploy notices, and brings it back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimFunction } from '../../../../simulator/management/index.ts';
import { type DeployAccount, deployAccount } from '../account.ts';

let here: DeployAccount;
beforeAll(async () => {
  here = await deployAccount();
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
});
afterAll(() => here.close());

function called(name: string): SimFunction {
  const found = here.management.functions.get(name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}
const config = (name: string, changes: object) => {
  const [trigger] = called(name).triggers;
  if (trigger !== undefined) trigger.config = { ...trigger.config, ...changes };
};

// biome-ignore format: a table reads best as a table.
test.each<[string, () => void, string]>([
  ['the webhook’s trigger is gone', () => Object.assign(called('ci-webhook'), { triggers: [] }), '~ ci-webhook: trigger github is not as it must be'],
  ['the timer is gone', () => Object.assign(called('ci-reaper'), { triggers: [] }), '~ ci-reaper: trigger sweep is not as it must be'],
  ['the timer is switched off', () => config('ci-reaper', { enable: false }), '~ ci-reaper: trigger sweep is not as it must be'],
  ['the webhook is closed to the Internet', () => config('ci-webhook', { disableURLInternet: true }), '~ ci-webhook: trigger github is not as it must be'],
  ['failed launches are told to nobody', () => Object.assign(called('ci-launcher'), { onFailure: null }), '~ ci-launcher: asynchronous invocation is not as it must be'],
  ['the webhook is tried again', () => Object.assign(called('ci-webhook'), { asyncRetries: 3 }), '~ ci-webhook: asynchronous invocation is not as it must be'],
  ['the mirror has no configuration', () => Object.assign(called('ci-mirror'), { isAsync: false }), '~ ci-mirror: asynchronous invocation is not as it must be'],
  ['a flood may take all instances', () => Object.assign(called('ci-webhook'), { concurrency: undefined }), '~ ci-webhook: concurrency is not as it must be'],
])('%s', async (_, change, line) => {
  const before = structuredClone([...here.management.functions]);
  change();
  here.said.length = 0;
  here.isConfirmed = false;
  expect(await here.deploy()).toBe(1);
  expect(here.said).toContain(line);
  here.isConfirmed = true;
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
  expect(structuredClone([...here.management.functions])).toEqual(before);
  here.said.length = 0;
  expect(await here.deploy()).toBe(0);
  expect(here.said).toContain('Nothing to change.');
});
