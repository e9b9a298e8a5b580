/** GitHub over the network: octokit with its App authentication, retry and throttling. */
import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import Bottleneck from 'bottleneck/light.js';
import { CALL_MAX_MS, CALL_TRIES_MAX } from '../limits.ts';
import type { Clock, Log } from '../ports.ts';
import { fetchVia } from './github-fetch.ts';
import {
  failed,
  type GitHubAnswer,
  GitHubFailed,
  type GitHubRequest,
  InstallationUnusable,
  messageOf,
  scrubbed,
  Throttled,
  throttledMs,
} from './github-request.ts';

export interface OctokitOptions {
  /** `github.baseUrl`: https://github.com, a GHES host, or SUBDOMAIN.ghe.com */
  readonly baseUrl: string;
  readonly egressProxy: string | null;
  readonly appKey: () => Promise<{ readonly appId: number | string; readonly privateKeyPem: string }>;
  readonly clock: Clock;
  readonly log: Log;
  /** The first pause before a repeated try; tests shorten it. */
  readonly pauseMs?: number;
}

const Client = Octokit.plugin(retry, throttling);
type Client = InstanceType<typeof Client>;

/** Waiting longer is the caller's business: it sets the job's next try. */
const RETRY_AFTER_MAX_S = 5;
const TOKEN_LIFE_MS = 3_600_000;
const NEWBORN_MS = 5_000;
const NEWBORN_TRIES_MAX = 3;
/** A definite answer, or one that a repetition cannot better; 429 is throttling's, 409 means that it is there already. */
const NOT_REPEATED = [304, 400, 401, 403, 404, 409, 410, 422, 429, 451];
/** Asking twice would run jobs twice: an unknown outcome is for the caller to look at. */
const ONCE = /^POST .*\/(rerun|rerun-failed-jobs|attempts)$/;
const TOKEN_ROUTE = 'POST /app/installations/{installation_id}/access_tokens';

/** https://docs.github.com/en/rest/overview (github.com), …/enterprise-server (GHES), …/data-residency (ghe.com) */
export function apiUrl(baseUrl: string): string {
  const url = new URL(baseUrl);
  if (url.hostname === 'github.com') return 'https://api.github.com';
  if (url.hostname.endsWith('.ghe.com')) return `https://api.${url.hostname}`;
  return `${url.origin}/api/v3`;
}

