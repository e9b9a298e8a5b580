/** The least program that puts a runner under a job: entry, registration, instance, entry; nothing is safe in it. */
import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { putRow } from './row.ts';
import { acs3, type Key, post, queryOf } from './send.ts';

const {
  ECS_ENDPOINT = '',
  GITHUB_API = '',
  GITHUB_APP_ID = '',
  OOS_ENDPOINT = '',
  FC_REGION = '',
} = process.env;
const name = (process.env.GITHUB_PRIVATE_KEY ?? '').slice('oos:'.length);
let token: string | null = null;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwtOf(key: KeyObject): string {
  const nowS = Math.floor(Date.now() / 1000);
  const claims = { iat: nowS - 60, exp: nowS + 480, iss: GITHUB_APP_ID, jti: randomUUID() };
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

async function gitHub(path: string, authorization: string, body: object) {
  const headers = { authorization, accept: 'application/vnd.github+json', 'user-agent': 'floor' };
  const answer = await post(new URL(`${GITHUB_API}/api/v3${path}`), headers, JSON.stringify(body));
  if (answer.status !== 201) throw new Error(`GitHub: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body.toString());
}

async function call(key: Key, url: URL, action: string, version: string) {
  const answer = await post(url, acs3(key, { url, action, version, body: '' }), '');
  if (answer.status !== 200) throw new Error(`${action}: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body.toString());
}

async function tokenFor(key: Key, installation: number): Promise<string> {
  const query = queryOf({ Name: name, RegionId: FC_REGION, WithDecryption: 'true' });
  const url = new URL(`/?${query}`, OOS_ENDPOINT);
  const { Parameter } = await call(key, url, 'GetSecretParameter', '2019-06-01');
  const jwt = jwtOf(createPrivateKey(Parameter.Value));
  const path = `/app/installations/${installation}/access_tokens`;
  const permissions = { organization_self_hosted_runners: 'write' };
  return (await gitHub(path, `Bearer ${jwt}`, { permissions })).token;
}

export async function handler(
  event: Buffer,
  { credentials }: { readonly credentials: Key },
): Promise<string> {
  const { job } = JSON.parse(event.toString());
  const runner = `ci-runner-arm64-spot-${job.id}-1`;
  const columns = { state: 'launching', body: JSON.stringify({ job, runner, state: 'launching' }) };
  await putRow(credentials, 'ledger', ['floor', runner], columns);
  token ??= await tokenFor(credentials, job.installationId);
  const minted = await gitHub('/orgs/acme/actions/runners/generate-jitconfig', `token ${token}`, {
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
