import { describe, expect, test } from 'vitest';
import { FULL, ofType, statementsOf, templatesOf } from './deployment.ts';

const templates = templatesOf(FULL);

describe('roles', () => {
  const roles = ofType(templates, 'ALIYUN::RAM::Role');
  const trustOf = (name: string) =>
    JSON.stringify(
      roles.find((role) => role.Properties.RoleName === name)?.Properties.AssumeRolePolicyDocument,
    );

  test('each is trusted to exactly one party', () => {
    expect(roles.map((role) => role.Properties.RoleName)).toEqual([
      'ci-runner-webhook',
      'ci-runner-launcher',
      'ci-runner-reaper',
      'ci-runner-mirror',
      'ci-runner-deploy',
      'ci-self-destruct',
    ]);
    for (const kind of ['webhook', 'launcher', 'reaper', 'mirror'])
      expect(trustOf(`ci-runner-${kind}`)).toContain('"Service":["fc.aliyuncs.com"]');
    expect(trustOf('ci-self-destruct')).toContain('"Service":["ecs.aliyuncs.com"]');
  });

  test('deploying without keys needs that repository, that branch, and our audience', () => {
    const trust = trustOf('ci-runner-deploy');
    expect(trust).toContain('"oidc:sub":["repo:my-org/infra:ref:refs/heads/release"]');
    expect(trust).toContain('"oidc:aud":["sts.aliyuncs.com"]');
    expect(trust).toContain('oidc-provider/ci-runner-github');
    expect(ofType(templates, 'ALIYUN::RAM::OIDCProvider')).toHaveLength(1);
  });

  test('only what has no narrower resource stands under a star', () => {
    const starred = roles
      .flatMap(statementsOf)
      .filter(({ Resource }) => JSON.stringify(Resource) === '["*"]')
      .flatMap(({ Action }) => Action);
    const others = [...new Set(starred)].filter((action) => !/^ecs:Describe/.test(action));
    expect(others, 'of the account, in no documented table').toEqual(['fc:GetTempBucketToken']);
  });

  test('an instance is created with our tag, and deleted only if it has it', () => {
    const withCondition = roles
      .flatMap(statementsOf)
      .filter(({ Action }) => /RunInstances|DeleteInstance/.test(String(Action)))
      .map(({ Action, Condition }) => [String(Action), JSON.stringify(Condition ?? null)]);
    const keys = withCondition.map(
      ([action, condition]) => `${action} ${/acs:\w+/.exec(condition as string)}`,
    );
    expect([...new Set(keys)].sort()).toEqual([
      'ecs:DeleteInstance acs:ResourceTag',
      'ecs:DeleteInstance,ecs:DeleteInstances,ecs:GetInstanceConsoleOutput acs:ResourceTag',
      'ecs:RunInstances acs:RequestTag',
      'ecs:RunInstances null',
    ]);
  });
});
