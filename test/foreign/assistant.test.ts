/** Alibaba's generated client of ECS against the Cloud Assistant that we play. */
import * as ecs from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccount } from '../../simulator/accounts.ts';
import { VirtualClock } from '../../simulator/clock.ts';
import { type BootDriver, createEcs, type Ecs, serveEcs, type Wire } from '../../simulator/ecs/index.ts';
import { seeded } from '../../simulator/random.ts';

const KEY = { accessKeyId: 'LTAIforeign', accessKeySecret: 'a-secret' };
const REGION = 'cn-hangzhou';
/** A machine that says what it was told. */
const AGENT: BootDriver = {
  boot: () => ({
    end: () => {},
    command: (script) => ({ exitCode: 0, output: `told: ${script}` }),
    shell: () => ({ input: () => {}, resize: () => {}, end: () => {} }),
  }),
};
const clock = new VirtualClock(Date.now());
let world: Ecs;
let served: Wire;

beforeAll(async () => {
  const account = createAccount('1234567890123456', REGION);
  account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret });
  world = createEcs({ clock, random: seeded(3), credentials: account.find, soldOut: 0, boot: AGENT });
  served = await serveEcs(world);
});
afterAll(() => served.close());

type Made<Client> = new (config: never) => Client;
/** Under Node's ES modules the default export of such a CommonJS package is the module itself; test runners unwrap it. */
function clientOf<Client>(module: { readonly default: { readonly default: Made<Client> } }) {
  const Class = module.default.default ?? (module.default as unknown as Made<Client>);
  const config = { ...KEY, endpoint: `127.0.0.1:${served.port}`, protocol: 'HTTP', regionId: REGION };
  return new Class(new $OpenApiUtil.Config(config) as never);
}

test('Cloud Assistant and the release time: a command, its result and a later end as its client reads and writes them', async () => {
  const client = clientOf(ecs);
  const launched = world.call(REGION, 'RunInstances', {
    ...{ InstanceType: 'ecs.c8y.large', ZoneId: `${REGION}-h`, VSwitchId: `vsw-${REGION}-h`, Amount: '1' },
    ...{ SecurityGroupId: `sg-${REGION}`, ImageFamily: 'acs:ubuntu_24_04_arm64', ClientToken: 'one' },
    ...{ 'SystemDisk.Category': 'cloud_essd', 'SystemDisk.Size': '40' },
  }) as { InstanceIdSets: { InstanceIdSet: string[] } };
  const instanceId = launched.InstanceIdSets.InstanceIdSet[0] ?? '';
  await clock.runUntil(clock.nowMs() + 60_000);
  const autoReleaseTime = `${new Date(Date.now() + 7_200_000).toISOString().slice(0, 16)}:00Z`;
  await client.modifyInstanceAutoReleaseTime(
    new ecs.ModifyInstanceAutoReleaseTimeRequest({ regionId: REGION, instanceId, autoReleaseTime }),
  );
  expect(world.alive()[0]?.releaseAtMs).toBe(Date.parse(autoReleaseTime));
  const ran = await client.runCommand(
    new ecs.RunCommandRequest({
      ...{ regionId: REGION, type: 'RunShellScript', instanceId: [instanceId], contentEncoding: 'Base64' },
      commandContent: Buffer.from('true').toString('base64'),
    }),
  );
  await clock.runUntil(clock.nowMs() + 10_000);
  const { invokeId = '' } = ran.body ?? {};
  const results = await client.describeInvocationResults(
    new ecs.DescribeInvocationResultsRequest({ regionId: REGION, invokeId }),
  );
  expect(results.body?.invocation?.invocationResults?.invocationResult).toMatchObject([
    {
      ...{ instanceId, invocationStatus: 'Success', exitCode: 0 },
      output: Buffer.from('told: true').toString('base64'),
    },
  ]);
  const agent = await client.describeCloudAssistantStatus(
    new ecs.DescribeCloudAssistantStatusRequest({ regionId: REGION, instanceId: [instanceId] }),
  );
  expect(agent.body?.instanceCloudAssistantStatusSet?.instanceCloudAssistantStatus).toMatchObject([
    { instanceId, cloudAssistantStatus: 'true', supportSessionManager: true },
  ]);
  const session = await client.startTerminalSession(
    new ecs.StartTerminalSessionRequest({ regionId: REGION, instanceId: [instanceId] }),
  );
  const { sessionId, securityToken, webSocketUrl } = session.body ?? {};
  expect(webSocketUrl).toBe(
    `ws://127.0.0.1:${served.port}/session?sessionId=${sessionId}&token=${securityToken}`,
  );
});
