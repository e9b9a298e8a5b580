/** What the functions logged, asked of Log Service (Simple Log Service docs, "Request signatures" and "GetLogs"). */
import { createHmac } from 'node:crypto';
import type { Listing } from '../nouns.ts';
import type { AccessKey } from './alibaba/acs3.ts';
import { exchange } from './http/exchange.ts';

export interface LogLine {
  readonly atMs: number;
  /** Whose it is, as Function Compute names it. */
  readonly functionName: string;
  readonly text: string;
}

export interface LogQuestion {
  /** A line with any of these words. */
  readonly words: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LogConnection {
  /** A simulator's; null: the region's own. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly project: string;
  readonly store: string;
  readonly accessKey: () => Promise<AccessKey>;
  readonly nowMs: () => number;
}

const CALL_MS = 10_000;
/** GetLogs: 100 at most. */
const PAGE_LINES = 100;
const PAGES_MAX = 20;
/** An answer that is not whole is asked for again. */
const INCOMPLETE_MAX = 3;

/** Oldest first; `complete` is false where there were more, or the service did not look through all. Throws its refusal. */
export async function logLines(question: LogQuestion, connection: LogConnection): Promise<Listing<LogLine>> {
  const things: LogLine[] = [];
  let complete = true;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await wholePage(page * PAGE_LINES, question, connection);
    things.push(...answer.things);
    complete &&= answer.complete;
    if (answer.things.length < PAGE_LINES) return { things, complete };
  }
  return { things, complete: false };
}

async function wholePage(offset: number, question: LogQuestion, connection: LogConnection) {
  let answer = await ask(offset, question, connection);
  for (let tries = 1; tries < INCOMPLETE_MAX && !answer.complete; tries++)
    answer = await ask(offset, question, connection);
  return answer;
}

async function ask(
  offset: number,
  { words, fromMs, toMs }: LogQuestion,
  connection: LogConnection,
): Promise<Listing<LogLine>> {
  const { region, project, store, endpoint, nowMs } = connection;
  const host = `${project}.${region}.log.aliyuncs.com`;
  const query = {
    ...{ type: 'log', from: `${Math.floor(fromMs / 1000)}`, to: `${Math.ceil(toMs / 1000)}` },
    ...{ line: `${PAGE_LINES}`, offset: `${offset}`, reverse: 'false' },
    query: words.map((word) => `"${word.replace(/["\\]/g, '')}"`).join(' or '),
  };
  const path = `/logstores/${store}`;
  const url = new URL(`${endpoint ?? `https://${host}`}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers = signedHeaders(path, query, await connection.accessKey(), nowMs());
  const answer = await exchange({ url, method: 'GET', headers: { ...headers, host }, maxMs: CALL_MS });
  const body: unknown = JSON.parse(answer.body.toString('utf8') || 'null');
  if (answer.status !== 200) throw new Error(`Log Service refused: ${codeIn(body)} (${answer.status})`);
  return {
    things: (body as readonly LogRecord[]).map(lineOf),
    complete: answer.headers['x-log-progress'] === 'Complete',
  };
}

const codeIn = (body: unknown): string =>
  String((body as { errorCode?: unknown } | null)?.errorCode ?? 'no code');

interface LogRecord {
  /** Seconds */
  readonly __time__: string | number;
  readonly functionName?: string;
  readonly message?: string;
}

const lineOf = ({ __time__, functionName = '', message = '' }: LogRecord): LogLine => ({
  atMs: Number(__time__) * 1000,
  functionName,
  text: message.trimEnd(),
});

/** Signature of version 1: the request line, the date, `x-log-` and `x-acs-` headers, and the words of the query as they are. */
function signedHeaders(
  path: string,
  query: Readonly<Record<string, string>>,
  { accessKeyId, accessKeySecret, securityToken }: AccessKey,
  nowMs: number,
): Record<string, string> {
  const date = new Date(nowMs).toUTCString();
  const headers: Record<string, string> = {
    'x-log-apiversion': '0.6.0',
    'x-log-bodyrawsize': '0',
    'x-log-signaturemethod': 'hmac-sha1',
    ...(securityToken === null ? {} : { 'x-acs-security-token': securityToken }),
  };
  const named = Object.keys(headers)
    .sort()
    .map((name) => `${name}:${headers[name]}`);
  const asked = Object.keys(query)
    .sort()
    .map((name) => `${name}=${query[name]}`)
    .join('&');
  const text = ['GET', '', '', date, ...named, `${path}?${asked}`].join('\n');
  const signature = createHmac('sha1', accessKeySecret).update(text).digest('base64');
  return { ...headers, date, authorization: `LOG ${accessKeyId}:${signature}` };
}
