import { describe, expect, test } from 'vitest';
import {
  ENVIRONMENTS,
  type FunctionKind,
  invokeEndpoint,
  parseEnvironment,
} from '../../../shared/config/environment.ts';

const COMPLETE = {
  FC_REGION: 'cn-hongkong',
  FC_ACCOUNT_ID: '1234567890123456',
  TABLESTORE_ENDPOINT: 'https://ci-runners.cn-hongkong.ots.aliyuncs.com',
  TABLESTORE_INSTANCE: 'ci-runners',
  LAUNCHER_FUNCTION: 'ci-launcher',
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

describe('least knowledge', () => {
  test('the webhook knows neither the private key nor the ledger', () => {
    const names = Object.keys(ENVIRONMENTS.webhook.shape);
    expect(names).not.toContain('GITHUB_PRIVATE_KEY');
    expect(names.filter((name) => name.startsWith('TABLESTORE'))).toEqual([]);
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
