/** The App's JWTs, made by us, and its installation tokens, kept by octokit's auth-app for their life. */
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

/**
 * What auth-app wants. Each JWT has a `jti`: two functions in the same second would else make the same one, which
 * GitHub refuses (terraform-aws-github-runner issue 5025).
 */
export async function appAuth(appKey: AppKey, clock: Clock) {
  const { appId } = await appKey();
  let known: { readonly pem: string; readonly key: KeyObject } | null = null;
  // Asked for each time, because it may be rotated; parsed only when it was: a millisecond of each JWT.
  const currentKey = async (): Promise<KeyObject> => {
    const { privateKeyPem: pem } = await appKey();
    if (known?.pem !== pem) known = { pem, key: createPrivateKey(pem) };
    return known.key;
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  // auth-app measures a difference against the system's own clock, from the `date` of GitHub's refusal.
  const createJwt = async (_id: unknown, differenceS?: number) => {
    const nowMs = differenceS === undefined ? clock.nowMs() : Date.now() + differenceS * 1000;
    const nowS = Math.floor(nowMs / 1000);
    const exp = nowS + JWT_LIFE_S;
    const claims = { iat: nowS - JWT_SLACK_S, exp, iss: String(appId), jti: randomUUID() };
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(text), await currentKey()).toString('base64url');
    return { jwt: `${text}.${signature}`, expiresAt: new Date(exp * 1000).toISOString() };
  };
  return { appId, createJwt };
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

/** Of an answer that was cut short, auth-app keeps the rest like any other: its token is the word 'undefined'. */
const isToken = ({ token }: Token): boolean => typeof token === 'string' && token.length > 'undefined'.length;

/** Throws `InstallationUnusable`, `Throttled` or `GitHubFailed`. */
export async function installationToken(
  auth: unknown,
  wanted: WantedToken,
  refresh: boolean,
): Promise<Token> {
  try {
    const ask = auth as (how: object) => Promise<Token>;
    const token = await ask({ type: 'installation', ...wanted, refresh });
    if (isToken(token)) return token;
    const again = await ask({ type: 'installation', ...wanted, refresh: true });
    if (isToken(again)) return again;
    throw new GitHubFailed(TOKEN_ROUTE, 201, 'malformed answer at token');
  } catch (error) {
    if (error instanceof GitHubFailed) throw error;
    const answer = answerIn(error, TOKEN_ROUTE);
    const waitMs = throttledMs(answer);
    if (waitMs !== null) throw new Throttled(TOKEN_ROUTE, answer.status, waitMs);
    if (NO_TOKEN.includes(answer.status)) {
      throw new InstallationUnusable(wanted.installationId, answer.status, messageOf(answer));
    }
    throw failed(TOKEN_ROUTE, answer);
  }
}

/** Not yet known everywhere at GitHub. By GitHub's clock alone: ours may differ. */
export function isNewborn({ expiresAt }: Token, { headers }: GitHubAnswer): boolean {
  const bornAtMs = Date.parse(expiresAt) - TOKEN_LIFE_MS;
  return Date.parse(headers.date ?? '') - bornAtMs < NEWBORN_MS;
}

/** An octokit error holds the request, with its headers: only the answer is taken out of it. */
export function answerIn(error: unknown, route: string): GitHubAnswer {
  const { response } = (error ?? {}) as { readonly response?: GitHubAnswer };
  if (response !== undefined) {
    return { status: response.status, headers: response.headers, data: response.data };
  }
  throw new GitHubFailed(route, 0, error instanceof Error ? error.message : 'unknown failure');
}
