/**
 * The HTTP trigger of a built-in runtime.
 * @see https://www.alibabacloud.com/help/en/functioncompute/fc/http-trigger-invoking-function
 */

import type { Account } from '../accounts.ts';
import type { SimClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { RunOutcome } from './life.ts';

export interface HttpRequest {
  readonly method: string;
  /** path and query */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function eventOf(
  request: HttpRequest,
  requestId: string,
  { account, clock, random }: { account: Account; clock: SimClock; random: Random },
): Buffer {
  const url = new URL(request.url, 'http://localhost');
  const isText = Buffer.from(request.body.toString('utf8')).equals(request.body);
  // Docs: base64 when the content type is binary; which types count as such is not said, so text comes either way.
  const isBase64Encoded = !isText || random.chance(0.5);
  const domainPrefix = 'simulated';
  const now = new Date(clock.nowMs());
  return Buffer.from(
    JSON.stringify({
      version: 'v1',
      rawPath: url.pathname,
      body: request.body.toString(isBase64Encoded ? 'base64' : 'utf8'),
      isBase64Encoded,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [goCase(name), value]),
      ),
      queryParameters: Object.fromEntries(url.searchParams),
      requestContext: {
        accountId: account.id,
        domainName: `${domainPrefix}.${account.region}.fcapp.run`,
        domainPrefix,
        http: {
          method: request.method,
          path: decodeURI(url.pathname),
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: request.headers['user-agent'] ?? '',
        },
        requestId,
        time: `${now.toISOString().slice(0, 19)}Z`,
        timeEpoch: String(now.getTime()),
      },
    }),
  );
}

/** Go's canonical form, in which the names were seen to arrive: `x-github-event` → `X-Github-Event`. */
function goCase(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

interface Struct {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isBase64Encoded: boolean;
  readonly body: string;
}

/** What becomes of a return value that is not the documented struct is not documented: 502. */
export function replyOf(outcome: RunOutcome, requestId: string): HttpReply {
  const headers = { 'x-fc-request-id': requestId };
  if (outcome.kind === 'throttled')
    return errorReply(429, 'ResourceExhausted', 'too many instances', headers);
  if (outcome.kind === 'failed')
    return errorReply(502, outcome.type, outcome.message, { ...headers, 'x-fc-error-type': outcome.type });
  if (!isStruct(outcome.value)) return errorReply(502, 'BadResponse', 'not a response struct', headers);
  const { statusCode, body, isBase64Encoded } = outcome.value;
  return {
    status: statusCode,
    headers: { ...headers, ...outcome.value.headers },
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}

export function errorReply(
  status: number,
  errorCode: string,
  errorMessage: string,
  headers: Record<string, string> = {},
): HttpReply {
  const body = Buffer.from(JSON.stringify({ errorCode, errorMessage }));
  return { status, headers: { ...headers, 'content-type': 'application/json' }, body };
}

function isStruct(value: unknown): value is Struct {
  if (typeof value !== 'object' || value === null) return false;
  const { statusCode, headers, body, isBase64Encoded } = value as Partial<Record<keyof Struct, unknown>>;
  return (
    typeof statusCode === 'number' &&
    typeof headers === 'object' &&
    headers !== null &&
    typeof body === 'string' &&
    typeof isBase64Encoded === 'boolean'
  );
}
