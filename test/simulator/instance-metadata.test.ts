import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VirtualClock } from '../../simulator/clock.ts';
import { metadataListener } from '../../simulator/instance-metadata/index.ts';

const clock = new VirtualClock(0);
let noticeAtMs: number | null = null;
let server: Server;
let url: string;
const facts = {
  id: 'i-1',
  region: 'cn-hangzhou',
  zone: 'cn-hangzhou-k',
  instanceType: 'ecs.c8y.large',
  userData: '#!/bin/bash',
  privateIp: '127.0.0.1',
  needsTokens: true,
  terminationAtMs: () => noticeAtMs,
};
beforeAll(async () => {
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

test('cloud-init walks down the metadata of its own version by the lists of names', async () => {
  const held = await (await token('60')).text();
  const walked: Record<string, string> = {};
  const walk = async (folder: string): Promise<void> => {
    const answer = await ask(`../2016-01-01/meta-data/${folder}`, held);
    expect(answer.status).toBe(200);
    for (const name of (await answer.text()).split('\n'))
      if (name.endsWith('/')) await walk(`${folder}${name}`);
      else
        walked[`${folder}${name}`] = await (
          await ask(`../2016-01-01/meta-data/${folder}${name}`, held)
        ).text();
  };
  await walk('');
  expect(walked).toEqual({
    hostname: 'i-1',
    'instance-id': 'i-1',
    'region-id': 'cn-hangzhou',
    'zone-id': 'cn-hangzhou-k',
    'private-ipv4': '127.0.0.1',
    'instance/instance-type': 'ecs.c8y.large',
  });
  expect(await (await ask('../2016-01-01/user-data', held)).text()).toBe('#!/bin/bash');
  expect((await ask('../2099-01-01/user-data', held)).status).toBe(404);
});

test('without hardened mode, and only then, nothing needs a token', async () => {
  expect((await fetch(`${url}/meta-data/instance-id`)).status).toBe(403);
  facts.needsTokens = false;
  expect(await (await fetch(`${url}/meta-data/instance-id`)).text()).toBe('i-1');
  facts.needsTokens = true;
});

test('a spot notice is a path that comes into being', async () => {
  const held = await (await token('60')).text();
  const path = 'meta-data/instance/spot/termination-time';
  expect((await ask(path, held)).status).toBe(404);
  noticeAtMs = Date.UTC(2026, 0, 5, 18, 2);
  expect(await (await ask(path, held)).text()).toBe('2026-01-05T18:02:00Z');
});
