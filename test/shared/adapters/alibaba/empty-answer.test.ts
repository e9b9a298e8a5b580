/** What an answer without a body, or without a code, means: a deletion was done; anything else was told nothing. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alibabaCaller } from '../../../../shared/adapters/alibaba/call.ts';

const KEY = { accessKeyId: 'LTAIoperator', accessKeySecret: 'shh', securityToken: null };
let server: Server;
let next = { status: 204, body: '' };
beforeAll(async () => {
  server = createServer((asked, answer) => {
    asked.resume().on('end', () => answer.writeHead(next.status).end(next.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const ask = (action: string, method: string | null) =>
  alibabaCaller(() => KEY)({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ action, version: '2023-03-30' },
    ...(method === null ? {} : { roa: { method, path: '/2023-03-30/functions/ci-mirror' } }),
  });

test.each([
  ['DeleteFunction', 'DELETE', 204, ''],
  ['DeleteTrigger', 'DELETE', 200, ''],
])('%s answered %s %i %j is done', async (action, method, status, body) => {
  next = { status, body };
  expect(await ask(action, method)).toEqual({});
});

test.each([
  ['RunInstances', null, 200, ''],
  ['UpdateFunction', 'PUT', 200, ''],
  ['PublishFunctionVersion', 'POST', 200, ''],
  ['GetFunction', 'GET', 204, ''],
  ['DeleteFunction', 'DELETE', 200, '<html>a proxy’s own page</html>'],
  ['DeleteFunction', 'DELETE', 302, ''],
  ['DeleteFunction', 'DELETE', 500, ''],
  ['GetFunction', 'GET', 404, '{"message":"no such page here"}'],
  ['GetRole', null, 403, '{"error":"a proxy wants a password"}'],
] as const)('%s answered %s %i %j is not known to be done', async (action, method, status, body) => {
  next = { status, body };
  await expect(ask(action, method)).rejects.toThrow(`${action} got no answer`);
});

// Function Compute's own three spellings, and RPC's.
test.each(['Code', 'code', 'ErrorCode', 'errorCode'])('a refusal that says %s is one', async (spelling) => {
  next = { status: 403, body: JSON.stringify({ [spelling]: 'AccessDenied' }) };
  await expect(ask('InvokeFunction', 'POST')).rejects.toThrow('InvokeFunction was refused: 403 AccessDenied');
});
