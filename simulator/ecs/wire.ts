/** ECS on loopback, as its clients speak to it. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Ecs, versionOf } from './ecs.ts';
import { EcsRefusal, NoAnswer, refusalBody } from './refusal.ts';
import { serveSessions } from './session/serve.ts';
import { type Signed, verify, type WireRequest } from './signature.ts';

/** User data comes in the query: 32 KB of it, in base64, escaped. */
const HEADERS_MAX_BYTES = 128 * 1024;
const BODY_MAX_BYTES = 1024 * 1024;
/** Alibaba Cloud docs, "Common errors": a timestamp is good for 15 minutes; and so long a nonce is remembered. */
const SKEW_MAX_MS = 15 * 60_000;

export interface WireOptions {
  readonly port?: number;
  /** Real time that an answer takes; default none. */
  readonly latencyMs?: number;
  /** What time the caller's timestamps are held against: the callers' own, not the simulated one. */
  readonly wallNowMs?: () => number;
}

export interface Wire {
  readonly port: number;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

export async function serveEcs(ecs: Ecs, options: WireOptions = {}): Promise<Wire> {
  const wallNowMs = options.wallNowMs ?? Date.now;
  const nonces = new Map<string, number>();
  let served = 0;
  const server = createServer({ maxHeaderSize: HEADERS_MAX_BYTES }, (incoming, outgoing) => {
    const requestId = requestIdOf(++served, wallNowMs());
    answer(ecs, incoming, nonces, wallNowMs(), requestId)
      .then((reply) => after(options.latencyMs ?? 0, () => send(outgoing, reply)))
      .catch((error: unknown) => lose(outgoing, error, requestId));
  });
  serveSessions(ecs, server);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  ecs.sessions.at(`ws://127.0.0.1:${port}`);
  return {
    port,
    async close() {
      ecs.sessions.cut();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  ecs: Ecs,
  incoming: IncomingMessage,
  nonces: Map<string, number>,
  wallMs: number,
  requestId: string,
): Promise<Reply> {
  try {
    const request = await read(incoming);
    const signed = verify(request, ecs.credentials, ecs.clock.nowMs());
    checkFresh(signed, nonces, wallMs);
    if (signed.version !== versionOf(signed.action)) throw new EcsRefusal('InvalidVersion.NotFound');
    const params = withoutEnvelope(signed.params);
    const body = ecs.call(regionIn(params, signed.action), signed.action, params, signed.credential);
    return { status: 200, body: { RequestId: requestId, ...body } };
  } catch (error) {
    if (error instanceof EcsRefusal) return { status: error.status, body: refusalBody(error, requestId) };
    throw error;
  }
}

function checkFresh(signed: Signed, nonces: Map<string, number>, wallMs: number): void {
  if (Math.abs(signed.sentAtMs - wallMs) > SKEW_MAX_MS) throw new EcsRefusal('InvalidTimeStamp.Expired');
  for (const [nonce, atMs] of nonces) {
    if (atMs > wallMs - 2 * SKEW_MAX_MS) break; // oldest first
    nonces.delete(nonce);
  }
  const key = `${signed.accessKeyId}/${signed.nonce}`;
  if (signed.nonce === '' || nonces.has(key)) throw new EcsRefusal('SignatureNonceUsed');
  nonces.set(key, wallMs);
}

/** These models have no RegionId: the endpoint decides, and the central one is Hangzhou's. */
const WITHOUT_REGION = new Set([
  'DeleteInstance',
  'DeleteSnapshot',
  'DescribeInstanceBill',
  'DescribeInstanceTypes',
  'DescribeRegions',
  'StopInstance',
]);

function regionIn({ RegionId }: Record<string, string>, action: string): string {
  if (RegionId !== undefined) return RegionId;
  if (WITHOUT_REGION.has(action)) return 'cn-hangzhou';
  throw new EcsRefusal('MissingParameter', 'RegionId is mandatory.');
}

const ENVELOPE = new Set(
  `AccessKeyId Action Format Signature SignatureMethod SignatureNonce SignatureType SignatureVersion SecurityToken
  Timestamp Version`.split(/\s+/),
);

/** What belongs to the older protocol, not to the action: a retry differs in it and is the same request still. */
function withoutEnvelope(params: Signed['params']): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !ENVELOPE.has(name)));
}

async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) throw new EcsRefusal('InvalidParameter', 'The body is too large.');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const [path = '/', search = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  const form = isForm ? [...new URLSearchParams(body.toString('utf8'))] : [];
  return {
    method: incoming.method ?? 'GET',
    path,
    query: [...new URLSearchParams(search)],
    form,
    headers,
    body,
  };
}

function send(outgoing: ServerResponse, { status, body }: Reply): void {
  outgoing.writeHead(status, { 'content-type': 'application/json;charset=utf-8' }).end(JSON.stringify(body));
}

/** No answer, as the fault has it. Anything else is the simulator's own mistake: seen as a 500 with its words. */
function lose(outgoing: ServerResponse, error: unknown, requestId: string): void {
  if (!(error instanceof NoAnswer)) {
    const Message = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
    send(outgoing, { status: 500, body: { RequestId: requestId, Code: 'SimulatorBug', Message } });
    return;
  }
  const text = JSON.stringify({ RequestId: requestId, ...error.body });
  switch (error.loss) {
    case 'hang':
      return;
    case 'cut':
      outgoing.destroy();
      return;
    case 'gateway':
      outgoing
        .writeHead(502, { 'content-type': 'text/html' })
        .end('<html><body>502 Bad Gateway</body></html>');
      return;
    case 'truncated':
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      outgoing.write(text.slice(0, text.length / 2), () => outgoing.destroy());
  }
}

function after(ms: number, act: () => void): void {
  if (ms === 0) act();
  else setTimeout(act, ms).unref();
}

function requestIdOf(number: number, nowMs: number): string {
  const hex = createHash('sha1').update(`${number}/${nowMs}`).digest('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** Machines, and what they are billed: one served face. */
export function marketAddresses(port: number) {
  const address = `http://127.0.0.1:${port}`;
  return { ECS_ENDPOINT: address, BSS_ENDPOINT: address };
}
