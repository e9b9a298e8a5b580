/** The adapter's way to a GitHub in the same process: real JWTs and tokens, no network, the simulator's clock. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { NO_TOKEN } from '../../shared/adapters/github/app-auth.ts';
import type { GitHubAnswer, GitHubAuth, GitHubRequest } from '../../shared/adapters/github/request.ts';
import {
  GitHubFailed,
  InstallationUnusable,
  messageOf,
  Throttled,
  throttledMs,
} from '../../shared/adapters/github/request.ts';
import { type TokenScope, tokenScope } from '../../shared/adapters/github/token-scope.ts';
import type { SimClock } from '../clock.ts';
import type { SimGitHub } from './github.ts';
import type { SimRequest, SimResponse } from './wire.ts';

export interface InProcessOptions {
  readonly github: Pick<SimGitHub, 'request'>;
  readonly clock: SimClock;
  readonly appId: number;
  readonly privateKeyPem: string;
}

/** Of the whole process: two callers that begin in the same second must not send the same JWT. */
let jwts = 0;

/** Reading a key costs more than signing with it, and each function instance would. */
const keys = new Map<string, KeyObject>();

function keyOf(pem: string): KeyObject {
  const key = keys.get(pem) ?? createPrivateKey(pem);
  keys.set(pem, key);
  return key;
}

const TOKEN_ROUTE = 'POST /app/installations/{installation_id}/access_tokens';

export function inProcessRequest(options: InProcessOptions): GitHubRequest {
  const key = keyOf(options.privateKeyPem);
  const tokens = new Map<string, { token: string; untilMs: number }>();

  const call = async (route: string, params: Params, authorization: string | null): Promise<GitHubAnswer> => {
    const { headers: extra, ...rest } = params as { headers?: Record<string, string> };
    const headers = { ...extra, ...(authorization === null ? {} : { authorization }) };
    const answer = await followed(options.github, { ...expanded(route, rest), headers });
    if (answer === null) throw new GitHubFailed(route, 0, 'the connection ended');
    return { status: answer.status, headers: answer.headers, data: answer.body ?? '' };
  };
  const asApp = (route: string, params: Params): Promise<GitHubAnswer> =>
    call(route, params, `bearer ${jwt(key, options, jwts++)}`);
  const tokenFor = async (id: number, scope: TokenScope, isStale: boolean): Promise<string> => {
    const key = JSON.stringify([id, scope]);
    const known = tokens.get(key);
    if (!isStale && known !== undefined && options.clock.nowMs() < known.untilMs) return known.token;
    const { permissions, repositoryNames: repositories } = scope;
    const answer = await asApp(TOKEN_ROUTE, { installation_id: id, permissions, repositories });
    const waitMs = throttledMs(answer);
    if (waitMs !== null) throw new Throttled(TOKEN_ROUTE, answer.status, waitMs);
    if (NO_TOKEN.includes(answer.status)) {
      throw new InstallationUnusable(id, answer.status, messageOf(answer));
    }
    if (answer.status !== 201) throw new GitHubFailed(TOKEN_ROUTE, answer.status, messageOf(answer));
    const { token, expires_at } = answer.data as { token: string; expires_at: string };
    tokens.set(key, { token, untilMs: Date.parse(expires_at) - 60_000 });
    return token;
  };

  return async (route, params, auth: GitHubAuth) => {
    if (auth === 'none') return call(route, params, null);
    if (auth === 'app') return asApp(route, params);
    const scope = tokenScope(route, params);
    const answer = await call(route, params, `token ${await tokenFor(auth.installation, scope, false)}`);
    if (answer.status !== 401) return answer;
    return call(route, params, `token ${await tokenFor(auth.installation, scope, true)}`);
  };
}

type Params = Readonly<Record<string, unknown>>;

const REDIRECTS_MAX = 5;

/** As `fetch` follows redirects: a POST becomes a GET after 301 and 302, and stays one after 307 and 308. */
async function followed(
  github: InProcessOptions['github'],
  request: SimRequest,
): Promise<SimResponse | null> {
  let next = request;
  for (let hops = 0; ; hops++) {
    const answer = await github.request(next);
    const { location } = answer?.headers ?? {};
    if (answer === null || location === undefined || answer.status < 301 || answer.status > 308)
      return answer;
    if (hops >= REDIRECTS_MAX) return null;
    const { pathname, search } = new URL(location);
    const isKept = answer.status >= 307 || next.method === 'GET';
    next = isKept
      ? { ...next, path: pathname + search }
      : { method: 'GET', path: pathname + search, headers: next.headers };
  }
}

/** The path with its places filled; what is left becomes the query of a GET, else the body. */
function expanded(route: string, params: Params) {
  const [method = '', template = ''] = route.split(' ');
  const left = new Map(Object.entries(params));
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = left.get(name);
    left.delete(name);
    return encodeURIComponent(String(value));
  });
  if (method !== 'GET') return { method, path, body: Object.fromEntries(left) };
  const query = new URLSearchParams(
    [...left].map(([name, value]): [string, string] => [name, String(value)]),
  );
  return { method, path: left.size === 0 ? path : `${path}?${query}` };
}

function jwt(key: KeyObject, { clock, appId }: InProcessOptions, serial: number): string {
  const nowS = Math.floor(clock.nowMs() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iat: nowS - 30, exp: nowS + 300, iss: String(appId), jti: String(serial) };
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}
