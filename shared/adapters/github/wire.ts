/** A route of GitHub's documentation as an HTTP request, and an HTTP answer as what it says. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { JSONParse } from 'json-with-bigint';
import { ANSWER_MAX_BYTES } from '../../limits.ts';
import type { Answered } from '../http/exchange.ts';
import type { GitHubAnswer } from './request.ts';

export interface WireRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** `params` fill the path; `headers` among them are headers; what is left becomes query or body. */
export function requestFor(
  api: string,
  route: string,
  { headers: more, ...params }: Readonly<Record<string, unknown>>,
  authorization: string | null,
): WireRequest {
  const [method = 'GET', template = '/'] = route.split(' ');
  const rest = new Map(Object.entries(params).filter(([, value]) => value !== undefined));
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    rest.delete(name);
    return escaped(value);
  });
  const isRead = method === 'GET';
  const query = isRead
    ? [...rest].map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
    : '';
  const body = !isRead && rest.size > 0 ? JSON.stringify(Object.fromEntries(rest)) : undefined;
  const headers = {
    accept: 'application/vnd.github.v3+json',
    'accept-encoding': 'gzip',
    'user-agent': 'aliyun-spot-runners',
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(authorization === null ? {} : { authorization }),
    ...(more as Record<string, string> | undefined),
  };
  return { url: new URL(`${api}${path}${query === '' ? '' : `?${query}`}`), method, headers, body };
}

const escaped = (value: unknown): string =>
  encodeURIComponent(String(value)).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const unzipped = promisify(gunzip);

/** A body that is cut short is a text: no shape fits it. Throws where it cannot be unpacked. */
export async function answerIn({ status, headers, body }: Answered): Promise<GitHubAnswer> {
  const isPacked = headers['content-encoding'] === 'gzip';
  const bytes = isPacked ? await unzipped(body, { maxOutputLength: ANSWER_MAX_BYTES }) : body;
  const named = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  const text = bytes.toString('utf8');
  const isJson = /\bjson\b/.test(headers['content-type'] ?? '');
  return { status, headers: Object.fromEntries(named), data: isJson ? parsed(text) : text };
}

/** Integers beyond 2^53 become bigint; looking for them costs more than reading, and there hardly are any. */
function parsed(text: string): unknown {
  try {
    return /\d{16}/.test(text) ? JSONParse(text) : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/**
 * GitHub docs, "Best practices": follow redirects; 307 and 308 keep the method. Null: it is none that can be followed.
 * What authorizes goes to no other host.
 */
export function redirected(sent: WireRequest, { status, headers }: GitHubAnswer): WireRequest | null {
  const isFollowed =
    status === 307 || status === 308 || (sent.method === 'GET' && [301, 302].includes(status));
  if (!isFollowed || headers.location === undefined) return null;
  const url = new URL(headers.location, sent.url);
  const { authorization: _, ...others } = sent.headers;
  return { ...sent, url, headers: url.origin === sent.url.origin ? sent.headers : others };
}
