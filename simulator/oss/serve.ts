/** Object storage on the wire: objects by PUT, GET, HEAD and DELETE, errors in XML. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Oss, type OssObject, OssRefusal } from './oss.ts';

const ACTIONS: Readonly<Record<string, string>> = {
  PUT: 'oss:PutObject',
  // With ?append alone (OSS docs, "AppendObject": needs oss:PutObject).
  POST: 'oss:PutObject',
  GET: 'oss:GetObject',
  HEAD: 'oss:GetObject',
  DELETE: 'oss:DeleteObject',
};

export interface ServedOss {
  readonly port: number;
  close(): Promise<void>;
}

/** As which of OSS's endpoints a door serves; only the internal one takes objects of every region, so each door says which it is. */
type Endpoint = 'public' | 'internal';

export async function serveOss(oss: Oss, endpoint: Endpoint): Promise<ServedOss> {
  const server = createServer(ossListener(oss, endpoint));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** For a server of its own kind, such as one with TLS. */
export function ossListener(oss: Oss, endpoint: Endpoint): RequestListener {
  return (request, response) => {
    answer(oss, request, response, endpoint === 'public').catch((error: unknown) => refuse(response, error));
  };
}

interface Place {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/** `bucket.endpoint`, or the bucket first in the path where the host is an address, as the SDKs do then. */
function placeOf(request: IncomingMessage): Place {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const url = new URL(request.url ?? '/', 'http://oss');
  const path = decodeURIComponent(url.pathname.slice(1));
  if (!/^[\d.]+$/.test(host)) return { bucket: host.split('.')[0] ?? '', key: path, query: url.searchParams };
  const [bucket = '', ...rest] = path.split('/');
  return { bucket, key: rest.join('/'), query: url.searchParams };
}

async function answer(
  oss: Oss,
  request: IncomingMessage,
  response: ServerResponse,
  isPublic: boolean,
): Promise<void> {
  const { bucket: name, key, query } = placeOf(request);
  const method = request.method ?? 'GET';
  const action = ACTIONS[method];
  if (action === undefined) throw new OssRefusal(405, 'MethodNotAllowed', 'The method is not allowed.');
  const address = request.socket.remoteAddress ?? '';
  oss.requests.push({ action, key, address });
  const fault = oss.options.fault?.(action, key) ?? null;
  if (fault === 'silent') return void request.socket.destroy();
  if (fault === 'unavailable') throw new OssRefusal(503, 'ServiceUnavailable', 'Please try again later.');
  const headers = request.headers as Readonly<Record<string, string | undefined>>;
  oss.admit(action, { method, bucket: name, key, query, headers, address, isPublic });
  const bucket = oss.bucket(name);
  if (method === 'PUT') return put(oss, bucket, key, request, response);
  if (method === 'POST') return append(oss, bucket, { key, query }, request, response);
  if (method === 'DELETE') {
    oss.remove(bucket, key);
    return void response.writeHead(204, ids()).end();
  }
  give(oss.find(bucket, key), request, response, fault);
}

function give(
  { bytes: all, etag, modifiedAtMs, isAppendable }: OssObject,
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  fault: 'cut' | 'wrong' | null,
): void {
  const from = rangeOf(headers.range, all.length);
  const bytes = all.subarray(from ?? 0);
  response.writeHead(from === null ? 200 : 206, {
    ...ids(),
    ...(from === null ? {} : { 'content-range': `bytes ${from}-${all.length - 1}/${all.length}` }),
    'x-oss-object-type': isAppendable ? 'Appendable' : 'Normal',
    'content-length': bytes.length,
    'content-type': 'application/octet-stream',
    etag: `"${etag}"`,
    'last-modified': new Date(modifiedAtMs).toUTCString(),
  });
  if (method === 'HEAD') return void response.end();
  send(response, bytes, fault);
}

/** `bytes=N-` alone. One that begins at the object's end or behind it is refused (OSS docs, "GetObject": 416 InvalidRange). */
function rangeOf(header: string | undefined, size: number): number | null {
  const from = /^bytes=(\d+)-$/.exec(header ?? '')?.[1];
  if (from === undefined) return null;
  if (Number(from) >= size)
    throw new OssRefusal(416, 'InvalidRange', 'The requested range cannot be satisfied.');
  return Number(from);
}

function send(response: ServerResponse, bytes: Buffer, fault: 'cut' | 'wrong' | null): void {
  if (fault === null) return void response.end(bytes);
  if (fault === 'wrong') {
    const wrong = Buffer.from(bytes);
    wrong[wrong.length >> 1] = (wrong[wrong.length >> 1] as number) ^ 0xff;
    return void response.end(wrong);
  }
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}

/** An object comes into being when all of its announced bytes have come. */
async function put(
  oss: Oss,
  bucket: ReturnType<Oss['bucket']>,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers['content-length'] === undefined)
    throw new OssRefusal(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { etag } = oss.put(bucket, key, Buffer.concat(chunks));
  response.writeHead(200, { ...ids(), etag: `"${etag}"` }).end();
}

/** OSS docs, "AppendObject": in one call all of its bytes or none. */
async function append(
  oss: Oss,
  bucket: ReturnType<Oss['bucket']>,
  { key, query }: Pick<Place, 'key' | 'query'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!query.has('append')) throw new OssRefusal(405, 'MethodNotAllowed', 'The method is not allowed.');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { bytes, etag } = oss.append(
    bucket,
    key,
    Buffer.concat(chunks),
    Number(query.get('position') ?? 'NaN'),
  );
  const next = { 'x-oss-next-append-position': String(bytes.length) };
  response.writeHead(200, { ...ids(), ...next, etag: `"${etag}"` }).end();
}

const ids = () => ({
  'x-oss-request-id': randomBytes(12).toString('hex').toUpperCase(),
  server: 'AliyunOSS',
});

function refuse(response: ServerResponse, error: unknown): void {
  // The caller went away in the middle of its own upload: there is nobody to answer.
  if (response.req.destroyed && !(error instanceof OssRefusal)) return;
  const { status, code, message, ec } =
    error instanceof OssRefusal ? error : new OssRefusal(500, 'InternalError', 'The simulator failed.');
  const id = ids();
  response.writeHead(status, { ...id, 'content-type': 'application/xml', 'x-oss-ec': ec });
  // HTTP: an answer to HEAD has no body, so the header alone says why.
  if (response.req.method === 'HEAD') return void response.end();
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><EC>${ec}</EC><RequestId>${id['x-oss-request-id']}</RequestId></Error>`,
  );
}
