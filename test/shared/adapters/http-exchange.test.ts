/** One exchange: what is kept, what is said again, and what ends it. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Asked, exchange } from '../../../shared/adapters/http/exchange.ts';
import { ANSWER_MAX_BYTES } from '../../../shared/limits.ts';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serving(handle: RequestListener) {
  const server = createServer(handle);
  open.push(server);
  let connections = 0;
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
  const ask = (more: Partial<Asked> = {}) =>
    exchange({ url, method: 'POST', headers: {}, body: 'hello', maxMs: 10_000, ...more });
  return { ask, connections: () => connections };
}

test('two calls go over one connection', async () => {
  const { ask, connections } = await serving((_request, reply) => reply.end('fine'));
  expect((await ask()).body.toString()).toBe('fine');
  expect((await ask()).status).toBe(200);
  expect(connections()).toBe(1);
});

/** Answers once on each connection, and closes it when it is asked again: as one that was kept too long. */
function closing() {
  const used = new WeakSet<object>();
  const heard: string[] = [];
  const handle: RequestListener = (request, reply) => {
    heard.push(request.method ?? '');
    if (used.has(request.socket)) return request.socket.destroy();
    used.add(request.socket);
    return reply.end('fine');
  };
  return { handle, heard };
}

test('what meets a kept connection that is closed is said once more, on a new one', async () => {
  const { handle, heard } = closing();
  const { ask, connections } = await serving(handle);
  await ask();
  expect((await ask()).status).toBe(200);
  expect([heard.length, connections()]).toEqual([3, 2]);
});

test('what must be said once has a connection of its own, and is not said again', async () => {
  const { handle } = closing();
  const { ask, connections } = await serving(handle);
  await ask();
  expect((await ask({ isOnce: true })).status).toBe(200);
  expect(connections()).toBe(2);
  const heard: string[] = [];
  const other = await serving((request) => {
    heard.push(request.method ?? '');
    request.socket.destroy();
  });
  await expect(other.ask({ isOnce: true })).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(heard).toEqual(['POST']);
});

test('a new connection that breaks is no answer, and nothing is said again', async () => {
  let asked = 0;
  const { ask } = await serving((request) => {
    asked++;
    request.socket.destroy();
  });
  await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(asked).toBe(1);
});

test('an answer that begins and never ends is given up in time', async () => {
  const { ask } = await serving((_request, reply) => {
    reply.writeHead(200, { 'content-length': 10 });
    reply.write('half');
  });
  await expect(ask({ maxMs: 50 })).rejects.toThrow();
});

test('an answer that is cut off is no answer', async () => {
  const { ask } = await serving((_request, reply) => {
    reply.writeHead(200, { 'content-length': 10 });
    reply.write('half', () => reply.destroy());
  });
  await expect(ask()).rejects.toThrow();
});

test('an answer that is too large is not read to its end', async () => {
  const part = Buffer.alloc(1024 * 1024);
  let sent = 0;
  const { ask } = await serving((_request, reply) => {
    const more = () => {
      if (reply.destroyed) return;
      sent += part.length;
      reply.write(part, more);
    };
    more();
  });
  await expect(ask()).rejects.toMatchObject({ code: 'TooLarge' });
  expect(sent).toBeLessThan(2 * ANSWER_MAX_BYTES);
});
