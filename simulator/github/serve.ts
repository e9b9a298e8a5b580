/** GitHub's REST API on loopback (`from`: the address that all who come by this door call from): paths at the root as on api.github.com, and under /api/v3 as on GHES. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SimGitHub } from './github.ts';
import { jsonText, type SimRequest, type SimResponse } from './wire.ts';

/** Its API, and where there are some, its pages. */
type Shown = Pick<SimGitHub, 'request'> & Partial<Pick<SimGitHub, 'page'>>;

export interface ServedGitHub {
  readonly port: number;
  readonly origin: string;
  close(): Promise<void>;
}

const BODY_MAX_BYTES = 1024 * 1024;

export async function serveGitHub(
  github: Shown,
  { port = 0, from }: { readonly port?: number; readonly from?: string } = {},
): Promise<ServedGitHub> {
  const server = createServer((incoming, outgoing) => {
    const origin = `http://${incoming.headers.host ?? '127.0.0.1'}`;
    exchange(github, incoming, outgoing, { origin, from }).catch((error: unknown) =>
      outgoing.destroy(error as Error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return { port: bound, origin: `http://127.0.0.1:${bound}`, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function exchange(
  github: Shown,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { origin, from }: { readonly origin: string; readonly from: string | undefined },
): Promise<void> {
  const page = incoming.method === 'GET' ? github.page?.(incoming.url ?? '/') : null;
  if (page) {
    outgoing.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    return;
  }
  const body = await bodyOf(incoming);
  if (body === undefined) return write(outgoing, problem('Problems parsing JSON'));
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  const request: SimRequest = {
    method: incoming.method ?? '',
    path: incoming.url ?? '/',
    headers,
    body,
    ...(from === undefined ? {} : { from }),
  };
  const answer = await github.request(request, origin);
  if (answer === null) outgoing.destroy();
  else write(outgoing, answer);
}

const problem = (message: string): SimResponse => ({ status: 400, headers: {}, body: { message } });

/** Null: no body; undefined: not JSON. */
async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  if (size === 0) return null;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function write(outgoing: ServerResponse, { status, headers, body }: SimResponse): void {
  if (body === null) {
    outgoing.writeHead(status, headers).end();
    return;
  }
  const text = typeof body === 'string' ? body : jsonText(body);
  const fixed = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  };
  outgoing.writeHead(status, { ...fixed, ...headers }).end(text);
}
