import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ecsCall } from '../../../shared/adapters/ecs/call.ts';
import type { Credential } from '../../../simulator/accounts.ts';
import { rpcSignature, serveEcs, type Wire } from '../../../simulator/ecs/index.ts';
import { verify } from '../../../simulator/ecs/signature.ts';
import { account, REGION, START_MS } from '../../shared/adapters/ecs/fixture.ts';

/** Alibaba Cloud docs, "Signature" of the RPC style: the worked example. */
const RPC_EXAMPLE = {
  AccessKeyId: 'testid',
  Action: 'DescribeRegions',
  Format: 'XML',
  SignatureMethod: 'HMAC-SHA1',
  SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
  SignatureVersion: '1.0',
  Timestamp: '2016-02-23T12:46:24Z',
  Version: '2014-05-26',
};

test('the documented RPC example has the documented signature', () => {
  expect(rpcSignature('GET', Object.entries(RPC_EXAMPLE), 'testsecret')).toBe('OLeaidS1JvxuMvnyHOwuJ+uX5qY=');
});

/** Alibaba Cloud docs, "Request syntax and signature method V3": the worked example. */
const V3_EXAMPLE = {
  method: 'POST',
  path: '/',
  query: [
    ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
    ['RegionId', 'cn-shanghai'],
  ] as const,
  form: [],
  body: Buffer.alloc(0),
  headers: {
    host: 'ecs.cn-shanghai.aliyuncs.com',
    'x-acs-action': 'RunInstances',
    'x-acs-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'x-acs-date': '2023-10-26T10:22:32Z',
    'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
    'x-acs-version': '2014-05-26',
    authorization:
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  },
};
const example = (id: string) => (id === 'YourAccessKeyId' ? { secret: 'YourAccessKeySecret' } : null);

describe('the documented V3 example', () => {
  test('is verified', () => {
    expect(verify(V3_EXAMPLE, example, START_MS)).toMatchObject({
      action: 'RunInstances',
      nonce: '3156853299f313e23d1673dc12e1703d',
      params: { RegionId: 'cn-shanghai' },
    });
  });

  const { headers } = V3_EXAMPLE;
  // biome-ignore format: a table reads best as a table.
  const changes: [what: string, change: Partial<typeof V3_EXAMPLE> | object, code: string][] = [
    ['a changed parameter', { query: [['RegionId', 'cn-beijing']] }, 'SignatureDoesNotMatch'],
    ['a further parameter', { query: [...V3_EXAMPLE.query, ['Amount', '100']] }, 'SignatureDoesNotMatch'],
    ['a changed action', { headers: { ...headers, 'x-acs-action': 'DeleteInstances' } }, 'SignatureDoesNotMatch'],
    ['another host', { headers: { ...headers, host: 'evil.example' } }, 'SignatureDoesNotMatch'],
    ['a body that was not signed', { body: Buffer.from('Amount=100') }, 'SignatureDoesNotMatch'],
    ['an unsigned x-acs header', { headers: { ...headers, 'x-acs-security-token': 'x' } }, 'IncompleteSignature'],
    ['half a signature', { headers: { ...headers, authorization: headers.authorization.slice(0, -1) } }, 'IncompleteSignature'],
    ['another method', { method: 'GET' }, 'SignatureDoesNotMatch'],
  ];
  test.each(changes)('is refused with %s', (_what, change, code) => {
    const changed = { ...V3_EXAMPLE, ...change };
    expect(() => verify(changed, example, START_MS)).toThrow(expect.objectContaining({ code }));
  });
});

