/**
 * In hardened mode: a token by PUT, then everything with the token; else without one, too (Alibaba Cloud docs, "Access instance metadata
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
  /** `HttpTokens: required`; absent: so it is. */
  readonly needsTokens?: boolean;
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
  if (facts.needsTokens !== false && !hasToken(request, facts, clock, tokens))
    return { status: 403, text: 'forbidden' };
  const text = valueAt(request.url ?? '', facts);
  return text === null ? { status: 404, text: 'not found' } : { status: 200, text };
}

function hasToken(request: IncomingMessage, { id }: InstanceFacts, clock: SimClock, tokens: Tokens): boolean {
  const held = tokens.get(String(request.headers['x-aliyun-ecs-metadata-token'] ?? ''));
  return held !== undefined && held.id === id && held.untilMs > clock.nowMs();
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

/** By date for cloud-init's AliYun data source, which asks no other (its `min_metadata_version`); `latest` for all who came later. */
const VERSIONS = ['2016-01-01', 'latest'];

function valueAt(url: string, facts: InstanceFacts): string | null {
  const [, version = '', path = ''] = /^\/([^/]+)\/(.*)$/.exec(url) ?? [];
  if (!VERSIONS.includes(version)) return null;
  if (path === '') return 'meta-data/\nuser-data';
  if (path === 'user-data') return facts.userData === '' ? null : facts.userData;
  const [, key = ''] = /^meta-data\/?(.*)$/.exec(path) ?? [];
  if (!path.startsWith('meta-data')) return null;
  const values = valuesOf(facts);
  return values.get(key) ?? listAt(key, [...values.keys()]);
}

function valuesOf(facts: InstanceFacts): ReadonlyMap<string, string> {
  const endsAt = terminationTime(facts);
  return new Map([
    ['hostname', facts.id],
    ['instance-id', facts.id],
    ['region-id', facts.region],
    ['zone-id', facts.zone],
    ['private-ipv4', facts.privateIp],
    ['instance/instance-type', facts.instanceType],
    ...(endsAt === null ? [] : [['instance/spot/termination-time', endsAt] as const]),
  ]);
}

/** The names in a folder, one a line, folders with a slash: what a client walks down by. Null: there is no such folder. */
function listAt(folder: string, keys: readonly string[]): string | null {
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  const below = keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  const names = new Set(below.map((key) => key.replace(/\/.*$/, '/')));
  return names.size === 0 ? null : [...names].join('\n');
}

function terminationTime(facts: InstanceFacts): string | null {
  const atMs = facts.terminationAtMs();
  return atMs === null ? null : `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
