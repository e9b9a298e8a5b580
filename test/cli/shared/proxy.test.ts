/** Commands go out as the operator's other tools do. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { heedProxies, proxyFor } from '../../../cli/shared/proxy.ts';
import { rootFingerprint } from '../../../cli/shared/workflow-trust.ts';
import { exchange, goOutBy } from '../../../shared/adapters/http/exchange.ts';

const P = 'http://proxy.internal:3128';

// biome-ignore format: a table reads best as a table.
test.each([
  ['https://api.github.com/zen',      { HTTPS_PROXY: P },                                    'proxy.internal:3128'],
  ['https://api.github.com/zen',      { https_proxy: P, HTTPS_PROXY: 'http://other' },       'proxy.internal:3128'],
  ['https://api.github.com/zen',      { HTTP_PROXY: P },                                     null],
  ['http://metadata.internal/',       { http_proxy: P },                                     'proxy.internal:3128'],
  ['https://api.github.com/zen',      { ALL_PROXY: 'proxy.internal:3128' },                  'proxy.internal:3128'],
  ['https://api.github.com/zen',      { HTTPS_PROXY: P, NO_PROXY: 'a.b, .github.com' },      null],
  ['https://api.github.com/zen',      { HTTPS_PROXY: P, no_proxy: 'github.com' },            null],
  ['https://notgithub.com/',          { HTTPS_PROXY: P, NO_PROXY: 'github.com' },            'proxy.internal:3128'],
  ['https://ghes.internal:8443/',     { HTTPS_PROXY: P, NO_PROXY: 'ghes.internal:443' },     'proxy.internal:3128'],
  ['https://ghes.internal:8443/',     { HTTPS_PROXY: P, NO_PROXY: 'ghes.internal:8443' },    null],
  ['https://ghes.internal/',          { HTTPS_PROXY: P, NO_PROXY: 'ghes.internal:443' },     null],
  ['https://ghes.internal/',          { HTTPS_PROXY: P, NO_PROXY: 'ghes.internal:80' },      'proxy.internal:3128'],
  ['http://ghes.internal/',           { HTTP_PROXY: P, NO_PROXY: 'ghes.internal:80' },       null],
  ['http://ghes.internal/',           { HTTP_PROXY: P, NO_PROXY: 'ghes.internal:443' },      'proxy.internal:3128'],
  ['https://api.github.com/',         { HTTPS_PROXY: P, NO_PROXY: '*' },                     null],
  ['https://10.1.2.3/',               { HTTPS_PROXY: P, NO_PROXY: 'a.b,10.0.0.0/8' },        null],
  ['https://11.1.2.3/',               { HTTPS_PROXY: P, NO_PROXY: 'a.b,10.0.0.0/8' },        'proxy.internal:3128'],
  ['https://10.1.2.3/',               { HTTPS_PROXY: P, NO_PROXY: '10.0.0.0/99,10.0.0.0' },  'proxy.internal:3128'],
  ['http://127.0.0.1:4000/',          { HTTP_PROXY: P, ALL_PROXY: P },                       null],
  ['http://localhost:4000/',          { HTTP_PROXY: P },                                     null],
  ['https://api.github.com/',         {},                                                    null],
])('%s with %j goes by %s', (url, variables, host) => {
  expect(proxyFor(new URL(url), variables)?.host ?? null).toBe(host);
});

test('what is no proxy is said without its words: a password may be among them', () => {
  const named = { HTTPS_PROXY: 'socks5://me:hunter2@proxy:1080' };
  expect(() => proxyFor(new URL('https://a.b/'), named)).toThrow(/must be an http or https address\.$/);
});

const servers: Server[] = [];
afterEach(() => {
  goOutBy(() => undefined);
  for (const server of servers.splice(0)) server.close();
});
async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('what a command asks goes through it, by name, and what is here does not', async () => {
  const port = await listening(createServer((_, response) => response.end('here')));
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(String(request.url));
    const there = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
  });
  heedProxies({ http_proxy: `127.0.0.1:${await listening(proxy)}` });
  const ask = (url: string) => exchange({ url: new URL(url), method: 'GET', headers: {}, maxMs: 5_000 });
  expect((await ask('http://nowhere.invalid/zen')).body.toString()).toBe('here');
  expect((await ask(`http://127.0.0.1:${port}/`)).body.toString()).toBe('here');
  expect(asked).toEqual(['nowhere.invalid:80']);
});

test('the look at GitHub’s root certificate goes through it, too', async () => {
  const asked: string[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(String(request.url));
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const port = await listening(proxy);
  heedProxies({ HTTPS_PROXY: `http://127.0.0.1:${port}` });
  expect(await rootFingerprint('token.actions.invalid')).toBeNull();
  expect(asked).toEqual(['token.actions.invalid:443']);
});

test('what is no proxy is told in its own words, once, whatever a service’s adapter makes of it', async () => {
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  heedProxies({ ALL_PROXY: 'socks5://me:hunter2@proxy:1080' });
  const asked = { url: new URL('https://sts.invalid/'), method: 'GET', headers: {}, maxMs: 1_000 };
  for (const _ of [1, 2]) await expect(exchange(asked)).rejects.toThrow();
  expect(told.mock.calls.join('')).toMatch(/^The proxy that .* must be an http or https address\.\n$/);
  told.mockRestore();
});
