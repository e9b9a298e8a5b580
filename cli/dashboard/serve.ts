/** The dashboard's server: on this machine alone, at a path that only who started it knows. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { plainJson } from '../../shared/story/outside-text.ts';
import { CLOSED_HEADERS, isLocalHost, isSame, listenLocally } from '../shared/screen/local-server.ts';
import { type Answer, type Asked, answer } from './answer.ts';
import { ASSETS, STYLE_SOURCE } from './assets.ts';
import { follow, type Viewer } from './live.ts';
import { Looks } from './looks.ts';
import type { DashboardWorld } from './world.ts';

export interface Dashboard {
  /** With its secret path. */
  readonly url: string;
  close(): Promise<void>;
}

/** Nothing runs, loads or connects but from here; no page of others may hold ours. */
const HEADERS = {
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src ${STYLE_SOURCE}; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  ...CLOSED_HEADERS,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const BODY_MAX_BYTES = 4_096;
const VIEWERS_MAX = 20;

/** `token`: the path, of which nobody may guess. */
export async function serve(world: DashboardWorld, token: string): Promise<Dashboard> {
  const looks = new Looks(world, () => performance.now());
  const viewers = new Set<ServerResponse>();
  const parts = { world, looks, viewers, token };
  const server = createServer((request, response) => {
    handle(request, response, parts).catch((error: unknown) =>
      end(response, plain(500, error instanceof Error ? error.message : 'no reason given')),
    );
  });
  const origin = await listenLocally(server);
  return {
    url: `${origin}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Parts {
  readonly world: DashboardWorld;
  readonly looks: Looks;
  readonly viewers: Set<ServerResponse>;
  readonly token: string;
}

async function handle(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const { token, looks, world } = parts;
  const refused = refusalOf(request, token);
  if (refused !== null) return end(response, refused);
  const asked = await askedOf(request, token);
  const asset = ASSETS.get(asked.path);
  if (asset !== undefined) return end(response, { status: 200, ...asset });
  const said = await answer(asked, looks, world);
  if (said.kind === 'live') return stream(response, said.viewer, parts);
  end(response, toReply(said, token));
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly more?: Readonly<Record<string, string>>;
}

const plain = (status: number, body: string): Reply => ({ status, type: 'text/plain; charset=utf-8', body });

/** Another site's name, another page that sends forms here: refused. Null: go on. */
function refusalOf({ headers, method, url = '' }: IncomingMessage, token: string): Reply | null {
  const host = headers.host ?? '';
  if (!isLocalHost(host)) return plain(421, 'Not here: use 127.0.0.1.');
  // After `..` was followed, as it is for all that comes after.
  const [, first = ''] = new URL(url, 'http://127.0.0.1').pathname.split('/');
  if (!isSame(first, token)) return plain(404, 'There is nothing at this address.');
  if (method !== 'GET' && method !== 'POST') return plain(405, 'This page is only looked at.');
  const isForeign = method === 'POST' && headers.origin !== `http://${host}`;
  // To come here from elsewhere is no harm, for who knows the path: the browser does so at the start.
  const isDrawnIn = headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
  if (isForeign || isDrawnIn) return plain(403, 'Only from this page.');
  return null;
}

async function askedOf(request: IncomingMessage, token: string): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const form = request.method === 'POST' ? new URLSearchParams(await bodyOf(request)) : null;
  return {
    path: url.pathname.slice(token.length + 2),
    query: url.searchParams,
    form,
    languages: request.headers['accept-language'] ?? '',
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > BODY_MAX_BYTES) throw new Error('too long');
  }
  return text;
}

function toReply(said: Exclude<Answer, { kind: 'live' }>, token: string): Reply {
  switch (said.kind) {
    case 'page':
      return { status: said.status, type: 'text/html; charset=utf-8', body: said.html };
    case 'json':
      return { status: said.status, type: 'application/json', body: `${plainJson(said.value)}\n` };
    case 'moved':
      return { ...plain(303, ''), more: { location: `/${token}/${said.to}` } };
    case 'none':
      return plain(404, 'There is nothing at this address.');
  }
}

function end(response: ServerResponse, { status, type, body, more = {} }: Reply): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { ...HEADERS, ...more, 'content-type': type }).end(body);
}

async function stream(
  response: ServerResponse,
  viewer: Viewer,
  { looks, world, viewers }: Parts,
): Promise<void> {
  if (viewers.size >= VIEWERS_MAX) return end(response, plain(503, 'Too many look at it already.'));
  viewers.add(response);
  const gone = new AbortController();
  response.on('close', () => {
    viewers.delete(response);
    gone.abort();
  });
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' });
  await follow(viewer, looks, world, {
    send: (data) => void response.write(`data: ${data}\n\n`),
    isOpen: () => !gone.signal.aborted,
    sleep: (ms) => sleep(ms, undefined, { signal: gone.signal }).catch(() => undefined),
  });
}
