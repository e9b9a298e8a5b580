/** Those who have no Node: an App by hand, four archives in a bucket, the template in the console, and a job runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { githubAsApp } from '../../cli/doctor/real-world.ts';
import { localPage } from '../../cli/setup/local-page.ts';
import { type Converted, parseConverted } from '../../cli/setup/progress.ts';
import { alibaba } from '../../cli/shared/alibaba.ts';
import { makeRelease } from '../../dev/release/index.ts';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import { readConfiguration } from '../../infra/one-click/configuration.ts';
import { operatingWords } from '../../shared/words/operating.ts';
import { createApp } from '../cli/setup/by-hand.ts';
import { openQuickAccount, type QuickAccount } from './quick-account.ts';

const REGION = 'cn-hongkong';
const folder = mkdtempSync(join(tmpdir(), 'one-click-'));
const released = join(folder, 'released');
let quick: QuickAccount;

beforeAll(async () => {
  await makeRelease(released);
  quick = await openQuickAccount(join(folder, 'code'));
  await makeApp();
  await keepKey();
  for (const kind of FUNCTION_KINDS)
    quick.account.management.objects.set(`code/of/${kind}.zip`, readFileSync(join(released, `${kind}.zip`)));
});
afterAll(async () => {
  await quick.account.close();
  rmSync(folder, { recursive: true });
});

const cloud = () =>
  alibaba(
    async () => quick.account.accessKey,
    quick.account.variables.ALIBABA_ENDPOINT,
    async () => undefined,
  );

let app: Converted;

/** A person makes it on GitHub's pages with the permissions that docs/install.md lists, and installs it. */
async function makeApp(): Promise<void> {
  const { GITHUB_BASE_URL = '', GITHUB_API = '' } = quick.account.variables;
  const page = await localPage({
    answers: { name: 'ci', owner: 'acme', scope: 'organization', baseUrl: GITHUB_BASE_URL } as never,
    ...{ state: 'any', words: operatingWords('en') },
    convert: async (code) => {
      const made = await fetch(`${GITHUB_API}/app-manifests/${code}/conversions`, { method: 'POST' });
      return parseConverted(await made.json());
    },
  });
  await createApp(page.url);
  app = await page.converted;
  await page.close();
  const owner = new URLSearchParams({ owner: 'acme' });
  await fetch(`${app.html_url}/installations/new`, { method: 'POST', body: owner });
}

/** In the console, too: a parameter that only some may read. */
const keepKey = () =>
  cloud().rpc(
    'oos',
    REGION,
    'CreateSecretParameter',
    { Name: 'the-key', Type: 'Secret' },
    { Value: app.pem },
  );

const FILLED_IN: Readonly<Record<string, string>> = {
  ...{ Name: 'ci', Organization: 'acme', Zone1: 'b', Zone2: 'k', GitHubAppId: '4242' },
  ...{ PrivateKeyParameter: 'the-key', CodeBucket: 'code', CodeFolder: 'of' },
};

const parametersOf = (filledIn: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(filledIn).flatMap(([key, value], at) => [
      [`Parameters.${at + 1}.ParameterKey`, key],
      [`Parameters.${at + 1}.ParameterValue`, value],
    ]),
  );

/** As the console asks for it. Gives the stack's id. */
async function makeStack(filledIn: Readonly<Record<string, string>>): Promise<string> {
  const { StackId } = await cloud().rpc(
    ...(['ros', REGION, 'CreateStack', { RegionId: REGION, StackName: 'runners' }] as const),
    { TemplateBody: readFileSync(join(released, 'one-click.json'), 'utf8'), ...parametersOf(filledIn) },
  );
  return String(StackId);
}

/** What became of it, once nothing is under way any more. */
async function ended(
  stack: string,
): Promise<{ readonly status: string; readonly outputs: Record<string, string> }> {
  for (let look = 0; look < 10; look++) {
    const found = await cloud().rpc('ros', REGION, 'GetStack', { RegionId: REGION, StackId: stack });
    const outputs = found.Outputs as { OutputKey: string; OutputValue: string }[];
    if (!String(found.Status).endsWith('IN_PROGRESS'))
      return {
        status: String(found.Status),
        outputs: Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
      };
  }
  throw new Error('it is under way for ever');
}

test('what the form would refuse is refused: no secret, a key where its name belongs', async () => {
  await expect(makeStack(FILLED_IN)).rejects.toThrow('MissingParameter');
  const WebhookSecret = app.webhook_secret;
  await expect(makeStack({ ...FILLED_IN, WebhookSecret, PrivateKeyParameter: app.pem })).rejects.toThrow(
    'ParameterNotAllowed',
  );
  await expect(makeStack({ ...FILLED_IN, WebhookSecret: 'short' })).rejects.toThrow('ParameterNotAllowed');
});

test('a stack whose archives are not in the bucket is undone, and says so', async () => {
  const filledIn = { ...FILLED_IN, WebhookSecret: app.webhook_secret, CodeFolder: 'elsewhere' };
  const stack = await makeStack(filledIn);
  expect((await ended(stack)).status).toBe('CREATE_ROLLBACK_COMPLETE');
  const told = await cloud().rpc('ros', REGION, 'ListStackEvents', { RegionId: REGION, StackId: stack });
  expect(JSON.stringify(told.Events)).toMatch(/code\/elsewhere\/\w+\.zip is not in OSS/);
  expect(quick.account.management.roles.size).toBe(0);
  await removed(stack);
});

let stack: string;

test('the stack is made, and tells the address to give to the App', async () => {
  stack = await makeStack({ ...FILLED_IN, WebhookSecret: app.webhook_secret });
  const { status, outputs } = await ended(stack);
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
    cloud(),
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
  await cloud().rpc(...(['ros', REGION, 'UpdateStack', { RegionId: REGION, StackId: stack }] as const), {
    TemplateBody: readFileSync(join(released, 'one-click.json'), 'utf8'),
    ...parametersOf(filledIn),
  });
  expect((await ended(stack)).status).toBe('UPDATE_COMPLETE');
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
  await removed(stack);
  const { functions, stacks, roles, vSwitches, groups } = quick.account.management;
  const left = [functions, stacks, roles, vSwitches, groups, quick.account.store.tables];
  expect(left.map(({ size }) => size)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(quick.account.fc.functions).toEqual([]);
});

async function removed(id: string): Promise<void> {
  await cloud().rpc('ros', REGION, 'DeleteStack', { RegionId: REGION, StackId: id });
  await expect(ended(id)).rejects.toThrow('StackNotFound');
}
