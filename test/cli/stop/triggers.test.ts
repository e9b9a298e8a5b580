/** The triggers of deployed functions, off and on again, over the wire. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { switchTriggers } from '../../../cli/stop/triggers.ts';
import type { FunctionKind } from '../../../shared/config/environment.ts';
import { type DeployAccount, deployAccount } from '../deploy/account.ts';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
  await here.deploy();
  here.changes();
});
afterEach(() => here.close());

const ALL: FunctionKind[] = ['webhook', 'reaper', 'mirror'];
const world = () => ({ alibaba: here.alibaba, config: here.config() });
const triggers = () =>
  [...here.management.functions].flatMap(([name, { triggers }]) =>
    triggers.map(({ type, config }) => [
      name,
      type,
      type === 'http' ? !config.disableURLInternet : config.enable,
    ]),
  );

test('timers and the webhook’s address go off and on again, and none is made or removed', async () => {
  const before = structuredClone([...here.management.functions.values()].map((one) => one.triggers));
  expect(before.flat().length).toBe(2);
  expect(await switchTriggers(ALL, false, world())).toBe(before.flat().length);
  expect(triggers().map(([, , isOn]) => isOn)).toEqual(before.flat().map(() => false));
  expect(await switchTriggers(ALL, false, world()), 'again: nothing to do').toBe(0);
  expect(new Set(here.changes())).toEqual(new Set(['fc:UpdateTrigger']));
  await switchTriggers(ALL, true, world());
  expect([...here.management.functions.values()].map((one) => one.triggers)).toEqual(before);
});

test('only those that are asked for', async () => {
  await switchTriggers(['webhook'], false, world());
  expect(triggers().filter(([, , isOn]) => !isOn)).toEqual([['ci-webhook', 'http', false]]);
});

test('a function that is not deployed has none', async () => {
  here.management.functions.clear();
  expect(await switchTriggers(ALL, false, world())).toBe(0);
});
