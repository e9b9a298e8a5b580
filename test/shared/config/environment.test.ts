import { describe, expect, test } from 'vitest';
import {
  ENVIRONMENTS,
  type FunctionKind,
  invokeEndpoint,
  parseEnvironment,
} from '../../../shared/config/environment.ts';
import { parseReference } from '../../../shared/config/secret-text.ts';

const COMPLETE = {
  FC_REGION: 'cn-hongkong',
  FC_ACCOUNT_ID: '1234567890123456',
  TABLESTORE_ENDPOINT: 'https://ci-runners.cn-hongkong.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ci-runners',
  LAUNCHER_FUNCTION: 'ci-launcher',
  MIRROR_FUNCTION: 'ci-mirror',
  REAPER_FUNCTION: 'ci-reaper',
  GITHUB_APP_ID: '12',
  GITHUB_PRIVATE_KEY: 'kms:ci-key',
  WEBHOOK_SECRET: 'kms:ci-webhook',
};

const kinds = Object.keys(ENVIRONMENTS) as FunctionKind[];

test.each(kinds)('%s takes a complete environment and ignores what is not its own', (kind) => {
  const environment = parseEnvironment(kind, { ...COMPLETE, PATH: '/bin', HOME: undefined });
  expect(environment).not.toHaveProperty('PATH');
});

test.each(kinds)('%s names everything that is missing at once', (kind) => {
  expect(() => parseEnvironment(kind, {})).toThrow(/FC_REGION: is missing[\s\S]*FC_ACCOUNT_ID: is missing/);
});

test('a value is never printed, wrong or not', () => {
  const wrong = {
    ...COMPLETE,
    GITHUB_APP_ID: 'hunter2',
    TABLESTORE_ENDPOINT: 'hunter2',
    FC_REGION: 'Hunter2!',
  };
  const message = (() => {
    try {
      return String(parseEnvironment('launcher', wrong));
    } catch (error) {
      return String(error);
    }
  })();
  expect(message).toMatch(/GITHUB_APP_ID: must be a number/);
  expect(message).not.toMatch(/hunter2/i);
});

describe('what stands where a secret is asked for', () => {
  const PEM = '-----BEGIN RSA PRIVATE KEY-----\\nMIIE';
  // biome-ignore format: a table reads best as a table.
  const cases: [text: string, place: object | null, why: RegExp | null][] = [
    ['kms:ci/app-key',                      { store: 'kms', name: 'ci/app-key' }, null],
    ['oos:ci-hook',                         { store: 'oos', name: 'ci-hook' },    null],
    ['file:./app.pem',                      { store: 'file', name: './app.pem' }, null],
    ['file:/etc/app.pem',                   { store: 'file', name: '/etc/app.pem' }, null],
    ['9f3b6e1c8a2d4f7091b3c5d7e9f1a3b5',    null, null],
    ['9f:b6:1c:8a:2d:4f:70:91:b3:c5:d7:e9', null, null],
    [PEM,                                   null, null],
    ['KMS:ci-webhook-secret-name',          null, /looks like a reference/],
    ['Kms:ci-webhook-secret-name',          null, /looks like a reference/],
    ['oss:ci-webhook-secret-name',          null, /looks like a reference/],
    ['kms://ci-webhook-secret-name',        null, /looks like a reference/],
    ['file:///etc/ci-webhook.pem',          null, /looks like a reference/],
    [' kms:ci-webhook-secret-name',         null, /looks like a reference/],
    ['"kms:ci-webhook-secret-name"',        null, /looks like a reference/],
    ['kms: ci-webhook-secret-name',         null, /looks like a reference/],
    ['kms:ci webhook secret name',          null, /looks like a reference/],
    ['https://vault.example/ci-webhook',    null, /looks like a reference/],
    ['ssm:/ci/webhook-secret-name',         null, /looks like a reference/],
    ['kms:',                                null, /looks like a reference/],
    ['kms/ci-runner-webhook-secret',        null, /looks like a reference/],
    ['kms ci-webhook-secret-name',          null, /looks like a reference/],
    ['kms：ci-webhook-secret-name',          null, /looks like a reference/],
    ['OOS_ci_webhook_secret_name',          null, /looks like a reference/],
    ['ci-runner-webhook-secret',            null, /looks like a reference/],
    [`\${WEBHOOK_SECRET_FROM_VAULT}`,       null, /looks like a reference/],
    ['$WEBHOOK_SECRET_FROM_VAULT',          null, /looks like a reference/],
    ['%WEBHOOK_SECRET_FROM_VAULT%',         null, /looks like a reference/],
    ['{{ secrets.WEBHOOK_SECRET }}',        null, /looks like a reference/],
    ['./ci-runner-webhook-secret.pem',      null, /looks like a reference/],
    ['/etc/ci/webhook-secret-name.txt',     null, /looks like a reference/],
    ['~/secrets/ci-webhook-secret.pem',     null, /looks like a reference/],
    ['hx9/fQ2+Zk7mP0aL/4vTn8wRcYb6Ue1s=',   null, null],
    ['/x9.fQ2_Zk7mP0aL-4vTn8wRcYb6Ue1s',    null, null],
    ['none',                                null, /shorter than 20/],
    ['nineteen-character',                  null, /shorter than 20/],
    ['                              x',     null, /shorter than 20/],
  ];
  test.each(cases)('%j', (text, place, why) => {
    expect(parseReference(text)).toEqual(place);
    const start = () => parseEnvironment('webhook', { ...COMPLETE, WEBHOOK_SECRET_PREVIOUS: text });
    if (why === null) expect(start().WEBHOOK_SECRET_PREVIOUS).toBe(text);
    else {
      expect(start).toThrow(why);
      if (text.length > 'kms:'.length) expect(start).not.toThrow(text.trim());
    }
  });
});

describe('least knowledge', () => {
  test('the webhook knows neither the private key nor the ledger', () => {
    const names = Object.keys(ENVIRONMENTS.webhook.shape);
    expect(names).not.toContain('GITHUB_PRIVATE_KEY');
    expect(names.filter((name) => name.startsWith('TABLESTORE'))).toEqual([]);
  });

  test('the mirror knows no secret at all, and no ledger', () => {
    expect(Object.keys(ENVIRONMENTS.mirror.shape)).toEqual([
      'FC_REGION',
      'FC_ACCOUNT_ID',
      'OSS_ENDPOINT',
      'OSS_SOURCE_ENDPOINT',
    ]);
  });

  test('only the webhook knows the webhook secret', () => {
    const knowing = kinds.filter((kind) => 'WEBHOOK_SECRET' in ENVIRONMENTS[kind].shape);
    expect(knowing).toEqual(['webhook']);
  });
});

test('an empty variable is an absent one', () => {
  const environment = parseEnvironment('webhook', { ...COMPLETE, WEBHOOK_SECRET_PREVIOUS: '' });
  expect(environment.WEBHOOK_SECRET_PREVIOUS).toBeUndefined();
});

test('functions are invoked at their account and region unless told otherwise', () => {
  expect(invokeEndpoint(COMPLETE)).toBe('https://1234567890123456.cn-hongkong.fc.aliyuncs.com');
  expect(invokeEndpoint({ ...COMPLETE, INVOKE_ENDPOINT: 'http://127.0.0.1:9' })).toBe('http://127.0.0.1:9');
});
