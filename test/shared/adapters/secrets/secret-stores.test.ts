import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AccessKey } from '../../../../shared/adapters/alibaba/acs3.ts';
import { AlibabaRefusal, alibabaCaller } from '../../../../shared/adapters/alibaba/call.ts';
import { alibabaSecrets } from '../../../../shared/adapters/secrets/stores.ts';
import { type Answer, type Asked, signedServer } from './signed.ts';

const KEY: AccessKey = { accessKeyId: 'STS.one', accessKeySecret: 'shh', securityToken: 'token' };
let server: Awaited<ReturnType<typeof signedServer>>;
let asked: Asked[] = [];
let answer: Answer;

beforeAll(async () => {
  const secretOf = (id: string) => (id === KEY.accessKeyId ? KEY.accessKeySecret : undefined);
  server = await signedServer(secretOf, (request) => {
    asked.push(request);
    return answer;
  });
});
beforeEach(() => {
  asked = [];
});
afterAll(() => server.close());

const storesWith = (key: AccessKey) =>
  alibabaSecrets({
    region: 'cn-hongkong',
    call: alibabaCaller(() => key),
    kmsEndpoint: server.url,
    oosEndpoint: server.url,
  });

test('KMS is asked for the current value of a secret, signed', async () => {
  answer = { status: 200, body: { SecretName: 'ci/key', SecretData: 'pem', RequestId: 'r' } };
  expect(await storesWith(KEY).fetchKms('ci/key')).toBe('pem');
  expect(asked).toMatchObject([
    { action: 'GetSecretValue', version: '2016-01-20', query: { SecretName: 'ci/key' } },
  ]);
});

test('OOS is asked to decrypt a parameter, signed', async () => {
  answer = {
    status: 200,
    body: { Parameter: { Name: 'hook', Value: 's3', Type: 'Secret' }, RequestId: 'r' },
  };
  expect(await storesWith(KEY).fetchOos('hook')).toBe('s3');
  expect(asked).toMatchObject([
    { action: 'GetSecretParameter', version: '2019-06-01', query: { Name: 'hook', WithDecryption: 'true' } },
  ]);
});

test('a refusal carries the code of the service', async () => {
  answer = { status: 403, body: { Code: 'Forbidden.KeyNotFound', Message: 'no', RequestId: 'r' } };
  const refused = await storesWith(KEY)
    .fetchKms('x')
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(AlibabaRefusal);
  expect(refused).toMatchObject({ code: 'Forbidden.KeyNotFound', statusCode: 403 });
});

test('a refusal shows nothing of what was sent or said', async () => {
  answer = { status: 403, body: { Code: 'SignatureDoesNotMatch', Message: 'string to sign is hunter2' } };
  const refused = await storesWith(KEY)
    .fetchKms('hunter2')
    .catch((error: unknown) => error);
  expect(JSON.stringify(refused) + String(refused) + String((refused as Error).cause)).not.toContain(
    'hunter2',
  );
});

test('no answer is told as such', async () => {
  const gone = alibabaSecrets({
    region: 'cn-hongkong',
    call: alibabaCaller(() => KEY),
    kmsEndpoint: 'http://127.0.0.1:9',
  });
  await expect(gone.fetchKms('x')).rejects.toThrow('GetSecretValue got no answer from 127.0.0.1:9');
});

test('a wrong secret key is refused by the signature', async () => {
  await expect(storesWith({ ...KEY, accessKeySecret: 'other' }).fetchKms('x')).rejects.toMatchObject({
    code: 'SignatureDoesNotMatch',
  });
  expect(asked).toEqual([]);
});

test('an answer of another shape is an error that shows nothing of it', async () => {
  answer = { status: 200, body: { Parameter: { Values: 'hunter2' } } };
  await expect(storesWith(KEY).fetchOos('x')).rejects.toThrow(/^the answer has no Value$/);
});
