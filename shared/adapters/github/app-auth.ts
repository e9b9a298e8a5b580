/** The App’s JWTs, and its installation tokens, kept for their life. */
import { createPrivateKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { Clock } from '../../ports.ts';
import {
  failed,
  type GitHubAnswer,
  GitHubFailed,
  InstallationUnusable,
  messageOf,
  Throttled,
  throttledMs,
} from './request.ts';
import type { TokenScope } from './token-scope.ts';

export type AppKey = () => Promise<{ readonly appId: number | string; readonly privateKeyPem: string }>;

/** GitHub docs: at most ten minutes, and a minute of slack for clocks that differ. */
const JWT_SLACK_S = 60;
const JWT_LIFE_S = 480;
const TOKEN_LIFE_MS = 3_600_000;
const NEWBORN_MS = 5_000;
const TOKEN_ROUTE = 'POST /app/installations/{installation_id}/access_tokens';

/** What is kept of tokens at most: each scope of each installation, and of each repository that we write to. */
const TOKENS_MAX = 2_000;
/** GitHub docs: an hour; a call that begins with it shall end with it. */
const TOKEN_KEPT_MS = TOKEN_LIFE_MS - 60_000;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * Each JWT has a `jti`: two functions in the same second would else make the same one, which GitHub refuses
 * (terraform-aws-github-runner issue 5025).
 */
export function appJwts(appKey: AppKey, clock: Clock): (nowMs?: number) => Promise<string> {
  let known: { readonly pem: string; readonly key: KeyObject } | null = null;
  return async (nowMs = clock.nowMs()) => {
    // Asked for each time, because it may be rotated; parsed only when it was: a millisecond of each JWT.
    const { appId, privateKeyPem: pem } = await appKey();
    if (known?.pem !== pem) known = { pem, key: keyIn(pem) };
    const nowS = Math.floor(nowMs / 1000);
    const iat = nowS - JWT_SLACK_S;
    const claims = { iat, exp: nowS + JWT_LIFE_S, iss: String(appId), jti: randomUUID() };
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), known.key).toString('base64url')}`;
  };
}

/** A store may hold it in one line, its line breaks written as \n. Node's own words for what is none are for programmers. */
function keyIn(pem: string): KeyObject {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch (cause) {
    const error = new Error('the App’s private key is none that can be read', { cause });
    throw Object.assign(error, { name: 'AppKeyUnreadable' });
  }
}

/** 422: it lacks a permission that was asked for, or the repository is none of its own. */
export const NO_TOKEN = [401, 403, 404, 422];

export interface Token {
  readonly token: string;
  readonly expiresAt: string;
}

export interface WantedToken extends TokenScope {
  readonly installationId: number;
}

type AskAsApp = (route: string, params: Readonly<Record<string, unknown>>) => Promise<GitHubAnswer>;

interface Kept {
  readonly token: Promise<Token>;
  readonly bornAtMs: number;
}

/** One call for whoever wants the same token at once. Throws `InstallationUnusable`, `Throttled` or `GitHubFailed`. */
export function installationTokens(
  ask: AskAsApp,
  clock: Clock,
): (wanted: WantedToken, refresh: boolean) => Promise<Token> {
  const kept = new Map<string, Kept>();
  return (wanted, refresh) => {
    const key = JSON.stringify(wanted);
    const known = kept.get(key);
    const nowMs = clock.nowMs();
    if (known !== undefined && !refresh && nowMs - known.bornAtMs < TOKEN_KEPT_MS) return known.token;
    const made: Kept = { token: askForToken(ask, wanted), bornAtMs: nowMs };
    kept.delete(key);
    if (kept.size >= TOKENS_MAX) kept.delete(kept.keys().next().value as string);
    kept.set(key, made);
    made.token.catch(() => kept.get(key) === made && kept.delete(key)); // told to whoever asked
    return made.token;
  };
}

async function askForToken(ask: AskAsApp, wanted: WantedToken): Promise<Token> {
  const { installationId, permissions, repositoryNames } = wanted;
  const scope = repositoryNames === undefined ? {} : { repositories: repositoryNames };
  const params = { installation_id: installationId, permissions, ...scope };
  // Once more where the answer was cut short: nobody else knows that token.
  for (let tries = 1; ; tries++) {
    const answer = await ask(TOKEN_ROUTE, params);
    const { token, expires_at: expiresAt } = (answer.data ?? {}) as { token?: unknown; expires_at?: unknown };
    if (answer.status !== 201) throw whyNoToken(answer, installationId);
    if (typeof token === 'string' && typeof expiresAt === 'string') return { token, expiresAt };
    if (tries === 2) throw new GitHubFailed(TOKEN_ROUTE, 201, 'malformed answer at token');
  }
}

function whyNoToken(answer: GitHubAnswer, installationId: number): GitHubFailed {
  const waitMs = throttledMs(answer);
  if (waitMs !== null) return new Throttled(TOKEN_ROUTE, answer.status, waitMs);
  return NO_TOKEN.includes(answer.status)
    ? new InstallationUnusable(installationId, answer.status, messageOf(answer))
    : failed(TOKEN_ROUTE, answer);
}

/** Not yet known everywhere at GitHub. By GitHub's clock alone: ours may differ. */
export function isNewborn({ expiresAt }: Token, { headers }: GitHubAnswer): boolean {
  const bornAtMs = Date.parse(expiresAt) - TOKEN_LIFE_MS;
  return Date.parse(headers.date ?? '') - bornAtMs < NEWBORN_MS;
}
