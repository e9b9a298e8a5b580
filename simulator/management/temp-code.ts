/**
 * Where a deploy's code goes first: a bucket of Function Compute's own, and a key for it. Of its older interface (2016-08-15), which
 * `@alicloud/fc2` 2.6 and by it the component `fc3` 0.1.22 still ask: "GET /tempBucketToken".
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Asked } from './asked.ts';
import { ManagementRefusal, type ManagementState } from './state.ts';

export const TEMP_CODE_VERSION = '2016-08-15';
const BUCKET = 'serverless-code-cn-hongkong';
const KEY = {
  AccessKeyId: 'STS.code',
  AccessKeySecret: 'simulated-code-secret',
  SecurityToken: 'code-token',
};

export const isTempCode = ({ url }: Asked): boolean =>
  url.pathname === `/${TEMP_CODE_VERSION}/tempBucketToken`;
export const isUpload = ({ method, url }: Asked): boolean =>
  method === 'PUT' && url.hostname.startsWith(`${BUCKET}.`);

/** What a caller puts there it puts below its account's id. */
export function tempBucketToken(state: ManagementState): object {
  state.lastId++;
  return {
    credentials: KEY,
    ossRegion: 'oss-cn-hongkong',
    ossBucket: BUCKET,
    objectName: `code-${state.lastId}`,
  };
}

/** OSS docs, "PutObject" and "Include signatures in the Authorization header" (version 1, as ali-oss 6 signs). Throws the refusal. */
export function upload({ accountId, objects }: ManagementState, { headers, url, body }: Asked): void {
  const path = `/${BUCKET}${decodeURIComponent(url.pathname)}`;
  const own = Object.keys(headers)
    .filter((name) => name.startsWith('x-oss-'))
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
    .join('');
  const { 'content-md5': md5 = '', 'content-type': type = '' } = headers;
  const date = headers['x-oss-date'] ?? headers.date ?? '';
  const expected = Buffer.from(signatureOf(['PUT', md5, type, date, `${own}${path}`].join('\n')));
  const signed = Buffer.from(headers.authorization ?? '');
  const isSigned = signed.length === expected.length && timingSafeEqual(signed, expected);
  if (!isSigned || headers['x-oss-security-token'] !== KEY.SecurityToken)
    throw new ManagementRefusal(403, 'SignatureDoesNotMatch', 'The request signature does not match.');
  if (!path.startsWith(`/${BUCKET}/${accountId}/`))
    throw new ManagementRefusal(403, 'AccessDenied', 'You have no right to access this object.');
  objects.set(path.slice(1), body);
}

const signatureOf = (text: string): string =>
  `OSS ${KEY.AccessKeyId}:${createHmac('sha1', KEY.AccessKeySecret).update(text).digest('base64')}`;
