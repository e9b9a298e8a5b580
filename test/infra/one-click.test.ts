/** The one-click template makes what a deploy makes of a `runners.yaml` that says the same. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { filledYaml, renderFunctionsYaml } from '../../infra/functions-yaml.ts';
import { FUNCTION_KINDS, namesOf } from '../../infra/names.ts';
import { readConfiguration } from '../../infra/one-click/configuration.ts';
import { PARAMETERS } from '../../infra/one-click/parameters.ts';
import { oneClickTemplate } from '../../infra/one-click/template.ts';
import { secretReferences } from '../../infra/secrets.ts';
import { type Known, resolved } from '../../simulator/empty-account/references.ts';
import { configOf, type Resource, templatesOf } from './deployment.ts';

const ROOT = join(import.meta.dirname, '../..');
const RELEASE = '0.2.0 0123456789ab';
const ACCOUNT = '1234567890123456';
const SECRET = 'a-secret-of-the-webhook-0123';
const functions = readFileSync(join(ROOT, 's.yaml'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'one-click-'));
afterAll(() => rmSync(folder, { recursive: true }));
const template = oneClickTemplate({ release: RELEASE, functions, outdir: folder }) as {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
  readonly Mappings: Known['mappings'];
};

interface Written {
  readonly name: string;
  readonly region: string;
  readonly zones: readonly [string, string];
  readonly runners: number;
  readonly cores: number;
}

const parametersOf = ({ name, zones, runners, cores }: Written) => ({
  ...{ Name: name, Organization: 'acme', Zone1: zones[0], Zone2: zones[1] },
  ...{ Runners: String(runners), Cores: String(cores), GitHubAppId: '4242' },
  ...{ PrivateKeyParameter: 'the-key', WebhookSecret: SECRET },
  ...{ CodeBucket: 'code', CodeFolder: 'of/0.2.0' },
});

/** What the operator's own file says after a deploy wrote the ids into it. */
const configWritten = ({ name, region, zones, runners, cores }: Written) =>
  configOf({
    name,
    control: { region },
    repositories: { allow: ['acme/*'] },
    defaults: { cpu: cores },
    limits: { runners },
    placements: [
      {
        region,
        network: {},
        zones: { [zones[0]]: 'vsw-1a', [zones[1]]: 'vsw-2b' },
        securityGroup: 'sg-1a',
        egress: 'public-ip',
      },
    ],
  });

/** `VSwitchA.VSwitchId` and so on as the ids that the file has. */
const IDS: Readonly<Record<string, string>> = {
  'VSwitchA.VSwitchId': 'vsw-1a',
  'VSwitchB.VSwitchId': 'vsw-2b',
  'SecurityGroup.SecurityGroupId': 'sg-1a',
};
const known = (written: Written): Known => ({
  accountId: ACCOUNT,
  region: written.region,
  parameters: parametersOf(written),
  mappings: template.Mappings,
  attribute: (resource, name) => IDS[`${resource}.${name}`] ?? `${resource}.${name}`,
});

const SECRETS = { GITHUB_PRIVATE_KEY: 'oos:the-key', WEBHOOK_SECRET: SECRET };
const WRITTEN: Written = {
  ...{ name: 'ci', region: 'cn-hongkong', zones: ['a', 'b'], runners: 37, cores: 16 },
};

const resourcesOf = (written: Written) =>
  resolved(template.Resources, known(written)) as typeof template.Resources;

const isOfFunctions = ({ Type }: Resource): boolean => Type.startsWith('ALIYUN::FC3::');

