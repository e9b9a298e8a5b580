/** The least program that puts a runner under a job: entry, registration, instance, entry; nothing is safe in it. */
import { appKey, call, gitHub, tokenFor } from './app-token.ts';
import { putRow } from './row.ts';
import { type Key, queryOf } from './send.ts';

const { ECS_ENDPOINT = '' } = process.env;
let token: string | null = null;

export async function handler(
  event: Buffer,
  { credentials }: { readonly credentials: Key },
): Promise<string> {
  const { job } = JSON.parse(event.toString());
  const runner = `ci-runner-arm64-spot-${job.id}-1`;
  const columns = { state: 'launching', body: JSON.stringify({ job, runner, state: 'launching' }) };
  await putRow(credentials, 'ledger', ['floor', runner], columns);
  token ??= await tokenFor(await appKey(credentials), job.installationId);
  const minted = await gitHub('POST', '/orgs/acme/actions/runners/generate-jitconfig', `token ${token}`, {
    name: runner,
    labels: job.labels,
    runner_group_id: Number(process.env.FLOOR_GROUP),
  });
  const userData = Buffer.from(`#!/bin/bash\n./run.sh --jitconfig ${minted.encoded_jit_config}\n`);
  const query = queryOf({
    Amount: '1',
    AutoReleaseTime: `${new Date(Date.now() + 24_000_000).toISOString().slice(0, 16)}:00Z`,
    ClientToken: runner,
    HttpEndpoint: 'enabled',
    HttpTokens: 'required',
    ImageFamily: 'acs:ubuntu_24_04_x64',
    InstanceChargeType: 'PostPaid',
    InstanceName: runner,
    InstanceType: 'ecs.c7.2xlarge',
    RegionId: 'cn-hangzhou',
    SecurityGroupId: 'sg-cn-hangzhou',
    SpotStrategy: 'SpotAsPriceGo',
    'SystemDisk.Category': 'cloud_essd',
    'SystemDisk.PerformanceLevel': 'PL1',
    'SystemDisk.Size': '40',
    'Tag.1.Key': 'ci-runner-name',
    'Tag.1.Value': runner,
    UserData: userData.toString('base64'),
    VSwitchId: process.env.FLOOR_VSWITCH ?? '',
  });
  const run = await call(credentials, new URL(`/?${query}`, ECS_ENDPOINT), 'RunInstances', '2014-05-26');
  const [instanceId] = run.InstanceIdSets.InstanceIdSet;
  await putRow(credentials, 'ledger', ['floor', runner], {
    ...{ state: 'booting', body: JSON.stringify({ job, runner, instanceId, state: 'booting' }) },
  });
  return 'booting';
}