/** One client for the App, one for everything else; installation tokens are kept by auth-app for their life. */
export function octokitRequest(options: OctokitOptions): GitHubRequest {
  let opened: Promise<Clients> | null = null;
  const clients = (): Promise<Clients> => {
    opened ??= openClients(options).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  return async (route, params, auth) => {
    const { app, plain } = await clients();
    if (auth === 'app') return answered(app, route, params);
    if (auth === 'none') return answered(plain, route, params);
    return asInstallation({ app, plain }, options, auth.installation, (authorization) => {
      const headers = { ...(params.headers as object | undefined), authorization };
      return answered(plain, route, { ...params, headers });
    });
  };
}

interface Clients {
  readonly app: Client;
  readonly plain: Client;
}

async function openClients(options: OctokitOptions): Promise<Clients> {
  const log = quietLog(options.log);
  const common = { ...(await clientOptions(options)), log };
  const app = new Client({
    ...common,
    authStrategy: createAppAuth,
    auth: { ...(await appAuth(options)), log },
  });
  return { app, plain: new Client(common) };
}

/**
 * A token is not known everywhere at GitHub for its first seconds (octokit's auth-app waits for the same reason);
 * an older one that is refused died before its time, and is renewed.
 */
async function asInstallation(
  { app }: Clients,
  { pauseMs = 1000 }: OctokitOptions,
  installation: number,
  call: (authorization: string) => Promise<GitHubAnswer>,
): Promise<GitHubAnswer> {
  let refresh = false;
  for (let attempt = 1; ; attempt++) {
    const { token, expiresAt } = await tokenOf(app, installation, refresh);
    const answer = await call(`token ${token}`);
    if (answer.status !== 401 || attempt > NEWBORN_TRIES_MAX) return answer;
    const isNewborn = ageMs(answer, expiresAt) < NEWBORN_MS;
    refresh = !isNewborn || attempt === NEWBORN_TRIES_MAX;
    if (isNewborn) await setTimeout(attempt * pauseMs);
  }
}

/**
 * Without this, octokit lets one write through each second, and ten mints take nine. GitHub docs: 900 points a minute,
 * a write counts 5: 180 writes a minute, thirty of them at once.
 */
function pacedWrites(): Bottleneck.Group {
  return new Bottleneck.Group({
    maxConcurrent: 10,
    reservoir: 30,
    reservoirRefreshAmount: 30,
    reservoirRefreshInterval: 10_000,
  });
}

async function clientOptions(options: OctokitOptions) {
  const isShort = (retryAfterS: number, _request: object, _client: unknown, retries: number): boolean =>
    retryAfterS <= RETRY_AFTER_MAX_S && retries === 0;
  return {
    baseUrl: apiUrl(options.baseUrl),
    userAgent: 'aliyun-spot-runners',
    request: { fetch: await fetchVia(options.egressProxy), log: quietLog(options.log) },
    retry: {
      doNotRetry: NOT_REPEATED,
      retries: CALL_TRIES_MAX - 1,
      retryAfterBaseValue: options.pauseMs ?? 1000,
    },
    throttle: { write: pacedWrites(), onRateLimit: isShort, onSecondaryRateLimit: isShort },
  };
}

function quietLog(log: Log) {
  const silent = (): void => undefined;
  const say = (message: string): void => log('github.warned', { message: scrubbed(message) });
  return { debug: silent, info: silent, warn: say, error: say };
}

/**
 * Each JWT has a `jti`: two functions in the same second would else make the same one, which GitHub refuses
 * (terraform-aws-github-runner issue 5025). A minute of slack for clocks that differ (GitHub docs).
 */
async function appAuth({ appKey, clock }: OctokitOptions) {
  const { appId, privateKeyPem } = await appKey();
  const key = createPrivateKey(privateKeyPem);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const createJwt = async (_id: unknown, differenceS = 0) => {
    const nowS = Math.floor(clock.nowMs() / 1000) + differenceS;
    const claims = { iat: nowS - 60, exp: nowS + 480, iss: String(appId), jti: randomUUID() };
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(text), key).toString('base64url');
    return { jwt: `${text}.${signature}`, expiresAt: new Date(claims.exp * 1000).toISOString() };
  };
  return { appId, createJwt };
}

async function answered(
  client: Client,
  route: string,
  params: Readonly<Record<string, unknown>>,
): Promise<GitHubAnswer> {
  const signal = AbortSignal.timeout(CALL_MAX_MS);
  const request = ONCE.test(route) ? { signal, retries: 0 } : { signal };
  try {
    const { status, headers, data } = await client.request(route, { ...params, request });
    return { status, headers: headers as GitHubAnswer['headers'], data };
  } catch (error) {
    return answerIn(error, route);
  }
}

/** An octokit error holds the request, with its headers: none of it leaves this file. */
function answerIn(error: unknown, route: string): GitHubAnswer {
  const { response } = (error ?? {}) as { readonly response?: GitHubAnswer };
  if (response !== undefined) {
    return { status: response.status, headers: response.headers, data: response.data };
  }
  throw new GitHubFailed(route, 0, error instanceof Error ? error.message : 'unknown failure');
}

interface Token {
  readonly token: string;
  readonly expiresAt: string;
}

/** By GitHub's clock alone: ours may differ. */
function ageMs({ headers }: GitHubAnswer, expiresAt: string): number {
  return Date.parse(headers.date ?? '') - (Date.parse(expiresAt) - TOKEN_LIFE_MS);
}

async function tokenOf(app: Client, installationId: number, refresh: boolean): Promise<Token> {
  try {
    const auth = app.auth as (how: object) => Promise<Token>;
    return await auth({ type: 'installation', installationId, refresh });
  } catch (error) {
    const answer = answerIn(error, TOKEN_ROUTE);
    const waitMs = throttledMs(answer);
    if (waitMs !== null) throw new Throttled(TOKEN_ROUTE, answer.status, waitMs);
    if ([401, 403, 404].includes(answer.status)) {
      throw new InstallationUnusable(installationId, answer.status, messageOf(answer));
    }
    throw failed(TOKEN_ROUTE, answer);
  }
}
