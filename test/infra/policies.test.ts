import { describe, expect, test } from 'vitest';
import { FUNCTION_KINDS } from '../../infra/names.ts';
import { permissionsOf, type Scope } from '../../infra/policies.ts';
import { difference, policyDocument, policyFor } from '../../infra/policy-document.ts';
import { secretReferences } from '../../infra/secrets.ts';
import { BROUGHT, configOf, MADE, SECRETS } from './deployment.ts';

const scope: Scope = { config: configOf(), accountId: '12', secrets: SECRETS };
const calledBy = (kind: (typeof FUNCTION_KINDS)[number]) =>
  new Set(permissionsOf(kind, scope).flatMap(({ action, implied }) => (implied ? [] : [action])));

describe.each(FUNCTION_KINDS)('the policy of %s', (kind) => {
  test('is exact when all that is called is allowed and all that is allowed is called', () => {
    expect(difference(kind, scope, calledBy(kind))).toEqual({ missing: [], needless: [] });
  });

  test('is wrong by one action too few or too many', () => {
    for (const action of calledBy(kind)) {
      const less = new Set([...calledBy(kind)].filter((each) => each !== action));
      expect(difference(kind, scope, less)).toEqual({ missing: [], needless: [action] });
    }
    const more = new Set([...calledBy(kind), 'ecs:StopInstance']);
    expect(difference(kind, scope, more)).toEqual({ missing: ['ecs:StopInstance'], needless: [] });
  });

  test('names its account, region and things wherever the service can tell them apart', () => {
    const wide = permissionsOf(kind, scope).filter(({ resources }) => resources.includes('*'));
    expect(wide.map(({ action }) => action).filter((action) => !action.startsWith('ecs:Describe'))).toEqual(
      [],
    );
  });

  test('says for each implied permission what needs it and who says so', () => {
    for (const { implied } of permissionsOf(kind, scope))
      if (implied) expect([implied.by.length > 3, implied.source.length > 10]).toEqual([true, true]);
  });

  test('grants nothing that changes rights, keys or other functions', () => {
    const actions = permissionsOf(kind, scope).map(({ action }) => action);
    expect(actions.filter((action) => /^(ram:(?!PassRole)|fc:(?!Invoke)|\*)/.test(action))).toEqual([]);
  });
});

test('a simulator that asks the policy refuses what is not in it', () => {
  const mayWebhook = policyFor('webhook', scope);
  expect(mayWebhook('fc:InvokeFunction')).toBe(true);
  expect(mayWebhook('ecs:RunInstances')).toBe(false);
  expect(mayWebhook('ots:GetRow')).toBe(false);
});

test('a former region is the reaper’s to look at and delete in, and nobody’s to launch in', () => {
  const wider = { ...scope, formerRegions: ['cn-shanghai'] };
  expect(policyFor('reaper', wider)('ecs:DeleteInstance', 'cn-shanghai')).toBe(true);
  expect(policyFor('reaper', scope)('ecs:DeleteInstance', 'cn-shanghai')).toBe(false);
  expect(policyFor('reaper', scope)('ecs:DescribeSpotAdvice', 'cn-shanghai')).toBe(true);
  expect(policyFor('launcher', wider)('ecs:RunInstances', 'cn-shanghai')).toBe(false);
});

test('a role for the instance is passed to ECS alone, and only when there is one', () => {
  const passRole = (config: Scope['config']) =>
    permissionsOf('launcher', { ...scope, config }).filter(({ action }) => action === 'ram:PassRole');
  expect(passRole(scope.config)).toEqual([]);
  const withRole = configOf({ selfDestruct: { roleName: 'CI-Self' } });
  expect(passRole(withRole)).toMatchObject([
    {
      resources: ['acs:ram::12:role/ci-self'],
      condition: { StringEquals: { 'acs:Service': ['ecs.aliyuncs.com'] } },
    },
  ]);
});

