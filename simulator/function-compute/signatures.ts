/** The two signatures that an invocation may bear, checked from their documentation, not with any client's code. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Credential } from '../accounts.ts';

export interface SignedRequest {
  readonly method: string;
  /** As on the wire, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type Scheme = 'fc' | 'acs3';

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface Verifier {
  readonly nowMs: () => number;
  readonly find: (accessKeyId: string) => Credential | null;
  /** Nonces seen; a repeat is refused. */
  readonly nonces: Set<string>;
}

/** Both services refuse a request whose date is further off than this. */
const SKEW_MAX_MS = 15 * 60_000;

const refusal = (status: number, code: string, message: string): Refusal => ({ status, code, message });

export function schemeOf(headers: SignedRequest['headers']): Scheme | null {
  const authorization = headers.authorization ?? '';
  if (authorization.startsWith('FC ')) return 'fc';
  return authorization.startsWith('ACS3-HMAC-SHA256 ') ? 'acs3' : null;
}

/** Null: well signed, by this credential's holder. */
export function verify(request: SignedRequest, by: Verifier): Refusal | { readonly credential: Credential } {
  const scheme = schemeOf(request.headers);
  if (scheme === 'fc') return verifyFc(request, by);
  if (scheme === 'acs3') return verifyAcs3(request, by);
  return refusal(400, 'MissingRequiredHeader', 'required HTTP header Authorization was not specified');
}

/** @see https://www.alibabacloud.com/help/en/functioncompute/fc-2-0/developer-reference/signature-authentication */
function verifyFc(request: SignedRequest, by: Verifier): Refusal | { readonly credential: Credential } {
  const { headers } = request;
  const found = /^FC ([^:]+):(.+)$/.exec(headers.authorization ?? '');
  if (found === null) return refusal(403, 'SignatureNotMatch', 'the authorization header is malformed');
  const credential = by.find(found[1] as string);
  const objection =
    objectionToKey(credential, found[1] as string, headers['x-fc-security-token'], by) ??
    objectionToDate(Date.parse(headers.date ?? ''), by) ??
    objectionToMd5(request);
  if (objection !== null || credential === null) return objection ?? unknownKey(found[1] as string);
  const fcHeaders = Object.keys(headers)
    .filter((name) => name.startsWith('x-fc-'))
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
    .join('');
  const { 'content-md5': md5 = '', 'content-type': type = '', date = '' } = headers;
  const signed = `${request.method}\n${md5}\n${type}\n${date}\n${fcHeaders}${decodeURIComponent(request.path)}`;
  const expected = createHmac('sha256', credential.secret).update(signed).digest();
  return isSame(Buffer.from(found[2] as string, 'base64'), expected)
    ? { credential }
    : refusal(
        403,
        'SignatureNotMatch',
        'The request signature we calculated does not match the signature you provided.',
      );
}

/** @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature */
function verifyAcs3(request: SignedRequest, by: Verifier): Refusal | { readonly credential: Credential } {
  const { headers } = request;
  const found = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  );
  if (found === null) return refusal(400, 'IncompleteSignature', 'the authorization header is malformed');
  const [, accessKeyId, signedHeaders, signature] = found as unknown as [string, string, string, string];
  const credential = by.find(accessKeyId);
  const objection =
    objectionToKey(credential, accessKeyId, headers['x-acs-security-token'], by) ??
    objectionToDate(Date.parse(headers['x-acs-date'] ?? ''), by) ??
    objectionToContent(request) ??
    objectionToSignedHeaders(signedHeaders.split(';'), headers) ??
    objectionToNonce(headers['x-acs-signature-nonce'], by);
  if (objection !== null || credential === null) return objection ?? unknownKey(accessKeyId);
  const hash = createHash('sha256').update(canonicalRequest(request, signedHeaders)).digest('hex');
  const expected = createHmac('sha256', credential.secret).update(`ACS3-HMAC-SHA256\n${hash}`).digest();
  return isSame(Buffer.from(signature, 'hex'), expected)
    ? { credential }
    : refusal(400, 'SignatureDoesNotMatch', 'Specified signature does not match our calculation.');
}

function canonicalRequest({ method, path, query, headers }: SignedRequest, signedHeaders: string): string {
  const pairs = [...query].map(([key, value]) => `${encode(key)}=${encode(value)}`).sort();
  const lines = signedHeaders.split(';').map((name) => `${name}:${(headers[name] ?? '').trim()}\n`);
  return [method, path, pairs.join('&'), lines.join(''), signedHeaders, headers['x-acs-content-sha256']].join(
    '\n',
  );
}

function objectionToKey(
  credential: Credential | null,
  accessKeyId: string,
  token: string | undefined,
  { nowMs }: Verifier,
): Refusal | null {
  if (credential === null) return unknownKey(accessKeyId);
  if (credential.securityToken !== token)
    return refusal(403, 'InvalidSecurityToken', 'the security token is wrong');
  const isExpired = credential.expiresAtMs !== undefined && credential.expiresAtMs <= nowMs();
  return isExpired ? refusal(403, 'InvalidSecurityToken.Expired', 'the security token has expired') : null;
}

function unknownKey(accessKeyId: string): Refusal {
  return refusal(403, 'InvalidAccessKeyID', `invalid access key ID '${accessKeyId}'`);
}

function objectionToDate(atMs: number, { nowMs }: Verifier): Refusal | null {
  if (Number.isNaN(atMs))
    return refusal(400, 'MissingRequiredHeader', 'required HTTP header Date was not specified');
  const isFar = Math.abs(nowMs() - atMs) > SKEW_MAX_MS;
  return isFar ? refusal(403, 'RequestTimeTooSkewed', 'the date is more than 15 minutes off') : null;
}

/** This API's content-md5 is the base64 form of the digest's hexadecimal form. */
function objectionToMd5({ headers, body }: SignedRequest): Refusal | null {
  const md5 = headers['content-md5'];
  const actual = Buffer.from(createHash('md5').update(body).digest('hex')).toString('base64');
  return md5 === undefined || md5 === actual ? null : refusal(400, 'InvalidArgument', 'content-md5 is wrong');
}

function objectionToContent({ headers, body }: SignedRequest): Refusal | null {
  const actual = createHash('sha256').update(body).digest('hex');
  return headers['x-acs-content-sha256'] === actual
    ? null
    : refusal(400, 'SignatureDoesNotMatch', 'x-acs-content-sha256 is not the hash of the body');
}

/** Docs: host, content-type and every x-acs-* header take part. */
function objectionToSignedHeaders(
  signed: readonly string[],
  headers: SignedRequest['headers'],
): Refusal | null {
  const needed = Object.keys(headers).filter(
    (name) => name.startsWith('x-acs-') || name === 'host' || name === 'content-type',
  );
  const missing = needed.find((name) => !signed.includes(name));
  return missing === undefined ? null : refusal(400, 'IncompleteSignature', `${missing} is not signed`);
}

function objectionToNonce(nonce: string | undefined, { nonces }: Verifier): Refusal | null {
  if (nonce === undefined || nonce === '')
    return refusal(
      400,
      'MissingRequiredHeader',
      'required HTTP header x-acs-signature-nonce was not specified',
    );
  if (nonces.has(nonce))
    return refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  nonces.add(nonce);
  return null;
}

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** RFC 3986 */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
