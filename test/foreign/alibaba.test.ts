/** Alibaba's own clients, which nobody here wrote, against the faces that we play. */
import * as fc from '@alicloud/fc20230330';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import RPCClient from '@alicloud/pop-core';
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
let ecs: Wire;
let management: ServedManagement;
const state = createManagement('1234567890123456');

beforeAll(async () => {
  const clock = new VirtualClock(Date.now());
  const account = createAccount(state.accountId, REGION);
  account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret });
  const common = { clock, random: seeded(3), credentials: account.find, soldOut: 0 };
  ecs = await serveEcs(createEcs(common));
  management = await serveManagement({ state, credentials: account.find, nowMs: Date.now });
  state.secrets.set('ci-key', 'the text');
  state.functions.set('ci-reaper', {
    ...{ description: '0.1.0 abc', role: 'r', timeout: 300, memorySize: 512, code: Buffer.from('code') },
    ...{ environmentVariables: { A: 'b' }, onFailure: null, versions: [] },
    triggers: [{ name: 'timer', type: 'timer', config: { enable: true }, url: null }],
  });
});
afterAll(() => Promise.all([ecs.close(), management.close()]));

describe.each(['GET', 'POST'])('pop-core by %s', (method) => {
  const ask = (words: object, key: object = {}, action = 'DescribeInstances') =>
    new RPCClient({
      ...KEY,
      ...key,
      endpoint: `http://127.0.0.1:${ecs.port}`,
      apiVersion: '2014-05-26',
    }).request<Record<string, unknown>>(action, { RegionId: REGION, ...words }, { method });

  test('is understood, whatever is in a value', async () => {
    const words = { 'Tag.1.Key': "a b*'()!~", 'Tag.1.Value': 'ü&=+%/?', MaxResults: 100 };
    expect(await ask(words)).toMatchObject({ Instances: { Instance: [] } });
  });

  test('is refused by the code of the service: another secret, another key, another action', async () => {
    await expect(ask({}, { accessKeySecret: 'other' })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
    await expect(ask({}, { accessKeyId: 'nobody' })).rejects.toMatchObject({
      code: 'InvalidAccessKeyId.NotFound',
    });
    await expect(ask({}, {}, 'NoSuchAction')).rejects.toMatchObject({ code: 'InvalidAction.NotFound' });
  });

  test('reads a secret of KMS', async () => {
    const kms = new RPCClient({ ...KEY, endpoint: management.endpoint, apiVersion: '2016-01-20' });
    const answer = await kms.request('GetSecretValue', { SecretName: 'ci-key' }, { method });
    expect(answer).toMatchObject({ SecretName: 'ci-key', SecretData: 'the text' });
    const other = new RPCClient({
      ...KEY,
      accessKeySecret: 'x',
      endpoint: management.endpoint,
      apiVersion: '2016-01-20',
    });
    await expect(other.request('GetSecretValue', { SecretName: 'ci-key' }, { method })).rejects.toMatchObject(
      {
        code: 'SignatureDoesNotMatch',
      },
    );
  });
});

type FcClient = typeof fc.default.default;
/** Under Node's ES modules the default export of this CommonJS package is the module itself; test runners unwrap it. */
const Client: FcClient = fc.default.default ?? (fc.default as unknown as FcClient);

describe("Function Compute's own client", () => {
  const client = () => {
    const endpoint = management.endpoint.replace('http://', '');
    const config = new $OpenApiUtil.Config({ ...KEY, endpoint, protocol: 'HTTP', regionId: REGION });
    return new Client(config as never);
  };

  test('finds in an answer what it looks for', async () => {
    const { body } = await client().getFunction('ci-reaper', new fc.GetFunctionRequest({}));
    expect(body).toMatchObject({
      ...{ functionName: 'ci-reaper', description: '0.1.0 abc', timeout: 300, memorySize: 512 },
      ...{ runtime: 'nodejs20', environmentVariables: { A: 'b' } },
    });
    const triggers = await client().listTriggers('ci-reaper', new fc.ListTriggersRequest({}));
    expect(triggers.body?.triggers?.[0]).toMatchObject({ triggerName: 'timer', triggerType: 'timer' });
  });

  test('is told that there is none', async () => {
    await expect(client().getFunction('nothing', new fc.GetFunctionRequest({}))).rejects.toMatchObject({
      statusCode: 404,
      code: 'FunctionNotFound',
    });
  });
});
