import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type * as z from 'zod/mini';
import { FunctionsYaml, renderFunctionsYaml } from '../../infra/functions-yaml.ts';
import { FUNCTION_KINDS, namesOf } from '../../infra/names.ts';
import { ENVIRONMENTS } from '../../shared/config/environment.ts';
import * as limits from '../../shared/limits.ts';
import { configOf } from './deployment.ts';

const ROOT = join(import.meta.dirname, '../..');
const source = readFileSync(join(ROOT, 's.yaml'), 'utf8');
const file = FunctionsYaml.parse(parse(source));
/** The component's own schema, as published (devsapp/fc3 4ca1c1b8, MIT). */
const theirs = new Ajv({ allErrors: true, strict: false }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, 'fc3/schema.json'), 'utf8')),
);
/** As Serverless Devs writes a variable. */
const variable = (name: string) => ['$', '{vars.', name, '}'].join('');
const propsOf = (kind: (typeof FUNCTION_KINDS)[number]) => file.resources[kind].props;

const SECRETS = { GITHUB_APP_ID: '1', GITHUB_PRIVATE_KEY: 'kms:key', WEBHOOK_SECRET: 'kms:hook' };

/** What `env()` and `vars` stand for in a first deployment called ci. */
const preview = spawnSync(
  join(ROOT, 'node_modules/.bin/s'),
  ['preview', '--silent', '-o', 'json', '-t', join(ROOT, 's.yaml')],
  {
    encoding: 'utf8',
    // It waits for no network here; a busy machine may be slow.
    timeout: 300_000,
    env: { PATH: process.env.PATH, HOME: tmpdir(), ACCOUNT_ID: '1234567890123456', ...SECRETS },
  },
);

describe.each(FUNCTION_KINDS)('%s', (kind) => {
  test('passes the component’s own schema once its variables are filled in', () => {
    const props = JSON.parse(
      JSON.stringify(propsOf(kind))
        .replaceAll(variable('region'), 'cn-hongkong')
        .replaceAll(variable('name'), 'ci'),
    );
    expect(theirs(props), JSON.stringify(theirs.errors)).toBe(true);
  });

  test('has the time that the limits give it', () => {
    const timeouts = {
      webhook: limits.WEBHOOK_TIMEOUT_S,
      launcher: limits.LAUNCHER_TIMEOUT_S,
      reaper: limits.REAPER_TIMEOUT_S,
      mirror: limits.MIRROR_TIMEOUT_S,
    };
    expect(propsOf(kind).timeout).toBe(timeouts[kind]);
  });

  test('gets every variable that it needs, and none that it does not read', () => {
    const shape: Record<string, z.ZodMiniType> = ENVIRONMENTS[kind].shape;
    const given = Object.keys(propsOf(kind).environmentVariables);
    const needed = Object.entries(shape)
      .filter(([name, type]) => !name.startsWith('FC_') && !type.safeParse(undefined).success)
      .map(([name]) => name);
    expect(needed.filter((name) => !given.includes(name))).toEqual([]);
    expect(given.filter((name) => !(name in shape))).toEqual([]);
    expect(given.filter((name) => /^(FC_|ALIBABA_CLOUD_)/.test(name))).toEqual([]);
  });

  test('is called, and runs as, what the infrastructure calls it', () => {
    const names = namesOf(configOf());
    const fill = (value: string) =>
      value
        .replaceAll(variable('name'), 'ci')
        .replaceAll(variable('accountId'), '12')
        .replace('acs:ram::12:role/', '');
    const { functionName, role, logConfig } = propsOf(kind);
    expect(fill(functionName)).toBe(names.functionOf(kind));
    expect(fill(role)).toBe(names.roleOf(kind));
    expect(fill(logConfig.project)).toBe(names.logProject('12'));
    expect(logConfig.logstore).toBe(names.logStore);
  });
});

test('only the webhook is open to the world, for POST alone', () => {
  const open = FUNCTION_KINDS.filter((kind) =>
    propsOf(kind).triggers?.some(({ triggerType }) => triggerType === 'http'),
  );
  expect(open).toEqual(['webhook']);
});

test('failed launches go to the reaper, whose own failures go nowhere', () => {
  expect(propsOf('launcher').asyncInvokeConfig?.destinationConfig?.onFailure.destination).toMatch(
    /functions\/\$\{vars\.name\}-reaper$/,
  );
  expect(propsOf('reaper').asyncInvokeConfig?.destinationConfig).toBeUndefined();
});

