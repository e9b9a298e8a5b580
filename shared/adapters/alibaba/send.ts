/** One signed call to an Alibaba Cloud API: said once, whatever comes of it. */
import { randomUUID } from 'node:crypto';
import { parseJson } from '../../json.ts';
import { exchange } from '../http/exchange.ts';
import { escaped, type SigningKey, signed } from './acs3.ts';

export interface Call {
  /** With its scheme: http is for simulators. */
  readonly endpoint: string;
  readonly action: string;
  readonly version: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** What is too long, or too secret, for an address. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Absent: an RPC call. Else the method and path of a ROA call. */
  readonly roa?: { readonly method: string; readonly path: string; readonly body?: unknown } | undefined;
  /** Of a ROA call whose body is no JSON. */
  readonly bytes?: Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined where it was none. */
  readonly body: unknown;
  readonly isEmpty: boolean;
}

/** Throws Node's own error when there was no answer: with the host at most, never with a parameter. */
export async function send(call: Call, key: SigningKey, maxMs: number): Promise<Answer> {
  const { endpoint, action, version, query = {}, roa } = call;
  const { type, body } = bodyOf(call);
  const headers = { ...call.headers, ...(type === null ? {} : { 'content-type': type }) };
  const [method, path] = roa === undefined ? ['POST', '/'] : [roa.method, roa.path];
  const unsigned = { ...{ endpoint, method, path, query, headers }, ...{ body, action, version } };
  const ready = signed(unsigned, key, Date.now(), randomUUID());
  const words = body.length === 0 ? undefined : body;
  const answer = await exchange({ ...ready, method, body: words, maxMs, isSignedOnce: true });
  const { status, body: bytes } = answer;
  return { status, body: jsonIn(bytes.toString('utf8')), isEmpty: bytes.length === 0 };
}

function bodyOf({ form, roa, bytes }: Call): { type: string | null; body: Uint8Array | string } {
  if (bytes !== undefined) return { type: 'application/octet-stream', body: bytes };
  if (roa?.body !== undefined)
    return { type: 'application/json; charset=utf-8', body: JSON.stringify(roa.body) };
  if (form === undefined) return { type: null, body: '' };
  const pairs = Object.entries(form).map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
  return { type: 'application/x-www-form-urlencoded', body: pairs.join('&') };
}

/** What is accepted has no more to say, and an error costs more than all else that is done with it. */
const jsonIn = (text: string): unknown => (text === '' ? undefined : parseJson(text));

/**
 * The service's own word for a refusal; '' where it gave none. Function Compute documents three spellings: `errorCode` (error code list), `Code` (SDK model Error of 2023-03-30) and
 * `ErrorCode` (what the older client reads).
 */
export function codeOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const { errorCode, ErrorCode, Code, code } = body as Record<string, unknown>;
  return String(errorCode ?? ErrorCode ?? Code ?? code ?? '');
}
