/** GitHub over the network: octokit with its App authentication, retry and throttling. */
import { setTimeout } from 'node:timers/promises';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import Bottleneck from 'bottleneck/light.js';
import { CALL_MAX_MS, CALL_TRIES_MAX } from '../../limits.ts';
import type { Clock, Log } from '../../ports.ts';
import {
  type AppKey,
  answerIn,
  appAuth,
  installationToken,
  isNewborn,
  type WantedToken,
} from './app-auth.ts';
import { fetchVia } from './fetch.ts';
import { type GitHubAnswer, type GitHubRequest, InstallationUnusable, redact } from './request.ts';
import { tokenScope } from './token-scope.ts';

export interface OctokitOptions {
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

const Client = Octokit.plugin(retry, throttling);
type Client = InstanceType<typeof Client>;

/** All tries and the pauses between them fit into one call. */
const TRY_MAX_MS = Math.floor((CALL_MAX_MS * 0.8) / CALL_TRIES_MAX);
/** Waiting longer is the caller's business: it sets the job's next try. */
const RETRY_AFTER_MAX_S = 5;
const NEWBORN_TRIES_MAX = 3;
/** A definite answer, or one that a repetition cannot better; 429 is throttling's, 409 means that it is there already. */
const NOT_REPEATED = [304, 400, 401, 403, 404, 409, 410, 422, 429, 451];
/** Asking twice would run jobs, or tell, twice: an unknown outcome is for the caller to look at. */
const ONCE = /^POST .*\/(rerun|rerun-failed-jobs|attempts|check-runs)$/;

/** https://docs.github.com/en/rest/overview (github.com), …/enterprise-server (GHES), …/data-residency (ghe.com) */
export function apiUrl(baseUrl: string): string {
  const url = new URL(baseUrl);
  if (url.hostname === 'github.com') return 'https://api.github.com';
  if (url.hostname.endsWith('.ghe.com')) return `https://api.${url.hostname}`;
  return `${url.origin}/api/v3`;
}

/** One client for the App, one for everything else; installation tokens are kept by auth-app for their life, by scope. */
export function octokitRequest(options: OctokitOptions): GitHubRequest {
  const plainClient = madeOnce(() => openPlain(options));
  // Whoever only reads what anyone may read has no key.
  const appClient = madeOnce(() => openApp(options));
  const ask: GitHubRequest = async (route, params, auth) => {
    if (auth === 'app') return answered(await appClient(), route, params);
    const plain = await plainClient();
    if (auth === 'none') return answered(plain, route, params);
    const wanted = { installationId: auth.installation, ...tokenScope(route, params) };
    return asInstallation(await appClient(), options, wanted, (authorization) => {
      const headers = { ...(params.headers as object | undefined), authorization };
      return answered(plain, route, { ...params, headers });
    });
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

/** A failure is not kept. */
function madeOnce<Thing>(make: () => Promise<Thing>): () => Promise<Thing> {
  let made: Promise<Thing> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

async function openPlain(options: OctokitOptions): Promise<Client> {
  return new Client({ ...(await clientOptions(options)), log: quietLog(options.log) });
}

async function openApp(options: OctokitOptions): Promise<Client> {
  const log = quietLog(options.log);
  const auth = { ...(await appAuth(options.appKey, options.clock)), log };
  return new Client({ ...(await clientOptions(options)), log, authStrategy: createAppAuth, auth });
}

/**
 * A token is not known everywhere at GitHub for its first seconds (octokit's auth-app waits for the same reason);
 * an older one that is refused died before its time, and is renewed.
 */
async function asInstallation(
  app: Client,
  { pauseMs = 1000 }: OctokitOptions,
  wanted: WantedToken,
  call: (authorization: string) => Promise<GitHubAnswer>,
): Promise<GitHubAnswer> {
  let refresh = false;
  for (let attempt = 1; ; attempt++) {
    const token = await installationToken(app.auth, wanted, refresh);
    const answer = await call(`token ${token.token}`);
    if (answer.status !== 401 || attempt > NEWBORN_TRIES_MAX) return answer;
    const isYoung = isNewborn(token, answer);
    refresh = !isYoung || attempt === NEWBORN_TRIES_MAX;
    if (isYoung) await setTimeout(attempt * pauseMs);
  }
}

/** The pace is ours (pacing.ts), the same over the network and in process: octokit's own is one write a second. */
const unpaced = (): Bottleneck.Group => new Bottleneck.Group();

async function clientOptions(options: OctokitOptions) {
  const isShort = (retryAfterS: number, _request: object, _client: unknown, retries: number): boolean =>
    retryAfterS <= RETRY_AFTER_MAX_S && retries === 0;
  return {
    baseUrl: apiUrl(options.baseUrl),
    userAgent: 'aliyun-spot-runners',
    request: {
      fetch: await fetchVia(options.egressProxy, options.tryMaxMs ?? TRY_MAX_MS),
      log: quietLog(options.log),
    },
    retry: {
      doNotRetry: NOT_REPEATED,
      retries: CALL_TRIES_MAX - 1,
      retryAfterBaseValue: options.pauseMs ?? 1000,
    },
    throttle: {
      write: unpaced(),
      global: unpaced(),
      onRateLimit: () => false,
      onSecondaryRateLimit: isShort,
    },
  };
}

function quietLog(log: Log) {
  const silent = (): void => undefined;
  const say = (message: string): void => log('github.warned', { message: redact(message) });
  return { debug: silent, info: silent, warn: say, error: say };
}

async function answered(
  client: Client,
  route: string,
  params: Readonly<Record<string, unknown>>,
): Promise<GitHubAnswer> {
  const request = ONCE.test(route) ? { retries: 0 } : {};
  try {
    const { status, headers, data } = await client.request(route, { ...params, request });
    return { status, headers: headers as GitHubAnswer['headers'], data };
  } catch (error) {
    return answerIn(error, route);
  }
}
