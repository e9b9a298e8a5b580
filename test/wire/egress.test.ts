/** Functions in a region from where GitHub is reached by a proxy alone, which wants a name and a password. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlesFor } from './bundles.ts';
import { configWith, type Harness, once, openHarness } from './harness.ts';

/** No name server knows it. */
const GITHUB = 'github.invalid';
const ALLOWED = `Basic ${Buffer.from('ci:p@ss').toString('base64')}`;

const asked: string[] = [];
const sockets = new Set<Socket>();
let proxy: Server;
let harness: Harness;

beforeAll(async () => {
  proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on('connect', (request, socket: Socket, head) => {
    const [host, port] = String(request.url).split(':');
    sockets.add(socket.on('error', () => socket.destroy()));
    if (request.headers['proxy-authorization'] !== ALLOWED || host !== GITHUB) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    asked.push(String(request.url));
    const there = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      there.write(head);
      there.pipe(socket).pipe(there);
    });
    sockets.add(there.on('error', () => there.destroy()));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const plain = configWith();
  const control = { ...plain.control, egressProxy: `http://ci:p%40ss@127.0.0.1:${port}` };
  const config = { ...plain, control };
  harness = await openHarness(config, {
    scale: 35,
    seed: 7,
    gitHubHost: GITHUB,
    bundles: await bundlesFor(config),
  });
});
afterAll(async () => {
  await harness?.world.close();
  for (const socket of sockets) socket.destroy();
  proxy.close();
});

test('the mirror fetches the runner and the actions, the launcher mints, the reaper looks: all of it by the proxy', async () => {
  const { world } = harness;
  const kept = [...world.oss.bucket('ci-runner-cn-hangzhou').objects.keys()];
  expect(kept).toContainEqual(expect.stringMatching(/^actions-runner\/.*\.tar\.gz$/));
  await once('actions are kept', () =>
    [...world.oss.bucket('ci-runner-cn-hangzhou').objects.keys()].some((key) => key.startsWith('actions/')),
  );
  const job = harness.play('by-proxy', 'arm64 4cpu', 0.5);
  await once('the job is over', () => job.status === 'completed');
  expect(job.conclusion).toBe('success');
  await once('its machine is gone', () => world.ecs.alive().length === 0);
  // GitHub's API, and where the archives are.
  expect(new Set(asked).size).toBe(2);
  const failed = harness.lines.filter(({ event }) => /^(sweep|launch|survey)\.failed$/.test(event));
  expect(failed).toEqual([]);
});
