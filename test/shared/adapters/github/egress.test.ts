import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { gitHubOver } from '../../../../shared/adapters/github/adapter.ts';
import { apiUrl, gitHubClient } from '../../../../shared/adapters/github/client.ts';
import { serveGitHub } from '../../../../simulator/github/serve.ts';
import { APP_ID, PRIVATE_KEY_PEM } from './jwt.ts';
import { alone, LABELS, name, openWorld } from './world.ts';

// biome-ignore format: a table reads best as a table.
const urls: [baseUrl: string, api: string][] = [
  ['https://github.com',            'https://api.github.com'],
  ['https://github.com/',           'https://api.github.com'],
  ['https://ghes.example.org',      'https://ghes.example.org/api/v3'],
  ['https://ghes.example.org:8443/', 'https://ghes.example.org:8443/api/v3'],
  ['https://octo.ghe.com',          'https://api.octo.ghe.com'],
];
test.each(urls)('the API of %s is at %s', (baseUrl, api) => {
  expect(apiUrl(baseUrl)).toBe(api);
});

/** The only way out: whatever host a tunnel is asked for, it leads to `port`. */
async function openProxy(port: number) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, socket: Socket, head) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on('error', () => one.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}

test('every request goes through the egress proxy, where that is the only way out', async () => {
  const w = await openWorld('process');
  const served = await serveGitHub(w.github);
  const proxy = await openProxy(served.port);
  const hubVia = (egressProxy: string | null) =>
    gitHubOver(
      gitHubClient({
        baseUrl: 'http://github.invalid',
        egressProxy,
        appKey: async () => ({ appId: APP_ID, privateKeyPem: PRIVATE_KEY_PEM }),
        clock: w.clock,
        log: () => undefined,
        pauseMs: 1,
      }),
      { clock: w.clock, runnerGroup: 'ci-runners', ...alone() },
    );
  try {
    const runner = { name: name('r-1'), labels: LABELS };
    await expect(hubVia(null).mint(w.org, runner)).rejects.toThrow(/nothing/);
    const withPassword = proxy.url.replace('http://', 'http://jo:egress-canary@');
    expect((await hubVia(withPassword).mint(w.org, runner)).kind).toBe('minted');
    expect(new Set(proxy.asked)).toEqual(
      new Set([`github.invalid:80 Basic ${Buffer.from('jo:egress-canary').toString('base64')}`]),
    );
    await proxy.close();
    await expect(hubVia(withPassword).registrations(w.org)).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('egress-canary') }),
    );
  } finally {
    await proxy.close();
    await served.close();
  }
});