test('what strangers have invoked asynchronously is tried once, and soon forgotten', () => {
  expect(propsOf('webhook').asyncInvokeConfig).toEqual({
    maxAsyncRetryAttempts: limits.WEBHOOK_ASYNC_TRIES_MAX,
    maxAsyncEventAgeInSeconds: limits.WEBHOOK_ASYNC_AGE_MAX_S,
  });
});

test('the sweep comes every minute', () => {
  expect(propsOf('reaper').triggers?.[0]?.triggerConfig).toMatchObject({
    cronExpression: '@every 1m',
    enable: true,
  });
});

test('Serverless Devs itself reads the file, offline', () => {
  expect(preview.status, preview.stderr).toBe(0);
  expect(preview.stdout).toContain('acs:fc:cn-hongkong:1234567890123456:functions/ci-reaper');
  expect(preview.stdout).not.toContain(variable('').slice(0, 2));
});

test('nothing stands in for a secret that is not set: no deploy may end with a word that is public', () => {
  const defaults = [...source.matchAll(/env\('(\w+)'(?:, '([^']*)')?\)/g)].map(([, name, word]) => [
    name,
    word,
  ]);
  const secrets = defaults.filter(([name]) => /SECRET|KEY|APP_ID/.test(name ?? ''));
  expect(Object.fromEntries(secrets)).toEqual({
    GITHUB_APP_ID: undefined,
    GITHUB_PRIVATE_KEY: undefined,
    WEBHOOK_SECRET: undefined,
    // Absent: there was none.
    WEBHOOK_SECRET_PREVIOUS: '',
  });
});

describe('our own schema refuses what the component lets pass', () => {
  const broken: [
    string,
    (copy: { resources: Record<string, { props: Record<string, unknown> }> }) => void,
  ][] = [
    ['an unknown key', (copy) => Object.assign(props(copy, 'launcher'), { memroySize: 512 })],
    [
      'a timer without an expression',
      (copy) => {
        const [trigger] = props(copy, 'reaper').triggers as { triggerConfig: object }[];
        (trigger as { triggerConfig: object }).triggerConfig = { cron: '@every 1m' };
      },
    ],
    ['a timer of less than a minute', (copy) => setCron(copy, '@every 30s')],
    ['too much memory for the CPU', (copy) => Object.assign(props(copy, 'webhook'), { memorySize: 4096 })],
  ];
  const props = (copy: { resources: Record<string, { props: Record<string, unknown> }> }, kind: string) =>
    copy.resources[kind]?.props as Record<string, unknown>;
  const setCron = (copy: { resources: Record<string, { props: Record<string, unknown> }> }, cron: string) => {
    const [trigger] = props(copy, 'reaper').triggers as { triggerConfig: object }[];
    Object.assign((trigger as { triggerConfig: object }).triggerConfig, { cronExpression: cron });
  };
  test.each(broken)('%s', (_name, breakIt) => {
    const copy = structuredClone(parse(source));
    expect(FunctionsYaml.safeParse(copy).success).toBe(true);
    breakIt(copy);
    expect(FunctionsYaml.safeParse(copy).success).toBe(false);
    const filled = JSON.parse(JSON.stringify(copy).replaceAll(variable('region'), 'cn-hongkong'));
    for (const kind of FUNCTION_KINDS) expect(theirs(filled.resources[kind].props)).toBe(true);
  });
});

describe('a fixed address', () => {
  const ids = { vpc: 'vpc-1a', vSwitch: 'vsw-1a', securityGroup: 'sg-1a' };
  const fixedAddress = { cidr: '10.89.0.0/24', zone: 'b' };

  test('puts every function into its network', () => {
    const config = configOf({ control: { fixedAddress: { ...fixedAddress, ...ids } } });
    const made = FunctionsYaml.parse(parse(renderFunctionsYaml(source, config)));
    for (const kind of FUNCTION_KINDS) expect(made.resources[kind].props.internetAccess).toBe(false);
    for (const kind of FUNCTION_KINDS)
      expect(made.resources[kind].props.vpcConfig).toEqual({
        vpcId: 'vpc-1a',
        vSwitchIds: ['vsw-1a'],
        securityGroupId: 'sg-1a',
      });
  });

  test('cannot be deployed before its network is made', () => {
    expect(() => renderFunctionsYaml(source, configOf({ control: { fixedAddress } }))).toThrow(
      'not made yet',
    );
  });

  test('is left out where none is asked for', () => {
    const config = { ...configOf(), placements: [] };
    expect(parse(renderFunctionsYaml(source, config))).toEqual(parse(source));
  });
});
