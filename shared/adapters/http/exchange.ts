/** One HTTP exchange on a kept connection, with one limit of time and one of size for the whole of it. */
import http from 'node:http';
import https from 'node:https';
import { ANSWER_MAX_BYTES, SOCKET_KEPT_MS } from '../../limits.ts';

export interface Asked {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
  /** From the first word said to the last one heard. */
  readonly maxMs: number;
  /** Saying it twice would do harm: it gets a connection of its own, which nobody closed while it was kept. */
  readonly isOnce?: boolean;
  /** Its signature is good for one time: who repeats it signs it anew. */
  readonly isSignedOnce?: boolean;
  /** Another way out than straight to the host. */
  readonly agent?: http.Agent | undefined;
}

export interface Answered {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Many at once is for the caller to decide: a sweep asks for hundreds. */
const KEPT = { keepAlive: true, maxFreeSockets: 16 } as const;
const AGENTS: Readonly<Record<string, http.Agent>> = {
  'http:': new http.Agent(KEPT),
  'https:': new https.Agent(KEPT),
};
const lastUsedAtMs = new WeakMap<http.Agent, number>();

let wayOut: (url: URL) => http.Agent | undefined = () => undefined;

/** Commands on an operator's machine may have to go out through its proxy; functions never set it. */
export function goOutBy(way: typeof wayOut): void {
  wayOut = way;
}

/** For what is no exchange, such as a websocket. Undefined: straight. */
export const wayOutOf = (url: URL): http.Agent | undefined => wayOut(url);

/**
 * Throws Node's own error, whose `code` says whether anything was sent; 'Timeout' and 'TooLarge' are ours. A kept
 * connection that turns out to be closed is no answer to anything: the same is said once more, on a new one, where it may be.
 */
export async function exchange(asked: Asked): Promise<Answered> {
  const own = asked.agent ?? wayOut(asked.url);
  const agent = own ?? AGENTS[asked.url.protocol];
  if (agent === undefined) throw new Error(`there is no way to ${asked.url.protocol}`);
  if (asked.isOnce) return attempt(asked, own ?? false).answer;
  closeStale(agent);
  const first = attempt(asked, agent);
  try {
    return await first.answer;
  } catch (error) {
    if (asked.isSignedOnce || !first.isStale(error)) throw error;
    return attempt(asked, own ?? false).answer;
  }
}

/** A function is frozen between invocations: what was kept for long is closed at the other end, or forgotten on the way. */
function closeStale(agent: http.Agent): void {
  const nowMs = Date.now();
  if (nowMs - (lastUsedAtMs.get(agent) ?? nowMs) > SOCKET_KEPT_MS)
    for (const sockets of Object.values(agent.freeSockets)) for (const each of sockets ?? []) each.destroy();
  lastUsedAtMs.set(agent, nowMs);
}

function attempt(asked: Asked, agent: http.Agent | false) {
  const { url, method, headers, body, maxMs } = asked;
  const { request } = url.protocol === 'https:' ? https : http;
  const length = body === undefined ? 0 : Buffer.byteLength(body);
  const sent = request(url, {
    method,
    agent,
    headers: { ...headers, ...(length > 0 || method === 'POST' ? { 'content-length': length } : {}) },
  });
  let hasAnswer = false;
  const answer = new Promise<Answered>((resolve, reject) => {
    const timer = setTimeout(() => sent.destroy(failure('Timeout', 'no answer in time')), maxMs);
    const end = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    sent.on('error', end);
    sent.on('response', (response) => {
      hasAnswer = true;
      collect(response).then((bytes) => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes });
      }, end);
    });
    sent.end(body);
  });
  const isStale = (error: unknown): boolean =>
    sent.reusedSocket && !hasAnswer && CLOSED.has(String((error as { code?: unknown }).code));
  return { answer, isStale };
}

const CLOSED = new Set(['ECONNRESET', 'EPIPE']);

/** By its events: an iterator over each answer costs a young process more than all else that is done with it. */
function collect(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > ANSWER_MAX_BYTES) response.destroy(failure('TooLarge', 'the answer is too large'));
    });
    response.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    response.on('error', reject);
  });
}

/** Where Node refused the other end's certificate, as it does behind a proxy that has its own: that; else ''. (Node docs, tls: "X509 certificate error codes".) */
export function ofUntrusted(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return /CERT|LEAF_SIGNATURE/.test(String(code)) ? `its certificate is not trusted (${code})` : '';
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
