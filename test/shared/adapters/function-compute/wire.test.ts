/** What the simulated gateway refuses, tried with requests that the official clients really sent, and then changed. */
import { createServer, type IncomingHttpHeaders, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { FcSignature } from '../../../../shared/adapters/function-compute/invoker.ts';
import { fcQueue } from '../../../../shared/adapters/function-compute/queue.ts';
import { closers, EVENT, KEY, open } from './queue-fixture.ts';

interface Sent {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** One real request of a client, as it was on the wire. */
async function recorded(signature: FcSignature): Promise<Sent> {
  let sent: Sent | undefined;
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    sent = { path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks) };
    response.writeHead(202).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closers.push(() => server.close());
  const port = (server.address() as AddressInfo).port;
  await fcQueue({
    endpoint: `http://127.0.0.1:${port}`,
    accountId: '1234567890123456',
    region: 'cn-hongkong',
    signature,
    launcher: 'ci-launcher',
    reaper: 'ci-reaper',
    credentials: () => KEY,
    log: () => undefined,
  }).launch(EVENT);
  server.closeAllConnections();
  if (sent === undefined) throw new Error('nothing was sent');
  return sent;
}

function post(endpoint: string, { path, headers, body }: Sent): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(endpoint);
  const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...rest } = headers;
  return new Promise((resolve, reject) => {
    const options = {
      hostname,
      port,
      path,
      method: 'POST',
      headers: { ...rest, 'content-length': body.length },
    };
    const outgoing = send(options, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, text });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

type Change = (sent: Sent) => void;
const header =
  (name: string, value: string | undefined): Change =>
  ({ headers }) => {
    if (value === undefined) delete headers[name];
    else headers[name] = value;
  };

// biome-ignore format: a table reads best as a table.
const changes: Record<FcSignature, [name: string, change: Change, status: number, code: string][]> = {
  fc: [
    ['nothing changed',           () => undefined,                                                   202, ''],
    ['no signature',              header('authorization', undefined),                                400, 'MissingRequiredHeader'],
    ['a scheme of its own',       header('authorization', 'Basic eDp5'),                             400, 'MissingRequiredHeader'],
    ['another body',              (sent) => { sent.body = Buffer.from('{}'); },                      400, 'InvalidArgument'],
    ['another body and its hash', (sent) => { sent.body = Buffer.from('{}'); delete sent.headers['content-md5']; }, 403, 'SignatureNotMatch'],
    ['another function',          (sent) => { sent.path = sent.path.replace('launcher', 'reaper'); }, 403, 'SignatureNotMatch'],
    ['made synchronous',          header('x-fc-invocation-type', 'Sync'),                            403, 'SignatureNotMatch'],
    ['an hour old',               header('date', new Date(Date.now() - 3_600_000).toUTCString()),    403, 'RequestTimeTooSkewed'],
    ['no date',                   header('date', undefined),                                         400, 'MissingRequiredHeader'],
  ],
  acs3: [
    ['nothing changed',           () => undefined,                                                   202, ''],
    ['no signature',              header('authorization', undefined),                                400, 'MissingRequiredHeader'],
    ['half a signature',          header('authorization', 'ACS3-HMAC-SHA256 Credential=x'),          400, 'IncompleteSignature'],
    ['another body',              (sent) => { sent.body = Buffer.from('{}'); },                      400, 'SignatureDoesNotMatch'],
    ['another function',          (sent) => { sent.path = sent.path.replace('launcher', 'reaper'); }, 400, 'SignatureDoesNotMatch'],
    ['another action',            header('x-acs-action', 'DeleteFunction'),                          400, 'SignatureDoesNotMatch'],
    ['one more x-acs header',     header('x-acs-more', '1'),                                         400, 'IncompleteSignature'],
    ['an hour old',               header('x-acs-date', new Date(Date.now() - 3_600_000).toISOString()), 403, 'RequestTimeTooSkewed'],
    ['no nonce',                  header('x-acs-signature-nonce', undefined),                        400, 'MissingRequiredHeader'],
  ],
};

describe.each<FcSignature>(['fc', 'acs3'])('a request signed with %s', (signature) => {
  test.each(changes[signature])('with %s', async (_name, change, status, code) => {
    const { served, fc } = await open();
    const sent = await recorded(signature);
    change(sent);
    const reply = await post(served.endpoint, sent);
    expect({ ...reply, text: code === '' ? reply.text : JSON.parse(reply.text).errorCode }).toEqual({
      status,
      text: code,
    });
    expect(fc.pending).toBe(status === 202 ? 1 : 0);
  });
});

test('an ACS3 request is good once: its nonce is remembered', async () => {
  const { served } = await open();
  const sent = await recorded('acs3');
  expect((await post(served.endpoint, sent)).status).toBe(202);
  expect(JSON.parse((await post(served.endpoint, sent)).text).errorCode).toBe('SignatureNonceUsed');
});
