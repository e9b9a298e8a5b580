/** The little that the mapping needs of a way to GitHub: the network, or a simulated one in process. */
import type * as z from 'zod';
import type { CallUse } from '../../budget.ts';
import { HOLD_MAX_MS } from '../../github-limits.ts';

export type GitHubAuth = 'app' | 'none' | { readonly installation: number };

export interface GitHubAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; integers beyond 2^53 are bigint. A string where it was no JSON. */
  readonly data: unknown;
}

/**
 * `route` as GitHub's documentation writes it: `GET /orgs/{org}/actions/runners`; what is left of `params` becomes query or body.
 * Resolves with any status that GitHub answered; throws `InstallationUnusable`, or `GitHubFailed` where there was no answer.
 */
export type GitHubRequest = (
  route: string,
  params: Readonly<Record<string, unknown>>,
  auth: GitHubAuth,
  /** What it is for; by default what its route tells. */
  use?: CallUse,
) => Promise<GitHubAnswer>;

/** GitHub did not do what was asked. Holds no header and no body. */
export class GitHubFailed extends Error {
  override readonly name = 'GitHubFailed';
  readonly route: string;
  /** 0: there was no answer. */
  readonly status: number;

  constructor(route: string, status: number, message: string) {
    super(`GitHub answered ${status === 0 ? 'nothing' : status} to ${route}: ${redact(message)}`);
    this.route = route;
    this.status = status;
  }
}

/** No token is to be had for this installation: removed, suspended, or never ours. So nothing was asked with it. */
export class InstallationUnusable extends GitHubFailed {
  /** Null: there is none. */
  readonly installation: number | null;
  /** As `isTurnedAway` in shared/budget.ts asks: not where a token was refused for what it was to be good for. */
  readonly isTurnedAway: boolean;

  constructor(installation: number | null, status: number, message: string, route = TOKEN_ROUTE) {
    super(route, status, message);
    this.installation = installation;
    this.isTurnedAway = status !== 422;
  }
}

const TOKEN_ROUTE = 'POST /app/installations/{installation_id}/access_tokens';

/** Anything else is thrown on. */
export function unusable(error: unknown): InstallationUnusable {
  if (error instanceof InstallationUnusable) return error;
  throw error;
}

/** GitHub gives no token with a permission that the App lacks. */
export const lacksPermission = (error: unknown): error is InstallationUnusable =>
  error instanceof InstallationUnusable && error.status === 422;

/** The call itself was not made: a limit was met while a token was asked for, or GitHub is left alone for a while. */
export class Throttled extends GitHubFailed {
  /** As `waitMsOf` in shared/budget.ts asks. */
  readonly waitMs: number;

  constructor(route: string, status: number, waitMs: number, because = `throttled for ${waitMs} ms`) {
    super(route, status, because);
    this.waitMs = waitMs;
  }
}

/** Not asked at all: what is left of GitHub's calls is kept for something before it. */
export class CallKept extends GitHubFailed {
  /** As `isKept` in shared/budget.ts asks. */
  readonly isKept = true;

  constructor(route: string, because: string) {
    super(route, 0, `it was not asked, because ${because}`);
  }
}

const MESSAGE_MAX_CHARS = 200;
/** Of what is looked through for them: an answer may have megabytes, and what is left out makes a text shorter. */
const LOOKED_THROUGH_MAX_CHARS = 20 * MESSAGE_MAX_CHARS;

/** Without anything that looks like a token, a JWT, a config, or a password in a URL. */
export function redact(text: string): string {
  const isCut = text.length > LOOKED_THROUGH_MAX_CHARS;
  // The cut may lie within one.
  const looked = isCut ? text.slice(0, LOOKED_THROUGH_MAX_CHARS).replace(/\S+$/, '') : text;
  return looked
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[jwt]')
    .replace(/\b(?:gh[a-z]_|github_pat_)\w+/g, '[token]')
    .replace(/\/\/[^\s/@]+@/g, '//')
    .replace(/[\w+/=-]{64,}/g, '[removed]')
    .replace(/\s+/g, ' ')
    .slice(0, MESSAGE_MAX_CHARS);
}

export function messageOf({ data }: GitHubAnswer): string {
  if (typeof data === 'object' && data !== null && 'message' in data) return String(data.message);
  return typeof data === 'string' ? data : '';
}

export function failed(route: string, answer: GitHubAnswer): GitHubFailed {
  const message = messageOf(answer);
  // To a token from before its suspension GitHub says the same as to who asks for one.
  return answer.status === 403 && /has been suspended/i.test(message)
    ? new InstallationUnusable(null, answer.status, message, route)
    : new GitHubFailed(route, answer.status, message);
}

/** What does not have the shape throws, without repeating what it was. */
export function parsed<Shape extends z.ZodType>(
  route: string,
  shape: Shape,
  { status, data }: GitHubAnswer,
): z.output<Shape> {
  const found = shape.safeParse(data);
  if (found.success) return found.data;
  const where = found.error.issues[0]?.path.join('.') || 'the whole';
  throw new GitHubFailed(route, status, `malformed answer at ${where}`);
}

const DEFAULT_WAIT_MS = 60_000;

/**
 * How long GitHub wants us to wait; null: it is not about limits. GitHub docs, "Rate limits for the REST API": 403 or
 * 429, with `retry-after`, or with nothing remaining until `x-ratelimit-reset`; else wait at least a minute.
 */
export function throttledMs(answer: GitHubAnswer): number | null {
  if (answer.status !== 403 && answer.status !== 429) return null;
  const { headers } = answer;
  const isSpent = headers['x-ratelimit-remaining'] === '0';
  const retryAfterS = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(retryAfterS)) return Math.min(Math.max(0, retryAfterS) * 1000, HOLD_MAX_MS);
  if (isSpent) return Math.max(1000, untilResetMs(headers) ?? DEFAULT_WAIT_MS);
  // GitHub Enterprise Server calls its secondary limit an abuse detection.
  return answer.status === 429 || /rate limit|abuse detection/i.test(messageOf(answer))
    ? DEFAULT_WAIT_MS
    : null;
}

/** To somebody who may not see it, GitHub says that there is no such thing, or that it is not accessible. */
export const isDenied = (answer: GitHubAnswer): boolean =>
  answer.status === 404 || (answer.status === 403 && throttledMs(answer) === null);

/** By GitHub's own clock, from the answer's `date`: ours may differ. Null: it does not say. */
export function untilResetMs(headers: GitHubAnswer['headers']): number | null {
  const resetMs = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1000;
  const waitMs = resetMs - Date.parse(headers.date ?? '');
  return Number.isFinite(waitMs) ? Math.min(waitMs, HOLD_MAX_MS) : null;
}
