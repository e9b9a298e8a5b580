/**
 * Who signed a request? Both signatures that ECS takes: ACS3-HMAC-SHA256 in headers, and the older RPC signature
 * (HMAC-SHA1) among the parameters. @see Alibaba Cloud docs, "V3 request structure and signature", "RPC signature"
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Credential, Credentials } from '../accounts.ts';
import type { Params } from './parameters.ts';
import { EcsRefusal } from './refusal.ts';

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** in the order they came; decoded */
  readonly query: readonly (readonly [string, string])[];
  readonly form: readonly (readonly [string, string])[];
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What a verified request asks. */
export interface Signed {
  readonly credential: Credential;
  readonly accessKeyId: string;
  readonly action: string;
  readonly version: string;
  readonly nonce: string;
  /** when the caller says it is */
  readonly sentAtMs: number;
  readonly params: Params;
}

/** Throws the service's own refusal. `nowMs` is the time that temporary credentials end by. */
export function verify(request: WireRequest, credentials: Credentials, nowMs: number): Signed {
  const authorization = request.headers.authorization;
  return authorization === undefined
    ? verifyRpc(request, credentials, nowMs)
    : verifyAcs3(request, authorization, credentials, nowMs);
}

const MUST_SIGN = [
  'host',
  'x-acs-action',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-version',
  'x-acs-content-sha256',
];

function verifyAcs3(
  request: WireRequest,
  authorization: string,
  credentials: Credentials,
  nowMs: number,
): Signed {
  const found = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  const [, accessKeyId, signedHeaders, signature] = found ?? [];
  if (accessKeyId === undefined || signedHeaders === undefined || signature === undefined) {
    throw new EcsRefusal('IncompleteSignature');
  }
  const { headers } = request;
  const names = signedHeaders.split(';');
  const mustSign = [...MUST_SIGN, ...Object.keys(headers).filter((name) => name.startsWith('x-acs-'))];
  if (mustSign.some((name) => !names.includes(name) || headers[name] === undefined)) {
    throw new EcsRefusal('IncompleteSignature');
  }
  const credential = credentialOf(credentials, accessKeyId, headers['x-acs-security-token'], nowMs);
  const hash = createHash('sha256').update(request.body).digest('hex');
  const expected = createHmac('sha256', credential.secret).update(
    acs3StringToSign(request, signedHeaders, hash),
  );
  if (headers['x-acs-content-sha256'] !== hash || !isSame(expected.digest('hex'), signature)) {
    throw new EcsRefusal('SignatureDoesNotMatch');
  }
  return {
    credential,
    accessKeyId,
    action: headers['x-acs-action'] ?? '',
    version: headers['x-acs-version'] ?? '',
    nonce: headers['x-acs-signature-nonce'] ?? '',
    sentAtMs: timestamp(headers['x-acs-date'] ?? ''),
    params: Object.fromEntries([...request.query, ...request.form]),
  };
}

function acs3StringToSign(
  { method, path, query, headers }: WireRequest,
  signedHeaders: string,
  hash: string,
): string {
  const canonicalHeaders = signedHeaders
    .split(';')
    .map((name) => `${name}:${(headers[name] ?? '').trim()}\n`)
    .join('');
  const canonical = [method, path, canonicalQuery(query), canonicalHeaders, signedHeaders, hash].join('\n');
  return `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`;
}

function verifyRpc(request: WireRequest, credentials: Credentials, nowMs: number): Signed {
  const pairs = [...request.query, ...request.form];
  const params: Record<string, string> = Object.fromEntries(pairs);
  const { AccessKeyId, Signature, SignatureNonce, Timestamp, Action, Version } = params;
  if (AccessKeyId === undefined) throw new EcsRefusal('MissingParameter', 'AccessKeyId is mandatory.');
  if (Signature === undefined || SignatureNonce === undefined || Timestamp === undefined) {
    throw new EcsRefusal('IncompleteSignature');
  }
  if (params.SignatureMethod !== 'HMAC-SHA1' || params.SignatureVersion !== '1.0') {
    throw new EcsRefusal('IncompleteSignature', 'Only HMAC-SHA1, version 1.0.');
  }
  const credential = credentialOf(credentials, AccessKeyId, params.SecurityToken, nowMs);
  if (!isSame(rpcSignature(request.method, pairs, credential.secret), Signature)) {
    throw new EcsRefusal('SignatureDoesNotMatch');
  }
  // The service would answer in XML, which this simulator does not speak.
  if (params.Format?.toUpperCase() !== 'JSON')
    throw new EcsRefusal('InvalidParameter', 'Format must be JSON here.');
  return {
    credential,
    accessKeyId: AccessKeyId,
    action: Action ?? '',
    version: Version ?? '',
    nonce: SignatureNonce,
    sentAtMs: timestamp(Timestamp),
    params,
  };
}

/** Query and form alike are signed, all but the signature itself. */
export function rpcSignature(
  method: string,
  pairs: readonly (readonly [string, string])[],
  secret: string,
): string {
  const signed = pairs.filter(([name]) => name !== 'Signature');
  const text = `${method}&${encoded('/')}&${encoded(canonicalQuery(signed))}`;
  return createHmac('sha1', `${secret}&`).update(text).digest('base64');
}

function canonicalQuery(pairs: readonly (readonly [string, string])[]): string {
  return [...pairs]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join('&');
}

/** RFC 3986: what encodeURIComponent leaves alone is encoded too. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function credentialOf(
  credentials: Credentials,
  id: string,
  token: string | undefined,
  nowMs: number,
): Credential {
  const credential = credentials(id);
  if (credential === null) throw new EcsRefusal('InvalidAccessKeyId.NotFound');
  if (credential.securityToken !== token) throw new EcsRefusal('InvalidSecurityToken.Malformed');
  if ((credential.expiresAtMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
    throw new EcsRefusal('InvalidSecurityToken.Expired');
  }
  return credential;
}

function timestamp(text: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) throw new EcsRefusal('InvalidTimeStamp.Format');
  return Date.parse(text);
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
