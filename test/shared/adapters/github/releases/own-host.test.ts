/** The runner where jobs are not on github.com: what GitHub's own host names, else what github.com has. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { filesVia } from '../../../../../shared/adapters/github/download.ts';
import type { Files, OwnHost } from '../../../../../shared/adapters/github/runner-releases.ts';
import { onBothTransports } from '../transports.ts';
import { START_MS } from '../world.ts';

const VERSION = '2.334.0';
const MODIFIED_MS = Date.UTC(2026, 7, 10);
const address = (file: string) => `https://acme.ghe.com/_assets/${file}`;
const asset = (file: string) => ({
  ...{ name: file, url: address(file), sha256: 'a'.repeat(64), sizeBytes: 9 },
});
const linux = (arch: string) => asset(`actions-runner-linux-${arch}-${VERSION}.tar.gz`);
const ASSETS = [asset(`actions-runner-osx-x64-${VERSION}.tar.gz`), linux('x64'), linux('arm64')];

const atGitHub = JSON.stringify({
  tag_name: 'v2.336.0',
  published_at: '2026-09-01T00:00:00Z',
  assets: ['x64', 'arm64'].map((arch) => ({
    name: `actions-runner-linux-${arch}-2.336.0.tar.gz`,
    ...{ size: 11, digest: `sha256:${'b'.repeat(64)}`, browser_download_url: `https://github.com/${arch}` },
  })),
});
const FILES: Files = {
  text: async (url) =>
    url.startsWith('https://api.github.com/') ? atGitHub : Promise.reject(new Error(url)),
  weigh: async () => ({ sizeBytes: 160_000_000, modifiedAtMs: MODIFIED_MS }),
};
const host = (files: Partial<Files> = {}, scope: OwnHost['scope'] = 'organization'): OwnHost => ({
  scope,
  files: { ...FILES, ...files },
});
const unreachable = () => Promise.reject(new Error('no way there'));

onBothTransports('the runner of another host than github.com', (world) => {
  const open = async (assets: readonly (typeof ASSETS)[number][]) => {
    const w = await world({ isOwnHost: true });
    w.github.setRunnerReleases([{ version: VERSION, publishedAtMs: START_MS, assets }]);
    return w;
  };

  test.each(['organization', 'repository'] as const)(
    'it is the one that the host itself names, asked of the %s',
    async (scope) => {
      const w = await open(ASSETS);
      const archive = (arch: string) => ({ ...linux(arch), sizeBytes: 160_000_000, name: undefined });
      expect(await w.another({ ownHost: host({}, scope) }).latestRunner()).toEqual({
        ...{ version: VERSION, publishedAtMs: MODIFIED_MS },
        archives: { amd64: archive('x64'), arm64: archive('arm64') },
      });
    },
  );

  test('a host that names none for one architecture is served from github.com', async () => {
    const w = await open(ASSETS.slice(0, 2));
    const newest = await w.another({ ownHost: host() }).latestRunner();
    expect(newest).toMatchObject({
      version: '2.336.0',
      archives: { amd64: { url: 'https://github.com/x64' } },
    });
  });

  test('an archive that nobody may read there is taken from github.com', async () => {
    const w = await open(ASSETS);
    const newest = await w.another({ ownHost: host({ weigh: unreachable }) }).latestRunner();
    expect(newest.version).toBe('2.336.0');
  });

  test.each(['0001-01-01T00:00:00Z', 'soon'])(
    'published on a day that is none (%s), it is long past',
    async (day) => {
      const w = await open([]);
      const text = async () => JSON.stringify({ ...JSON.parse(atGitHub), published_at: day });
      expect((await w.another({ ownHost: host({ text }) }).latestRunner()).publishedAtMs).toBe(0);
    },
  );

  test('so is an archive that was changed before there was time', async () => {
    const w = await open(ASSETS);
    const weigh = async () => ({ sizeBytes: 160_000_000, modifiedAtMs: -1 });
    expect((await w.another({ ownHost: host({ weigh }) }).latestRunner()).publishedAtMs).toBe(0);
  });

  test('with neither, both reasons are told', async () => {
    const w = await open([]);
    const asked = w.another({ ownHost: host({ text: unreachable }) }).latestRunner();
    await expect(asked).rejects.toThrow(
      "no runner is available: of GitHub's own host: it names no runner for Linux; of github.com: no way there",
    );
  });
});

describe('what anybody may read', () => {
  let server: Server | null = null;
  afterEach(
    () => new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve()))),
  );
  const serve = async (answer: (range: string | undefined) => [number, Record<string, string>, string]) => {
    server = createServer(({ url, headers }, response) => {
      const [status, own, body] = url === '/away' ? [302, { location: '/here' }, ''] : answer(headers.range);
      response.writeHead(status, { connection: 'close', ...own }).end(body);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const files = filesVia(null, 10_000);

  test('a size is told by the range, also behind a redirect, with the day', async () => {
    const modified = { 'last-modified': new Date(MODIFIED_MS).toUTCString() };
    const at = await serve(() => [206, { 'content-range': 'bytes 0-0/160000000', ...modified }, 'x']);
    expect(await files.weigh(`${at}/away`)).toEqual({ sizeBytes: 160_000_000, modifiedAtMs: MODIFIED_MS });
  });

  test('a server that knows no ranges tells the size by its length', async () => {
    const at = await serve(() => [200, { 'content-length': '4' }, 'four']);
    expect(await files.weigh(`${at}/here`)).toEqual({ sizeBytes: 4, modifiedAtMs: null });
  });

  test('what tells no size, or is refused, throws', async () => {
    const at = await serve((range) =>
      range === undefined ? [403, {}, ''] : [206, { 'content-range': 'bytes 0-0/*' }, 'x'],
    );
    await expect(files.weigh(`${at}/here`)).rejects.toThrow('does not tell the size');
    await expect(files.text(`${at}/here`)).rejects.toThrow('answered 403');
  });

  test('a text without an end is left', async () => {
    const at = await serve(() => [200, {}, 'x'.repeat(2_000_001)]);
    await expect(files.text(`${at}/here`)).rejects.toThrow('more than 2000000 bytes');
  });
});