test('the mirror has no key, no row of the ledger and no function to invoke: only the buckets, and its log', () => {
  const mainland = { ...MADE, mirrorBucket: 'ci-hangzhou' };
  const config = configOf({ placements: [mainland] });
  const rights = permissionsOf('mirror', { ...scope, config, secrets: { mirror: ['kms:key'] } });
  const services = new Set(rights.map(({ action }) => action.split(':')[0]));
  expect([...services].sort()).toEqual(['log', 'oss']);
  expect(rights.find(({ action }) => action === 'oss:PutObject')?.resources).toEqual([
    'acs:oss:*:*:ci-runner-12/*',
    'acs:oss:*:*:ci-hangzhou/*',
  ]);
  const invoked = permissionsOf('reaper', { ...scope, config }).find(({ action }) =>
    action.startsWith('fc:'),
  );
  expect(invoked?.resources).toEqual([
    'acs:fc:cn-hongkong:12:functions/ci-launcher',
    'acs:fc:cn-hongkong:12:functions/ci-mirror',
    `acs:fc:${MADE.region}:12:functions/ci-mirror-${MADE.region}`,
  ]);
});

test('instances are run only in the networks of runners.yaml', () => {
  const config = configOf({ placements: [MADE, BROUGHT] });
  const used = permissionsOf('launcher', { ...scope, config })
    .filter(({ action }) => action === 'ecs:RunInstances')
    .flatMap(({ resources }) => resources);
  expect(used).toContain('acs:vpc:cn-beijing:12:vswitch/vsw-2zeabc');
  expect(used).toContain('acs:ecs:cn-beijing:12:securitygroup/sg-2zeabc');
  expect(used).toContain('acs:ecs:cn-beijing:12:keypair/admin-key');
  expect(used.filter((each) => /vswitch\/\*|securitygroup\/\*/.test(each))).toEqual([]);
});

describe('secrets', () => {
  test('each function may read its own, and only those kept in a store', () => {
    const secrets = secretReferences({
      GITHUB_PRIVATE_KEY: 'kms:ci/key',
      WEBHOOK_SECRET: 'oos:hook',
      WEBHOOK_SECRET_PREVIOUS: 'a literal one',
    });
    expect(secrets).toEqual({
      webhook: [],
      launcher: ['kms:ci/key'],
      reaper: ['kms:ci/key'],
      mirror: [],
    });
    expect(secretReferences({ WEBHOOK_SECRET: 'kms:hook', GITHUB_PRIVATE_KEY: 'oos:key' })).toMatchObject({
      webhook: ['kms:hook'],
      launcher: ['oos:key'],
    });
    const readable = permissionsOf('launcher', { ...scope, secrets }).filter(({ action }) =>
      /^(kms|oos):/.test(action),
    );
    expect(readable).toEqual([
      { action: 'kms:GetSecretValue', resources: ['acs:kms:cn-hongkong:12:secret/ci/key'] },
    ]);
  });
});

test('the function that anyone can call reads no key but its own, wherever both are kept', () => {
  const stores = ['kms', 'oos', 'file'];
  for (const [key, hook] of stores.flatMap((one) => stores.map((other) => [one, other]))) {
    const secrets = secretReferences({
      GITHUB_PRIVATE_KEY: `${key}:app-key`,
      WEBHOOK_SECRET: `${hook}:hook`,
    });
    const rights = permissionsOf('webhook', { ...scope, secrets }).filter(({ action }) =>
      /^(kms|oos)/.test(action),
    );
    expect(rights.flatMap(({ resources }) => resources)).toEqual(
      hook === 'kms' ? ['acs:kms:cn-hongkong:12:secret/hook'] : [],
    );
  }
});

test('actions with the same resources and conditions share a statement', () => {
  const document = policyDocument([
    { action: 'ots:PutRow', resources: ['a'] },
    { action: 'ots:GetRow', resources: ['a'] },
    { action: 'ots:GetRow', resources: ['b'] },
    { action: 'ots:GetRow', resources: ['a'], condition: { Bool: { x: ['true'] } } },
  ]);
  expect(document.Statement.map(({ Action, Resource }) => [Action, Resource])).toEqual([
    [['ots:GetRow', 'ots:PutRow'], ['a']],
    [['ots:GetRow'], ['b']],
    [['ots:GetRow'], ['a']],
  ]);
});
