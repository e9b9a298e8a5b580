/** Version 4 of OSS's signature (Alibaba Cloud docs, "Include V4 signatures in the Authorization header"). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface Signed {
  readonly method: string;
  readonly bucket: string | null;
  readonly key: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface Claim {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly additional: readonly string[];
  readonly signature: string;
}

/** Null: no claim of version 4. Version 1 is closed to new accounts, so nobody may count on it. */
export function parseAuthorization(authorization: string): Claim | null {
  const match =
    /^OSS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/oss\/aliyun_v4_request,(?:AdditionalHeaders=([^,]*),)?Signature=([0-9a-f]{64})$/.exec(
      authorization.replaceAll(', ', ','),
    );
  if (match === null) return null;
  const [, accessKeyId, day, region, additional, signature] = match as unknown as string[];
  const names = additional === undefined || additional === '' ? [] : additional.split(';');
  return {
    accessKeyId: accessKeyId as string,
    day: day as string,
    region: region as string,
    additional: names,
    signature: signature as string,
  };
}

export function isSignedWith(secret: string, claim: Claim, request: Signed): boolean {
  const { day, region } = claim;
  const time = request.headers['x-oss-date'] ?? '';
  const scope = `${day}/${region}/oss/aliyun_v4_request`;
  const text = ['OSS4-HMAC-SHA256', time, scope, sha256(canonical(claim, request))].join('\n');
  const keys = [day, region, 'oss', 'aliyun_v4_request'];
  const key = keys.reduce<string | Buffer>((previous, part) => hmac(previous, part), `aliyun_v4${secret}`);
  const expected = Buffer.from(hmac(key, text).toString('hex'));
  return timingSafeEqual(expected, Buffer.from(claim.signature));
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function canonical(claim: Claim, { method, bucket, key, query, headers }: Signed): string {
  const path = bucket === null ? '/' : `/${bucket}/${key}`;
  const pairs = [...query].map(([name, value]) => [encoded(name), encoded(value)] as const);
  const asked = pairs
    .toSorted(([one], [two]) => (one < two ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const counted = Object.keys(headers)
    .filter((name) => /^(content-type|content-md5|x-oss-.*)$/.test(name) || claim.additional.includes(name))
    .toSorted();
  return [
    method,
    path.split('/').map(encoded).join('/'),
    asked.join('&'),
    counted.map((name) => `${name}:${headers[name]?.trim()}\n`).join(''),
    claim.additional.join(';'),
    headers['x-oss-content-sha256'] ?? '',
  ].join('\n');
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
