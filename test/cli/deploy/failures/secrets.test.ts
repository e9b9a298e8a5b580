/** Secrets that would not reach the functions as they are: told before anything changes, and never shown. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DeployAccount, deployAccount, VARIABLES } from '../account.ts';

let here: DeployAccount;
beforeEach(async () => {
  here = await deployAccount();
});
afterEach(() => here.close());

const WITH_A_DOLLAR = 'canary-of-the-$hook-0123';

test.each([
  ['WEBHOOK_SECRET', WITH_A_DOLLAR],
  ['WEBHOOK_SECRET_PREVIOUS', WITH_A_DOLLAR],
  ['WEBHOOK_SECRET', 'oos:ci-hook'],
  ['WEBHOOK_SECRET', 'file:hook.txt'],
])('a %s with a $ in it, by %s, is refused: Serverless Devs would fill it in', async (name, text) => {
  here.management.secrets.set('ci-hook', WITH_A_DOLLAR);
  writeFileSync(join(here.root, 'hook.txt'), WITH_A_DOLLAR);
  here.variables = { ...VARIABLES, [name]: text };
  const told = await here.deploy().then(
    () => here.said.join('\n'),
    (error: Error) => error.message,
  );
  expect(told).toMatch(new RegExp(`^${name}: holds a \\$`));
  expect(told).not.toContain('canary');
  expect(here.changes()).toEqual([]);
});

test('one that only its store knows may hold any sign: it does not pass through', async () => {
  here.management.secrets.set('ci-hook', WITH_A_DOLLAR);
  expect(await here.deploy(), here.said.join('\n')).toBe(0);
});
