/** GitHub over the network: App authentication, repetition, redirects. */
import { setTimeout } from 'node:timers/promises';
import { CALL_MAX_MS, CALL_TRIES_MAX } from '../../limits.ts';
import type { Clock, Log } from '../../ports.ts';
import { exchange } from '../http/exchange.ts';
import { tunnelAgent } from '../http/tunnel.ts';
import { type AppKey, appJwts, installationTokens, isNewborn, type WantedToken } from './app-auth.ts';
import { repeatedly } from './limits/repeat.ts';
import {
  type GitHubAnswer,
  GitHubFailed,
  type GitHubRequest,
  InstallationUnusable,
  messageOf,
} from './request.ts';
import { tokenScope } from './token-scope.ts';
import { answerIn, redirected, requestFor, type WireRequest } from './wire.ts';

export interface ClientOptions {
  /** `github.baseUrl`: https://github.com, a GHES host, or SUBDOMAIN.ghe.com */
  readonly baseUrl: string;
  readonly egressProxy: string | null;
  readonly appKey: AppKey;
  /** GitHub refused the App's key. True: `appKey` will read it anew, and asking again is worth it. */
  readonly keyRefused?: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Tests shorten both: the first pause before a repeated try, and how long one try may take. */
  readonly pauseMs?: number;
  readonly tryMaxMs?: number;
}

/** All tries and the pauses between them fit into one call. */
const TRY_MAX_MS = Math.floor((CALL_MAX_MS * 0.8) / CALL_TRIES_MAX);
const NEWBORN_TRIES_MAX = 3;
const REDIRECTS_MAX = 5;
/** Asking twice would run jobs, or tell, twice: an unknown outcome is for the caller to look at. */
const ONCE = /^POST .*\/(rerun|rerun-failed-jobs|attempts|check-runs)$/;

type Params = Readonly<Record<string, unknown>>;
/** With this `authorization`; null: as nobody. */
type Say = (route: string, params: Params, authorization: string | null) => Promise<GitHubAnswer>;

/** https://docs.github.com/en/rest/overview (github.com), …/enterprise-server (GHES), …/data-residency (ghe.com) */
export function apiUrl(baseUrl: string): string {
  const url = new URL(baseUrl);
  if (url.hostname === 'github.com') return 'https://api.github.com';
  if (url.hostname.endsWith('.ghe.com')) return `https://api.${url.hostname}`;
  return `${url.origin}/api/v3`;
}

/** Installation tokens are kept for their life, by scope. */
export function gitHubClient(options: ClientOptions): GitHubRequest {
  const say = sayOver(options);
  const jwt = appJwts(options.appKey, options.clock);
  const asApp = (route: string, params: Params) => sayAsApp(route, params, say, jwt);
  const token = installationTokens(asApp, options.clock);
  const ask: GitHubRequest = async (route, params, auth) => {
    if (auth === 'app') return asApp(route, params);
    if (auth === 'none') return say(route, params, null);
    const wanted = { installationId: auth.installation, ...tokenScope(route, params) };
    return asInstallation(token, options, wanted, (authorization) => say(route, params, authorization));
  };
  return async (route, params, auth) => {
    try {
      const answer = await ask(route, params, auth);
      const isRefused = auth === 'app' && answer.status === 401 && options.keyRefused?.();
      return isRefused ? ask(route, params, auth) : answer;
    } catch (error) {
      const isRefused = error instanceof InstallationUnusable && error.status === 401;
      if (isRefused && options.keyRefused?.()) return ask(route, params, auth);
      throw error;
    }
  };
}

/** GitHub's words for a JWT from another time; then GitHub's own clock counts. */
const SKEWED = /'(Expiration time|Issued at)' claim/;

async function sayAsApp(
  route: string,
  params: Params,
  say: Say,
  jwt: (nowMs?: number) => Promise<string>,
): Promise<GitHubAnswer> {
  const answer = await say(route, params, `bearer ${await jwt()}`);
  const theirNowMs = Date.parse(answer.headers.date ?? '');
  const isSkewed = answer.status === 401 && SKEWED.test(messageOf(answer)) && Number.isFinite(theirNowMs);
  return isSkewed ? say(route, params, `bearer ${await jwt(theirNowMs)}`) : answer;
}

/**
 * A token is not known everywhere at GitHub for its first seconds (octokit's auth-app waits for the same reason);
 * an older one that is refused died before its time, and is renewed.
 */
async function asInstallation(
  tokenFor: ReturnType<typeof installationTokens>,
  { pauseMs = 1000 }: ClientOptions,
  wanted: WantedToken,
  call: (authorization: string) => Promise<GitHubAnswer>,
): Promise<GitHubAnswer> {
  let refresh = false;
  for (let attempt = 1; ; attempt++) {
    const token = await tokenFor(wanted, refresh);
    const answer = await call(`token ${token.token}`);
    if (answer.status !== 401 || attempt > NEWBORN_TRIES_MAX) return answer;
    const isYoung = isNewborn(token, answer);
    refresh = !isYoung || attempt === NEWBORN_TRIES_MAX;
    if (isYoung) await setTimeout(attempt * pauseMs);
  }
}

function sayOver({ baseUrl, egressProxy, pauseMs = 1000, tryMaxMs = TRY_MAX_MS }: ClientOptions): Say {
  const api = apiUrl(baseUrl);
  const isSecure = api.startsWith('https:');
  const agent = egressProxy === null ? undefined : tunnelAgent(new URL(egressProxy), isSecure, tryMaxMs);
  const one = async (request: WireRequest, isOnce: boolean): Promise<GitHubAnswer> => {
    let sent = request;
    const endsMs = performance.now() + tryMaxMs;
    for (let hops = 0; ; hops++) {
      const maxMs = Math.max(1, endsMs - performance.now());
      const answer = await answerIn(await exchange({ ...sent, isOnce, maxMs, agent }));
      const next = hops < REDIRECTS_MAX ? redirected(sent, answer) : null;
      if (next === null) return answer;
      sent = next;
    }
  };
  return async (route, params, authorization) => {
    const request = requestFor(api, route, params, authorization);
    const isOnce = ONCE.test(route);
    try {
      return await repeatedly(() => one(request, isOnce), { triesMax: isOnce ? 1 : CALL_TRIES_MAX, pauseMs });
    } catch (error) {
      // Node's own words: an address and a code.
      throw new GitHubFailed(route, 0, error instanceof Error ? error.message : 'unknown failure');
    }
  };
}
