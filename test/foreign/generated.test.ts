/** Alibaba's generated clients of the services that a deploy asks, against the faces that we play. */
import * as ecs from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import * as ram from '@alicloud/ram20150501';
import * as ros from '@alicloud/ros20190910';
import * as sts from '@alicloud/sts20150401';
import * as vpc from '@alicloud/vpc20160428';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAccount } from '../../simulator/accounts.ts';
import { VirtualClock } from '../../simulator/clock.ts';
import { createEcs, serveEcs, type Wire } from '../../simulator/ecs/index.ts';
import {
  createManagement,
  type ServedManagement,
  serveManagement,
} from '../../simulator/management/index.ts';
import { seeded } from '../../simulator/random.ts';

const KEY = { accessKeyId: 'LTAIforeign', accessKeySecret: 'a-secret' };
const REGION = 'cn-hangzhou';
const TRUST = {
  Version: '1',
  Statement: [
    {
      ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
      Principal: { RAM: ['acs:ram::1234567890123456:root'] },
    },
  ],
};
const state = createManagement('1234567890123456');
let market: Wire;
let management: ServedManagement;

beforeAll(async () => {
  const account = createAccount(state.accountId, REGION);
  account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret });
  const clock = new VirtualClock(Date.now());
  market = await serveEcs(createEcs({ clock, random: seeded(3), credentials: account.find, soldOut: 0 }));
  management = await serveManagement({ state, credentials: account.find, nowMs: Date.now });
  state.vSwitches.set('vsw-1', { vpc: 'vpc-1', zone: `${REGION}-h`, freeIps: 200, region: REGION });
});
afterAll(() => Promise.all([market.close(), management.close()]));

type Made<Client> = new (config: never) => Client;
/** Under Node's ES modules the default export of such a CommonJS package is the module itself; test runners unwrap it. */
function clientOf<Client>(
  module: { readonly default: { readonly default: Made<Client> } },
  endpoint: string,
) {
  const Class = module.default.default ?? (module.default as unknown as Made<Client>);
  const config = { ...KEY, endpoint, protocol: 'HTTP', regionId: REGION };
  return new Class(new $OpenApiUtil.Config(config) as never);
}
const here = () => management.endpoint.replace('http://', '');

const TEMPLATE = JSON.stringify({
  ROSTemplateFormatVersion: '2015-09-01',
  Outputs: { VSwitchB: { Value: 'x' } },
});
const CHANGED = JSON.stringify({ ...JSON.parse(TEMPLATE), Description: 'changed' });

describe('Resource Orchestration Service', () => {
  const client = () => clientOf(ros, here());

  test('a stack is made, looked at, changed and removed', async () => {
    const made = await client().createStack(
      new ros.CreateStackRequest({
        ...{ regionId: REGION, stackName: 'ci-control', templateBody: TEMPLATE, clientToken: 'one' },
      }),
    );
    const stackId = made.body?.stackId ?? '';
    const look = () => client().getStack(new ros.GetStackRequest({ regionId: REGION, stackId }));
    const again = await client().createStack(
      new ros.CreateStackRequest({
        ...{ regionId: REGION, stackName: 'ci-control', templateBody: TEMPLATE, clientToken: 'one' },
      }),
    );
    expect(again.body?.stackId).toBe(stackId);
    expect((await look()).body?.status).toBe('CREATE_IN_PROGRESS');
    const ended = await look();
    expect([ended.body?.status, ended.body?.stackName]).toEqual(['CREATE_COMPLETE', 'ci-control']);
    expect(ended.body?.outputs).toEqual([
      expect.objectContaining({ OutputKey: 'VSwitchB', OutputValue: expect.stringMatching(/^vsw-/) }),
    ]);
    const listed = await client().listStacks(
      new ros.ListStacksRequest({ regionId: REGION, stackName: ['ci-control'] }),
    );
    expect(listed.body?.stacks?.map((one) => [one.stackId, one.status])).toEqual([
      [stackId, 'CREATE_COMPLETE'],
    ]);
    const asked = { regionId: REGION, stackId, templateStage: 'Original' };
    const template = await client().getTemplate(new ros.GetTemplateRequest(asked));
    expect(template.body?.templateBody).toBe(TEMPLATE);
    const change = (templateBody: string) =>
      client().updateStack(new ros.UpdateStackRequest({ regionId: REGION, stackId, templateBody }));
    await expect(change(TEMPLATE)).rejects.toMatchObject({ code: 'NotSupported' });
    expect((await change(CHANGED)).body?.stackId).toBe(stackId);
    await look();
    expect((await look()).body?.status).toBe('UPDATE_COMPLETE');
    await client().deleteStack(new ros.DeleteStackRequest({ regionId: REGION, stackId }));
    await look();
    await expect(look()).rejects.toMatchObject({ code: 'StackNotFound', statusCode: 404 });
  });

  test('a name that is taken, and a template that is none, are refused by code', async () => {
    const make = (stackName: string, templateBody: string) =>
      client().createStack(new ros.CreateStackRequest({ regionId: REGION, stackName, templateBody }));
    await make('ci-taken', TEMPLATE);
    await expect(make('ci-taken', TEMPLATE)).rejects.toMatchObject({ code: 'StackExists' });
    await expect(make('ci-none', '{}')).rejects.toMatchObject({ code: 'InvalidTemplate' });
  });
});