describe('over the wire', () => {
  const keys = new Map<string, Credential>([
    ['LTAIplain', { secret: 'plain-secret' }],
    ['STS.good', { secret: 'sts-secret', securityToken: 'the-token', expiresAtMs: START_MS + 1000 }],
    ['LTAIreader', { secret: 'reader-secret', mayDo: (action) => action !== 'ecs:RunInstances' }],
  ]);
  let wire: Wire;
  let ecs: ReturnType<typeof account>['ecs'];
  let clock: ReturnType<typeof account>['clock'];
  beforeEach(async () => {
    ({ ecs, clock } = account({ credentials: (id) => keys.get(id) ?? null }));
    wire = await serveEcs(ecs);
  });
  afterEach(() => wire.close());

  const asking = (accessKeyId: string, accessKeySecret: string, securityToken: string | null = null) =>
    ecsCall({
      credentials: async () => ({ accessKeyId, accessKeySecret, securityToken }),
      endpointOf: () => `127.0.0.1:${wire.port}`,
      protocol: 'HTTP',
    })(REGION, 'DescribeInstances', { 'Tag.1.Key': "it's (a) k*y!~", 'Tag.1.Value': 'ä & 1+1=2/%' });

  test('a key, and a temporary one with its token, may ask', async () => {
    await expect(asking('LTAIplain', 'plain-secret')).resolves.toMatchObject({ TotalCount: 0 });
    await expect(asking('STS.good', 'sts-secret', 'the-token')).resolves.toMatchObject({ TotalCount: 0 });
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['an unknown key',               ['LTAInobody', 'x', null],                     404, 'InvalidAccessKeyId.NotFound'],
    ['a wrong secret',               ['LTAIplain', 'wrong', null],                  400, 'SignatureDoesNotMatch'],
    ['a temporary key without token', ['STS.good', 'sts-secret', null],             403, 'InvalidSecurityToken.Malformed'],
    ['a temporary key, wrong token', ['STS.good', 'sts-secret', 'another-token'],   403, 'InvalidSecurityToken.Malformed'],
  ] as const)('%s is refused', async (_what, [id, secret, token], status, code) => {
    await expect(asking(id, secret, token)).rejects.toMatchObject({ code, status });
  });

  test('a temporary key ends', async () => {
    await clock.runUntil(START_MS + 1000);
    const late = asking('STS.good', 'sts-secret', 'the-token');
    await expect(late).rejects.toMatchObject({ code: 'InvalidSecurityToken.Expired', status: 403 });
  });

  test('what the policy does not allow is Forbidden.RAM, and the rest works', async () => {
    const credentials = async () => ({ accessKeyId: 'LTAIreader', accessKeySecret: 'reader-secret' });
    const call = ecsCall({ credentials, endpointOf: () => `127.0.0.1:${wire.port}`, protocol: 'HTTP' });
    await expect(call(REGION, 'RunInstances', {})).rejects.toMatchObject({
      code: 'Forbidden.RAM',
      status: 403,
    });
    await expect(call(REGION, 'DescribeInstances', {})).resolves.toMatchObject({ TotalCount: 0 });
  });

  let nonces = 0;
  const rpc = (
    change: Record<string, string> = {},
    secret = 'plain-secret',
    method = 'GET',
  ): [string, RequestInit] => {
    const params: Record<string, string> = {
      ...RPC_EXAMPLE,
      AccessKeyId: 'LTAIplain',
      Action: 'DescribeInstances',
      Format: 'JSON',
      RegionId: REGION,
      SignatureNonce: `n${++nonces}`,
      SignatureType: '',
      Timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
      'Tag.1.Key': 'k a*~',
      ...change,
    };
    const pairs = Object.entries(params);
    const signed = new URLSearchParams([...pairs, ['Signature', rpcSignature(method, pairs, secret)]]);
    const url = `http://127.0.0.1:${wire.port}/`;
    return method === 'GET' ? [`${url}?${signed}`, {}] : [url, { method, body: signed }];
  };
  const codeOf = async ([url, request]: [string, RequestInit]) => {
    const reply = await fetch(url, request);
    return [reply.status, ((await reply.json()) as { Code?: string }).Code];
  };

  test('the older signature is taken too, in the query and as a form', async () => {
    expect(await codeOf(rpc())).toEqual([200, undefined]);
    expect(await codeOf(rpc({}, 'plain-secret', 'POST'))).toEqual([200, undefined]);
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['a wrong secret',        () => rpc({}, 'wrong'),                                   400, 'SignatureDoesNotMatch'],
    ['an old timestamp',      () => rpc({ Timestamp: '2016-02-23T12:46:24Z' }),         400, 'InvalidTimeStamp.Expired'],
    ['a timestamp of no form', () => rpc({ Timestamp: 'yesterday' }),                   400, 'InvalidTimeStamp.Format'],
    ['another version',       () => rpc({ Version: '2016-04-28' }),                     404, 'InvalidVersion.NotFound'],
    ['an unknown action',     () => rpc({ Action: 'DoWhatIMean' }),                     404, 'InvalidAction.NotFound'],
    ['an unknown region',     () => rpc({ RegionId: 'cn-atlantis' }),                   404, 'InvalidRegionId.NotFound'],
    ['another method of signing', () => rpc({ SignatureMethod: 'HMAC-MD5' }),           400, 'IncompleteSignature'],
  ])('%s is refused', async (_what, request, status, code) => {
    expect(await codeOf(request())).toEqual([status, code]);
  });

  test('nothing is done twice: a nonce is good for once', async () => {
    const request = rpc();
    expect(await codeOf(request)).toEqual([200, undefined]);
    expect(await codeOf(request)).toEqual([400, 'SignatureNonceUsed']);
  });

  test('a request without any signature is refused', async () => {
    const url = `http://127.0.0.1:${wire.port}/?Action=DescribeInstances&RegionId=${REGION}`;
    expect(await codeOf([url, {}])).toEqual([400, 'MissingParameter']);
  });
});
