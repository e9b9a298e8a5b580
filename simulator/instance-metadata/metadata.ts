/**
 * Hardened mode only: a token by PUT, then everything with the token (Alibaba Cloud docs, "Access instance metadata
 * using hardened-only mode", "View instance metadata"). Who asks is known by the address.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { SimClock } from '../clock.ts';

export interface InstanceFacts {
  readonly id: string;
  readonly region: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly userData: string;
  readonly privateIp: string;
  /** Null while the market leaves it alone: then the path does not exist. */
  terminationAtMs(): number | null;
}

export interface MetadataOptions {
  readonly clock: SimClock;
  readonly instanceAt: (address: string) => InstanceFacts | null;
}

const TTL_MAX_S = 21_600;

export function metadataListener(options: MetadataOptions): RequestListener {
  /** token → whose and until when; a token is good for one instance. */
  const tokens = new Map<string, { readonly id: string; readonly untilMs: number }>();
  return (request, response) => {
    const answer = reply(request, options, tokens);
    response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.text);
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}
type Tokens = Map<string, { readonly id: string; readonly untilMs: number }>;

function reply(request: IncomingMessage, { clock, instanceAt }: MetadataOptions, tokens: Tokens): Answer {
  const facts = instanceAt((request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
  if (facts === null) return { status: 404, text: 'no such instance' };
  if (request.method === 'PUT' && request.url === '/latest/api/token')
    return token(request, facts, clock, tokens);
  if (request.method !== 'GET') return { status: 405, text: 'method not allowed' };
  const held = tokens.get(String(request.headers['x-aliyun-ecs-metadata-token'] ?? ''));
  if (held === undefined || held.id !== facts.id || held.untilMs <= clock.nowMs())
    return { status: 403, text: 'forbidden' };
  const text = valueAt(request.url ?? '', facts);
  return text === null ? { status: 404, text: 'not found' } : { status: 200, text };
}

function token(request: IncomingMessage, { id }: InstanceFacts, clock: SimClock, tokens: Tokens): Answer {
  const ttl = Number(request.headers['x-aliyun-ecs-metadata-token-ttl-seconds']);
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > TTL_MAX_S) return { status: 400, text: 'bad request' };
  // A request that came through a proxy is refused (docs, "hardened mode").
  if (request.headers['x-forwarded-for'] !== undefined) return { status: 403, text: 'forbidden' };
  const made = randomBytes(24).toString('base64url');
  tokens.set(made, { id, untilMs: clock.nowMs() + ttl * 1000 });
  return { status: 200, text: made };
}

function valueAt(url: string, facts: InstanceFacts): string | null {
  if (url === '/latest/user-data') return facts.userData;
  const path = /^\/latest\/meta-data\/(.+)$/.exec(url)?.[1];
  if (path === undefined) return null;
  const values: Readonly<Record<string, string>> = {
    'instance-id': facts.id,
    'region-id': facts.region,
    'zone-id': facts.zone,
    'private-ipv4': facts.privateIp,
    'instance/instance-type': facts.instanceType,
  };
  if (path === 'instance/spot/termination-time') return terminationTime(facts);
  return values[path] ?? null;
}

function terminationTime(facts: InstanceFacts): string | null {
  const atMs = facts.terminationAtMs();
  return atMs === null ? null : `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
