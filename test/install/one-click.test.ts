/** Those who have no Node: an App by hand, four archives in a bucket, the template in the console, and a job runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { githubAsApp } from '../../cli/doctor/real-world.ts';
import type { Converted } from '../../cli/setup/progress.ts';
import { makeRelease } from '../../dev/release/index.ts';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import { readConfiguration } from '../../infra/one-click/configuration.ts';
import { type Console, consoleOf, FILLED_IN, makeApp, REGION } from './console.ts';
import { openQuickAccount, type QuickAccount } from './quick-account.ts';

const folder = mkdtempSync(join(tmpdir(), 'one-click-'));
const released = join(folder, 'released');
let quick: QuickAccount;
let app: Converted;
let aConsole: Console;

beforeAll(async () => {
  await makeRelease(released);
  quick = await openQuickAccount(join(folder, 'code'));
  aConsole = consoleOf(quick.account, readFileSync(join(released, 'one-click.json'), 'utf8'));
  app = await makeApp(quick.account);
  await aConsole.keepKey(app.pem);
  for (const kind of FUNCTION_KINDS)
    quick.account.management.objects.set(`code/of/${kind}.zip`, readFileSync(join(released, `${kind}.zip`)));
});
afterAll(async () => {
  await quick.account.close();
  rmSync(folder, { recursive: true });
});

test('what the form would refuse is refused: no secret, a key where its name belongs', async () => {
  await expect(aConsole.makeStack(FILLED_IN)).rejects.toThrow('MissingParameter');
  const WebhookSecret = app.webhook_secret;
  await expect(
    aConsole.makeStack({ ...FILLED_IN, WebhookSecret, PrivateKeyParameter: app.pem }),
  ).rejects.toThrow('ParameterNotAllowed');
  await expect(aConsole.makeStack({ ...FILLED_IN, WebhookSecret: 'short' })).rejects.toThrow(
    'ParameterNotAllowed',
  );
});

test('a stack whose archives are not in the bucket is undone, and says so', async () => {
  const filledIn = { ...FILLED_IN, WebhookSecret: app.webhook_secret, CodeFolder: 'elsewhere' };
  const stack = await aConsole.makeStack(filledIn);
  expect((await aConsole.ended(stack)).status).toBe('CREATE_ROLLBACK_COMPLETE');
  const told = await aConsole.cloud.rpc('ros', REGION, 'ListStackEvents', {
    RegionId: REGION,
    StackId: stack,
  });
  expect(JSON.stringify(told.Events)).toMatch(/code\/elsewhere\/\w+\.zip is not in OSS/);
  expect(quick.account.management.roles.size).toBe(0);
  await aConsole.removed(stack);
});

let stack: string;

test('the stack is made, and tells the address to give to the App', async () => {
  stack = await aConsole.makeStack({ ...FILLED_IN, WebhookSecret: app.webhook_secret });
  const { status, outputs } = await aConsole.ended(stack);
  expect(status).toBe('CREATE_COMPLETE');
  expect(outputs.WebhookUrl).toMatch(/^http/);
  const variables = {
    GITHUB_APP_ID: String(app.id),
    GITHUB_PRIVATE_KEY: app.pem,
    ...quick.account.variables,
  };
  const asApp = githubAsApp(
    quick.account.variables.GITHUB_BASE_URL as string,
    REGION,
    variables,
    aConsole.cloud,
    folder,
  );
  const told = { url: outputs.WebhookUrl, content_type: 'json' };
  expect((await asApp('PATCH /app/hook/config', told, 'app')).status).toBe(200);
});

test('a job runs, with the rights of the roles of the template, and nothing is left of it', async () => {
  // What a deploy asks for at once, the first sweep does by itself: the newest runner, the market.
  await quick.sweep();
  await quick.runJob('first');
});

test('a change of a parameter is a change of the configuration, and jobs run on', async () => {
  const variables = () => quick.account.management.functions.get('ci-launcher')?.environmentVariables;
  expect(readConfiguration(variables() ?? {}).defaults.cpu).toBe(8);
  const filledIn = { ...FILLED_IN, WebhookSecret: app.webhook_secret, Cores: '4' };
  await aConsole.updateStack(stack, filledIn);
  expect((await aConsole.ended(stack)).status).toBe('UPDATE_COMPLETE');
  expect(readConfiguration(variables() ?? {}).defaults.cpu).toBe(4);
  await quick.runJob('on four cores');
});

test('with a mistake in its configuration no function starts, and its log says which', async () => {
  const { management, fc } = quick.account;
  const webhook = management.functions.get('ci-webhook');
  if (webhook === undefined) throw new Error('there is no webhook');
  const CONFIGURATION =
    webhook.environmentVariables.CONFIGURATION?.replace('"runners":20', '"runners":-20') ?? '';
  management.functions.set('ci-webhook', {
    ...webhook,
    environmentVariables: { ...webhook.environmentVariables, CONFIGURATION },
  });
  await management.onFunction?.('ci-webhook');
  const outcome = await fc.invokeSync('ci-webhook', Buffer.from('{}'));
  expect(outcome.kind).not.toBe('done');
  expect(JSON.stringify(outcome)).toMatch(/CONFIGURATION: has mistakes.*limits\.runners/);
});

test('no line of a function holds a secret', () => {
  expect(quick.logged.join('\n')).not.toMatch(/canary|BEGIN RSA|PRIVATE KEY-----/);
});

test('when the stack is removed, nothing is left', async () => {
  await aConsole.removed(stack);
  const { functions, stacks, roles, vSwitches, groups } = quick.account.management;
  const left = [functions, stacks, roles, vSwitches, groups, quick.account.store.tables];
  expect(left.map(({ size }) => size)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(quick.account.fc.functions).toEqual([]);
});
