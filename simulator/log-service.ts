/** Log Service: what functions printed, found by full words some seconds later. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials } from './accounts.ts';
import type { SimClock } from './clock.ts';

export interface LogServiceOptions {
  readonly clock: SimClock;
  readonly credentials: Credentials;
  readonly project: string;
  readonly store: string;
}

export interface LogService {
  append(functionName: string, line: string): void;
  readonly port: number;
  close(): Promise<void>;
}

/** How soon a line is found is not promised. */
const SEEN_AFTER_MS = 5_000;
const LINES_MAX = 200_000;
const PAGE_MAX = 100;
/** Docs, "Common error codes", RequestTimeExpired: 15 minutes. */
const SKEW_MAX_MS = 15 * 60_000;
/** Docs, "Create indexes": what separates words unless it is said otherwise. */
const DELIMITERS = /[\s,'";=()[\]{}?@&<>/:]+/;

interface Line {
  readonly atMs: number;
  readonly functionName: string;
  readonly text: string;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export async function serveLogService(options: LogServiceOptions): Promise<LogService> {
  const lines: Line[] = [];
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    try {
      const found = answer(request, lines, options);
      response.setHeader('x-log-progress', 'Complete');
      response.end(JSON.stringify(found));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response.writeHead(error.status).end(JSON.stringify({ errorCode: error.code, errorMessage: '' }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    append(functionName, text) {
      lines.push({ atMs: options.clock.nowMs(), functionName, text });
      if (lines.length > LINES_MAX) lines.shift();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, lines: readonly Line[], options: LogServiceOptions): object[] {
  const { project, store, clock } = options;
  const url = new URL(request.url ?? '/', 'http://log');
  verify(request, url, options);
  if (!(request.headers.host ?? '').startsWith(`${project}.`)) throw new Refusal(404, 'ProjectNotExist');
  if (url.pathname !== `/logstores/${store}`) throw new Refusal(404, 'LogStoreNotExist');
  const asked = (name: string): string => {
    const value = url.searchParams.get(name);
    if (value === null) throw new Refusal(400, 'ParameterInvalid');
    return value;
  };
  const [from, to, offset, size] = ['from', 'to', 'offset', 'line'].map((name) => Number(asked(name))) as [
    number,
    number,
    number,
    number,
  ];
  if (asked('type') !== 'log' || !(from < to) || !(size <= PAGE_MAX))
    throw new Refusal(400, 'ParameterInvalid');
  const words = [...asked('query').matchAll(/"([^"]+)"/g)].map(([, word = '']) => word.toLowerCase());
  const seen = lines.filter(({ atMs }) => {
    const second = Math.floor(atMs / 1000);
    return second >= from && second < to && clock.nowMs() - atMs >= SEEN_AFTER_MS;
  });
  return seen
    .filter(({ text }) =>
      text
        .toLowerCase()
        .split(DELIMITERS)
        .some((word) => words.includes(word)),
    )
    .slice(offset, offset + size)
    .map(({ atMs, functionName, text }) => ({
      ...{ __time__: String(Math.floor(atMs / 1000)), __source__: '', functionName, qualifier: 'LATEST' },
      message: `${text}\n`,
    }));
}

function verify({ method = '', headers }: IncomingMessage, url: URL, options: LogServiceOptions): void {
  const [, id = '', signature = ''] = /^LOG ([^:]+):(.+)$/.exec(headers.authorization ?? '') ?? [];
  const credential = options.credentials(id);
  if (credential === null) throw new Refusal(401, 'Unauthorized');
  const date = String(headers.date ?? '');
  if (!(Math.abs(Date.parse(date) - options.clock.nowMs()) < SKEW_MAX_MS))
    throw new Refusal(400, 'RequestTimeExpired');
  if (credential.securityToken !== headers['x-acs-security-token'])
    throw new Refusal(401, 'SecurityTokenInvalid');
  const expected = createHmac('sha1', credential.secret)
    .update(textToSign(method, headers, url))
    .digest();
  const given = Buffer.from(signature, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Refusal(401, 'SignatureNotMatch');
  if (credential.mayDo && !credential.mayDo('log:GetLogStoreLogs')) throw new Refusal(401, 'Unauthorized');
}

function textToSign(method: string, headers: IncomingMessage['headers'], url: URL): string {
  const named = Object.keys(headers)
    .filter((name) => /^x-(log|acs)-/.test(name))
    .sort()
    .map((name) => `${name}:${headers[name]}`);
  const asked = [...url.searchParams]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const { date = '', 'content-type': type = '' } = headers;
  return [method, '', type, date, ...named, `${url.pathname}?${asked}`].join('\n');
}