describe.each<Written>([
  WRITTEN,
  { name: 'build-2', region: 'ap-southeast-1', zones: ['a', 'b'], runners: 5, cores: 4 },
])('$name in $region', (written) => {
  const made = resourcesOf(written);
  const config = configWritten(written);

  test('network, ledger, logs and roles with their policies are those of a deploy', () => {
    const stacks = templatesOf(config, secretReferences(SECRETS));
    const bodies = stacks.map(({ body }) => body.Resources as typeof template.Resources);
    const deployed = resolved(Object.assign({}, ...bodies), known(written));
    const rest = Object.entries(made).filter(([, resource]) => !isOfFunctions(resource));
    expect(rest.length).toBeGreaterThan(12);
    expect(Object.fromEntries(rest)).toEqual(deployed);
  });

  test.each(FUNCTION_KINDS)(
    '%s is the function that a deploy makes, with its configuration beside it',
    (kind) => {
      const { props } = filledYaml(renderFunctionsYaml(functions, config), {
        ...{ DEPLOYMENT: config.name, REGION: written.region, ACCOUNT_ID: ACCOUNT, RELEASE },
        ...{ GITHUB_APP_ID: '4242', TABLESTORE_INSTANCE: namesOf(config).tablestoreInstance, ...SECRETS },
      }).resources[kind];
      const title = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
      const { Code, EnvironmentVariables, ...settings } = made[title]?.Properties ?? {};
      const { CONFIGURATION, ...variables } = EnvironmentVariables as Record<string, string>;
      const { environmentVariables, region: _region, code: _code, triggers = [], ...wanted } = props;
      const { asyncInvokeConfig, concurrencyConfig, ...plain } = wanted;
      expect(variables).toEqual(environmentVariables);
      expect(small(settings)).toEqual(plain);
      expect(Code).toEqual({ OssBucketName: 'code', OssObjectName: `of/0.2.0/${kind}.zip` });
      const parts = Object.values(made).filter(
        (each) => isOfFunctions(each) && each.Properties.FunctionName === `${title}.FunctionName`,
      );
      const functionName = `${title}.FunctionName`;
      expect(parts.map(({ Properties }) => small(Properties))).toEqual(
        [asyncInvokeConfig, concurrencyConfig, ...triggers]
          .filter((each) => each !== undefined)
          .map((each) => ({ functionName, ...each })),
      );
      expect(readConfiguration({ CONFIGURATION })).toEqual(config);
    },
  );

  test('variables leave room in the 4 KB that a function may have', () => {
    for (const { Type, Properties } of Object.values(made))
      if (Type === 'ALIYUN::FC3::Function')
        expect(JSON.stringify(Properties.EnvironmentVariables).length).toBeLessThan(2048);
  });
});

/** As Function Compute spells what ROS begins with a capital. */
function small(value: unknown, isOpen = false): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      isOpen ? key : `${key[0]?.toLowerCase()}${key.slice(1)}`,
      small(each, key === 'TriggerConfig'),
    ]),
  );
}

test('other zones change where vSwitches are, and what they are called', () => {
  const made = resourcesOf({ ...WRITTEN, region: 'cn-hangzhou', zones: ['h', 'k'] });
  const vSwitches = Object.values(made).filter(({ Type }) => Type === 'ALIYUN::ECS::VSwitch');
  expect(vSwitches.map(({ Properties }) => Properties.ZoneId)).toEqual(['cn-hangzhou-h', 'cn-hangzhou-k']);
  expect(vSwitches.map(({ Properties }) => Properties.VSwitchName)).toEqual([
    'vsw-ci-runner-cn-hangzhou-h',
    'vsw-ci-runner-cn-hangzhou-k',
  ]);
});

test('the same zone twice is a configuration that no function starts with', () => {
  const made = resourcesOf({ ...WRITTEN, zones: ['b', 'b'] });
  const variables = made.Webhook?.Properties.EnvironmentVariables as Record<string, string>;
  expect(() => readConfiguration(variables)).toThrow(
    /has mistakes\nis not YAML: a key stands here a second time/,
  );
});

test('nothing in it is a stand-in any more, every parameter is used, and it is small enough for ROS', () => {
  const text = JSON.stringify(template);
  expect(text.match(/zz[a-z-]*/g)).toBeNull();
  for (const name of Object.keys(PARAMETERS)) expect(text).toContain(`{"Ref":"${name}"}`);
  expect(text.length).toBeLessThan(524_288);
});

test('the secret is shown nowhere: it is no output, and its parameter is not echoed', () => {
  expect(PARAMETERS.WebhookSecret.NoEcho).toBe(true);
  expect(JSON.stringify(template.Outputs)).not.toContain('WebhookSecret');
});