test('Resource Access Management: a role and its policy are made, read and removed', async () => {
  const client = clientOf(ram, here());
  const [roleName, policyName] = ['ci-prove', 'ci-prove-policy'];
  const policyDocument = JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action: 'ecs:*' }] });
  const made = await client.createRole(
    new ram.CreateRoleRequest({ roleName, assumeRolePolicyDocument: JSON.stringify(TRUST) }),
  );
  expect(made.body?.role).toMatchObject({ roleName });
  await client.createPolicy(new ram.CreatePolicyRequest({ policyName, policyDocument }));
  const attached = { roleName, policyName, policyType: 'Custom' };
  await client.attachPolicyToRole(new ram.AttachPolicyToRoleRequest(attached));
  const role = await client.getRole(new ram.GetRoleRequest({ roleName }));
  expect(JSON.parse(role.body?.role?.assumeRolePolicyDocument ?? '')).toEqual(TRUST);
  const listed = await client.listPoliciesForRole(new ram.ListPoliciesForRoleRequest({ roleName }));
  expect(listed.body?.policies?.policy).toMatchObject([{ policyName, policyType: 'Custom' }]);
  const policy = await client.getPolicy(new ram.GetPolicyRequest({ policyName, policyType: 'Custom' }));
  expect(policy.body?.defaultPolicyVersion?.policyDocument).toBe(policyDocument);
  await expect(client.deleteRole(new ram.DeleteRoleRequest({ roleName }))).rejects.toMatchObject({
    code: 'DeleteConflict.Role.Policy',
  });
  await client.detachPolicyFromRole(new ram.DetachPolicyFromRoleRequest(attached));
  await client.deleteRole(new ram.DeleteRoleRequest({ roleName }));
  await expect(client.getRole(new ram.GetRoleRequest({ roleName }))).rejects.toMatchObject({
    ...{ code: 'EntityNotExist.Role', statusCode: 404 },
  });
});

test('Security Token Service: who asks, and a session of a role', async () => {
  const client = clientOf(sts, here());
  const who = await client.getCallerIdentity();
  expect(who.body).toMatchObject({
    ...{ accountId: state.accountId, identityType: 'RAMUser' },
    arn: expect.stringContaining(`acs:ram::${state.accountId}:user/`),
  });
  state.roles.set('ci-session', { trust: TRUST, policies: new Map() });
  const session = await client.assumeRole(
    new sts.AssumeRoleRequest({
      ...{ roleArn: `acs:ram::${state.accountId}:role/ci-session`, roleSessionName: 'foreign' },
    }),
  );
  expect(session.body?.credentials).toMatchObject({
    ...{ accessKeyId: expect.stringMatching(/^STS\./), securityToken: expect.any(String) },
    expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  });
  expect(session.body?.assumedRoleUser?.arn).toBe(`acs:ram::${state.accountId}:role/ci-session/foreign`);
});

test('Virtual Private Cloud: a vSwitch as its client reads it', async () => {
  const found = await clientOf(vpc, here()).describeVSwitches(
    new vpc.DescribeVSwitchesRequest({ regionId: REGION, vSwitchId: 'vsw-1' }),
  );
  expect(found.body?.vSwitches?.vSwitch).toMatchObject([
    {
      ...{ vSwitchId: 'vsw-1', vpcId: 'vpc-1', zoneId: `${REGION}-h`, availableIpAddressCount: 200 },
      status: 'Available',
    },
  ]);
});

test('what names no region in its model is taken without one, and all else is not', async () => {
  const client = clientOf(ecs, `127.0.0.1:${market.port}`);
  const regions = await client.describeRegions(new ecs.DescribeRegionsRequest({}));
  expect(regions.body?.regions?.region?.map(({ regionId }) => regionId)).toContain(REGION);
  await expect(
    client.describeInstances(new ecs.DescribeInstancesRequest({ regionId: '' })),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^(Missing|Invalid)/) });
});

test('Elastic Compute Service: types, instances and a launch as its client reads and writes them', async () => {
  const client = clientOf(ecs, `127.0.0.1:${market.port}`);
  const types = await client.describeInstanceTypes(new ecs.DescribeInstanceTypesRequest({ maxResults: 5 }));
  expect(types.body?.instanceTypes?.instanceType?.[0]).toMatchObject({
    ...{ instanceTypeId: expect.any(String), cpuCoreCount: expect.any(Number) },
    memorySize: expect.any(Number),
  });
  const none = await client.describeInstances(new ecs.DescribeInstancesRequest({ regionId: REGION }));
  expect(none.body?.instances?.instance).toEqual([]);
  await expect(
    client.runInstances(
      new ecs.RunInstancesRequest({ regionId: REGION, instanceType: 'ecs.g99.large', amount: 1 }),
    ),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^(Invalid|Missing)/) });
});
