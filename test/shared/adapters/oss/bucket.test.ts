import { afterEach, beforeEach, expect, test } from 'vitest';
import { ossBucket } from '../../../../shared/adapters/oss/bucket.ts';
import { createOss, type Oss, type ServedOss, serveOss } from '../../../../simulator/oss/index.ts';

const VPC_ONLY = {
  Version: '1',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['oss:GetObject'],
      Principal: ['*'],
      Resource: ['acs:oss:*:*:runners/*'],
      Condition: { StringEquals: { 'acs:SourceVpc': ['vpc-ours'] } },
    },
  ],
};

let oss: Oss;
let served: ServedOss;
let vpc: string | null = null;
let isReader = false;
beforeEach(async () => {
  vpc = null;
  isReader = false;
  oss = createOss({
    clock: { nowMs: () => Date.now(), after: () => () => {} },
    credentials: (id) =>
      id === 'LTAI' ? { secret: 'right', mayDo: (action) => !isReader || action === 'oss:GetObject' } : null,
    vpcOf: () => vpc,
  });
  oss.put(oss.addBucket('runners', 'cn-hangzhou', VPC_ONLY), 'a/b.tar.gz', Buffer.from('archive'));
  served = await serveOss(oss, 'internal');
});
afterEach(() => served.close());

const get = () => fetch(`http://127.0.0.1:${served.port}/runners/a/b.tar.gz`);
const bucketAs = (accessKeyId: string, accessKeySecret: string, region = 'cn-hangzhou') =>
  ossBucket({
    bucket: 'runners',
    region,
    endpoint: `http://127.0.0.1:${served.port}`,
    accessKey: () => ({ accessKeyId, accessKeySecret, securityToken: null }),
  });
const bytes = async function* (...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
};

test('an instance in the named VPC reads without a key, and nobody else does', async () => {
  expect((await get()).status).toBe(403);
  vpc = 'vpc-other';
  expect((await get()).status).toBe(403);
  vpc = 'vpc-ours';
  expect(await (await get()).text()).toBe('archive');
});

test('the VPC may read and not write', async () => {
  vpc = 'vpc-ours';
  const url = `http://127.0.0.1:${served.port}/runners/a/b.tar.gz`;
  expect((await fetch(url, { method: 'PUT', body: 'mine' })).status).toBe(403);
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
});

test('the official client stores, finds and removes an object', async () => {
  const bucket = bucketAs('LTAI', 'right');
  await bucket.put('c.tar.gz', bytes('one', 'two'), 6);
  expect(await bucket.sizeBytesOf('c.tar.gz')).toBe(6);
  await bucket.remove('c.tar.gz');
  await bucket.remove('c.tar.gz');
  expect(await bucket.sizeBytesOf('c.tar.gz')).toBeNull();
});

test('an upload whose source breaks makes no object, and the reason is told', async () => {
  const breaking = async function* () {
    yield Buffer.from('half');
    throw new Error('the source broke');
  };
  await expect(bucketAs('LTAI', 'right').put('c.tar.gz', breaking(), 400)).rejects.toThrow(
    'the source broke',
  );
  expect(oss.bucket('runners').objects.has('c.tar.gz')).toBe(false);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['an unknown key',           () => bucketAs('LTAI-other', 'right'), 'InvalidAccessKeyId'],
  ['a wrong secret',           () => bucketAs('LTAI', 'wrong'), 'SignatureDoesNotMatch'],
  ['a signature for elsewhere', () => bucketAs('LTAI', 'right', 'cn-shanghai'), 'InvalidArgument'],
  ['a key that may only read', () => { isReader = true; return bucketAs('LTAI', 'right'); }, 'AccessDenied'],
])('%s is refused', async (_who, bucket, code) => {
  await expect(bucket().put('c.tar.gz', bytes('one'), 3)).rejects.toThrow(code);
});

test('the public endpoint of a mainland bucket refuses objects, and the error says so, though a HEAD has no body', async () => {
  const open = await serveOss(oss, 'public');
  const place = { bucket: 'runners', endpoint: `http://127.0.0.1:${open.port}` };
  const accessKey = () => ({ accessKeyId: 'LTAI', accessKeySecret: 'right', securityToken: null });
  const mainland = ossBucket({ ...place, region: 'cn-hangzhou', accessKey });
  const says = /PublicEndpointForbidden: accounts .* runners there fetch from GitHub/;
  await expect(mainland.sizeBytesOf('a/b.tar.gz')).rejects.toThrow(says);
  await expect(mainland.put('c', bytes('x'), 1)).rejects.toThrow(says);
  await expect(mainland.remove('c')).rejects.toThrow(says);
  oss.addBucket('elsewhere', 'cn-hongkong');
  const hongKong = ossBucket({ ...place, bucket: 'elsewhere', region: 'cn-hongkong', accessKey });
  expect(await hongKong.sizeBytesOf('a')).toBeNull();
  await open.close();
});
