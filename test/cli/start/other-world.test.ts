/** Two worlds in one folder: the second one leaves the first one's files alone. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'world-'));
const file = join(folder, 'simulator.json');
vi.stubEnv('SIMULATOR_FILE', file);
// The file's place is read when it is first asked for.
const { openLocalEndpoint, otherWorld } = await import('../../../cli/start/local-endpoint.ts');

let server: Server;
let endpoint = '';
beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(400).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});
beforeEach(() => rmSync(file, { force: true }));

const served = { scale: 1, simulatedMs: 0, realMs: 0, accessKeyId: '', accessKeySecret: '' };
const write = (world: object) => writeFileSync(file, JSON.stringify({ ...served, ...world }));

test('one that answers is told of, with what ends it', async () => {
  write({ endpoint, pid: process.ppid, environment: {} });
  const said = await otherWorld();
  expect(said).toContain(`npm start -- --stay (process ${process.ppid})`);
  expect(said).toContain('Ctrl-C');
  write({ endpoint, pid: process.ppid, environment: null });
  expect(await otherWorld()).toContain('npm start -- --account');
});

test.each([
  ['there is none', null],
  ['its process has gone', { endpoint: '', pid: 2 ** 22 + 1, environment: {} }],
  [
    'its number is somebody else’s since a restart',
    { endpoint: 'http://127.0.0.1:9', pid: process.ppid, environment: {} },
  ],
  ['it is our own', { endpoint: '', pid: process.pid, environment: {} }],
])('%s: a world may be served', async (_name, world) => {
  if (world !== null) write(world);
  expect(await otherWorld()).toBeNull();
});

test('the file goes with the world that wrote it, and with no other', async () => {
  const own = await openLocalEndpoint({} as never, () => ({ ...served, environment: null }));
  expect(JSON.parse(readFileSync(file, 'utf8')).pid).toBe(process.pid);
  await own.close();
  expect(existsSync(file)).toBe(false);

  const second = await openLocalEndpoint({} as never, () => ({ ...served, environment: null }));
  write({ endpoint, pid: process.ppid, environment: {} });
  await second.close();
  expect(JSON.parse(readFileSync(file, 'utf8')).pid).toBe(process.ppid);
});
