import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../simulator/clock.ts';
import { metadataListener } from '../../simulator/instance-metadata/index.ts';

const clock = new VirtualClock(0);
let noticeAtMs: number | null = null;
let server: Server;
let url: string;
beforeAll(async () => {
  const facts = {
    id: 'i-1',
    region: 'cn-hangzhou',
    zone: 'cn-hangzhou-k',
    instanceType: 'ecs.c8y.large',
    userData: '#!/bin/bash',
    privateIp: '127.0.0.1',
    terminationAtMs: () => noticeAtMs,
  };
  server = createServer(metadataListener({ clock, instanceAt: (at) => (at === '127.0.0.1' ? facts : null) }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/latest`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const ask = (path: string, token: string) =>
  fetch(`${url}/${path}`, { headers: { 'X-aliyun-ecs-metadata-token': token } });
const token = async (seconds: string) =>
  fetch(`${url}/api/token`, {
    method: 'PUT',
    headers: { 'X-aliyun-ecs-metadata-token-ttl-seconds': seconds },
  });

test('nothing is told without a token, and nothing after its time', async () => {
  expect((await fetch(`${url}/user-data`)).status).toBe(403);
  const held = await (await token('60')).text();
  expect(await (await ask('user-data', held)).text()).toBe('#!/bin/bash');
  await clock.runUntil(61_000);
  expect((await ask('user-data', held)).status).toBe(403);
});

test.each(['0', '21601', 'long', ''])('a token for %j seconds is refused', async (seconds) => {
  expect((await token(seconds)).status).toBe(400);
});

test('a spot notice is a path that comes into being', async () => {
  const held = await (await token('60')).text();
  const path = 'meta-data/instance/spot/termination-time';
  expect((await ask(path, held)).status).toBe(404);
  noticeAtMs = Date.UTC(2026, 0, 5, 18, 2);
  expect(await (await ask(path, held)).text()).toBe('2026-01-05T18:02:00Z');
});
