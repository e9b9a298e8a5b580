/** An HTTP server that checks ACS3 signatures by itself, and answers what it is told to. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly action: string;
  readonly version: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}
export type Answer = { readonly status: number; readonly body: unknown };

export async function signedServer(
  secretOf: (id: string) => string | undefined,
  answer: (asked: Asked) => Answer,
) {
  const server = createServer({ maxHeaderSize: 131_072 }, async (request, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url ?? '/', 'http://x');
    const said = isSigned(request, url, body, secretOf)
      ? answer({
          action: String(request.headers['x-acs-action']),
          version: String(request.headers['x-acs-version']),
          method: request.method ?? '',
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          body: body.toString(),
        })
      : { status: 403, body: { Code: 'SignatureDoesNotMatch', Message: 'not signed so', RequestId: 'r' } };
    reply.writeHead(said.status, { 'content-type': 'application/json' }).end(JSON.stringify(said.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const rfc3986 = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** Alibaba Cloud docs, "V3 request signature". */
function isSigned(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  secretOf: (id: string) => string | undefined,
) {
  const found = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
    String(request.headers.authorization),
  );
  const secret = found ? secretOf(found[1] as string) : undefined;
  if (found === null || secret === undefined) return false;
  const hash = String(request.headers['x-acs-content-sha256']);
  if (hash !== sha256(body)) return false;
  const query = [...url.searchParams]
    .map(([key, value]) => `${rfc3986(key)}=${rfc3986(value)}`)
    .sort()
    .join('&');
  const names = (found[2] as string).split(';');
  const headers = names.map((name) => `${name}:${String(request.headers[name]).trim()}\n`).join('');
  const canonical = [request.method, url.pathname, query, headers, found[2], hash].join('\n');
  const wanted = createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest();
  return timingSafeEqual(wanted, Buffer.from(found[3] as string, 'hex'));
}
