import { expect, test } from 'vitest';
import type { Context } from '../../../simulator/function-compute/index.ts';
import { type FcWorld, worldOf } from './world.ts';

type Answer = (event: Record<string, unknown>, context: Context) => unknown;

function withUrl(
  answer: Answer,
): FcWorld & { post(change?: object): Promise<{ status: number; text: string }> } {
  const world = worldOf([
    {
      http: { methods: ['POST'] },
      body: async (bytes, context) => answer(JSON.parse(bytes.toString()), context),
    },
    { body: async () => null },
  ]);
  return {
    ...world,
    async post(change = {}) {
      const request = { method: 'POST', url: '/', headers: {}, body: Buffer.alloc(0), ...change };
      const replied = world.fc.requestHttp('f0', request);
      await world.pass(20_000);
      const { status, body } = await replied;
      return { status, text: body.toString() };
    },
  };
}

const struct = { statusCode: 201, headers: { 'X-Own': '1' }, isBase64Encoded: false, body: 'well' };

test('a request becomes the documented event, its header names in Go’s case', async () => {
  let seen: Record<string, unknown> = {};
  const { post } = withUrl((event) => {
    seen = event;
    return struct;
  });
  const headers = {
    'x-github-event': 'ping',
    'X-HUB-SIGNATURE-256': 'sha256=0',
    'user-agent': 'GitHub-Hookshot/1',
  };
  expect(await post({ url: '/a%20b?x=1&y=2', headers, body: Buffer.from('hi') })).toEqual({
    status: 201,
    text: 'well',
  });
  expect(seen).toMatchObject({
    version: 'v1',
    rawPath: '/a%20b',
    headers: { 'X-Github-Event': 'ping', 'X-Hub-Signature-256': 'sha256=0' },
    queryParameters: { x: '1', y: '2' },
    requestContext: {
      accountId: '1234567890123456',
      http: { method: 'POST', path: '/a b', protocol: 'HTTP/1.1', userAgent: 'GitHub-Hookshot/1' },
      timeEpoch: expect.stringMatching(/^\d{13}$/),
    },
  });
});

test('text comes as text or as base64, what is not text always as base64, and each byte arrives', async () => {
  const got: { text: string; isBase64Encoded: unknown }[] = [];
  const { post } = withUrl(({ body, isBase64Encoded }) => {
    got.push({
      text: Buffer.from(String(body), isBase64Encoded ? 'base64' : 'utf8').toString('latin1'),
      isBase64Encoded,
    });
    return struct;
  });
  for (let n = 0; n < 10; n++) await post({ body: Buffer.from('plain') });
  expect(new Set(got.map(({ isBase64Encoded }) => isBase64Encoded))).toEqual(new Set([true, false]));
  expect(new Set(got.map(({ text }) => text))).toEqual(new Set(['plain']));
  got.length = 0;
  for (let n = 0; n < 5; n++) await post({ body: Buffer.from([0xff, 0xfe, 0]) });
  expect(new Set(got.map(({ text, isBase64Encoded }) => `${text}${isBase64Encoded}`))).toEqual(
    new Set(['ÿþ\0true']),
  );
});

const fail = () => {
  throw new Error('no');
};

// biome-ignore format: a table reads best as a table.
test.each<[name: string, answer: Answer, change: object, status: number]>([
  ['another method than the trigger’s is refused',     () => struct,                          { method: 'GET' },                            405],
  ['a request over 32 MB is refused',                  () => struct,                          { body: Buffer.alloc(33 * 1024 * 1024, 'x') }, 413],
  ['a function that fails is a bad gateway',           fail,                                  {},                                           502],
  ['an answer that is not the struct is one, too',     () => 'well',                          {},                                           502],
  ['so is a struct with a field missing',              () => ({ statusCode: 200, body: '' }), {},                                           502],
  ['a function that takes too long is one',            () => new Promise(() => 0),            {},                                           502],
])('%s', async (_name, answer, change, status) => {
  expect((await withUrl(answer).post(change)).status).toBe(status);
});

test('whoever may call the URL may have it invoked asynchronously', async () => {
  let runs = 0;
  const { post } = withUrl(() => {
    runs++;
    return struct;
  });
  expect(await post({ headers: { 'x-fc-invocation-type': 'Async' } })).toEqual({ status: 202, text: '' });
  expect(runs).toBe(1);
});

test('without a free instance the caller is told so', async () => {
  const world = worldOf([{ http: { methods: ['POST'] }, concurrency: 0, body: async () => struct }]);
  const reply = await world.fc.requestHttp('f0', {
    method: 'POST',
    url: '/',
    headers: {},
    body: Buffer.alloc(0),
  });
  expect(reply.status).toBe(429);
});
