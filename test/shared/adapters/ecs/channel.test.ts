/** The websocket of a session, against a server on loopback. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type Channel,
  type ChannelEnd,
  channelTo,
} from '../../../../shared/adapters/ecs/terminal/channel.ts';

const SECRET = 'token=a-secret-of-ten-minutes';
const PING_MS = 10;

let close: (() => void)[] = [];
afterEach(() => {
  for (const each of close) each();
  close = [];
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/session?${SECRET}`;
}

async function serving(onSocket: (socket: WebSocket) => void, autoPong = true): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, autoPong });
  sockets.on('connection', onSocket);
  close.push(() => {
    for (const each of sockets.clients) each.terminate();
  });
  return listening(server);
}

function opened(url: string) {
  const frames: string[] = [];
  let channel: Channel | null = null;
  const ended = new Promise<ChannelEnd>((resolve) => {
    channel = channelTo(
      url,
      PING_MS,
    )({ frame: (bytes) => void frames.push(Buffer.from(bytes).toString()), end: resolve });
  });
  return { frames, ended, channel: channel as unknown as Channel };
}

test('frames go there and back, text is no frame, and its end has the server’s code', async () => {
  const url = await serving((socket) => {
    socket.send('a text');
    socket.send(Buffer.from('a frame'));
    socket.on('message', (bytes) => {
      socket.send(Buffer.from(`heard ${bytes}`));
      socket.close(1012);
    });
    socket.on('pong', () => undefined);
  });
  const { frames, ended, channel } = opened(url);
  await expect.poll(() => frames).toEqual(['a frame']);
  channel.send(Buffer.from('keys'));
  expect(await ended).toEqual({ kind: 'closed', code: 1012 });
  expect(frames).toEqual(['a frame', 'heard keys']);
});

test('to close it says so to the server, and is done when that has heard it', async () => {
  const codes: number[] = [];
  let connected = 0;
  const url = await serving((socket) => {
    connected++;
    socket.on('close', (code) => void codes.push(code));
  });
  const { channel } = opened(url);
  await expect.poll(() => connected).toBe(1);
  await channel.close();
  await expect.poll(() => codes).toEqual([1000]);
});

test('a server that has answered once, and then is silent, is given up', async () => {
  const url = await serving((socket) => {
    socket.once('ping', (bytes) => socket.pong(bytes));
  }, false);
  expect(await opened(url).ended).toEqual({ kind: 'silent' });
});

test('one that has never answered a ping is not judged by it', async () => {
  let pings = 0;
  const url = await serving((socket) => {
    socket.on('ping', () => {
      pings++;
      if (pings === 5) socket.close(1000);
    });
  }, false);
  expect(await opened(url).ended).toEqual({ kind: 'closed', code: 1000 });
});

test('a server that cannot be had is told of without the address', async () => {
  const refusing = await listening(
    createServer().on('upgrade', (_request, socket) => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')),
  );
  expect(await opened(refusing).ended).toEqual({
    ...{ kind: 'unreachable', because: 'its server answered 403 instead of a session' },
  });
  const nobody = await opened(`ws://127.0.0.1:1/session?${SECRET}`).ended;
  expect(nobody).toEqual({ kind: 'unreachable', because: 'its server cannot be reached (ECONNREFUSED)' });
  const strange = await listening(
    createServer().on('upgrade', (_request, socket) => void socket.end('no HTTP at all\r\n\r\n')),
  );
  expect(JSON.stringify(await opened(strange).ended)).not.toContain(SECRET);
});
