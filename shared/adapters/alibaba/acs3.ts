/**
 * ACS3-HMAC-SHA256, the signature of Alibaba Cloud's APIs. @see Alibaba Cloud docs, "V3 request structure and signature"
 * Our own, because the official client loads 600 kB to make it: @alicloud/openapi-core is its oracle in the tests.
 */
import { createHash, createHmac } from 'node:crypto';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Null: a long-lived key, of a person or a machine. */
  readonly securityToken: string | null;
}

/** As Function Compute hands it over, too. */
export type SigningKey = Omit<AccessKey, 'securityToken'> & {
  readonly securityToken?: string | null | undefined;
};

/** As clients want it that know no token but one that is there. */
export function withoutNull({ securityToken, ...key }: AccessKey) {
  return securityToken === null ? key : { ...key, securityToken };
}

/** Before it is signed. */
export interface Unsigned {
  /** With its scheme: http is for simulators. */
  readonly endpoint: string;
  readonly method: string;
  /** Escaped as it is sent. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  readonly action: string;
  readonly version: string;
}

export interface Signed {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

const ALGORITHM = 'ACS3-HMAC-SHA256';

/** `nonce` must never be the same twice. */
export function signed(asked: Unsigned, key: SigningKey, nowMs: number, nonce: string): Signed {
  const { endpoint, method, path, body, action, version } = asked;
  const hash = sha256(body);
  const query = queryOf(asked.query);
  const url = new URL(`${path}${query === '' ? '' : `?${query}`}`, endpoint);
  const headers: Record<string, string> = {
    ...asked.headers,
    host: url.host,
    accept: 'application/json',
    'x-acs-action': action,
    'x-acs-version': version,
    'x-acs-date': `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': hash,
    ...(key.securityToken
      ? { 'x-acs-accesskey-id': key.accessKeyId, 'x-acs-security-token': key.securityToken }
      : {}),
  };
  const names = Object.keys(headers).filter(isSigned).sort();
  const lines = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join('');
  const canonical = [method, path, query, lines, names.join(';'), hash].join('\n');
  const signature = createHmac('sha256', key.accessKeySecret)
    .update(`${ALGORITHM}\n${sha256(canonical)}`)
    .digest('hex');
  headers.authorization = `${ALGORITHM} Credential=${key.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
  return { url, headers };
}

const isSigned = (name: string): boolean =>
  name.startsWith('x-acs-') || name === 'host' || name === 'content-type';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** By name, escaped; as it is signed, so it is sent. */
export function queryOf(params: Readonly<Record<string, string>>): string {
  return Object.keys(params)
    .sort()
    .map((name) => `${name}=${escaped(params[name] as string)}`)
    .join('&');
}

/** RFC 3986: what encodeURIComponent leaves alone is escaped too. */
export function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
