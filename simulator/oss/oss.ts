/** Object storage: buckets, their policies and their objects; who may do what is decided here, the wire is elsewhere. */
import { createHash } from 'node:crypto';
import type { Credentials } from '../accounts.ts';
import type { SimClock } from '../clock.ts';
import { allowsAnonymous, Policy } from './policy.ts';
import { isSignedWith, parseAuthorization, type Signed } from './signature.ts';

export interface OssObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modifiedAtMs: number;
  /** Made by AppendObject: the only kind that takes more, and one that CopyObject refuses. */
  readonly isAppendable?: boolean;
}

export interface OssBucket {
  readonly name: string;
  readonly region: string;
  readonly policy: Policy | null;
  readonly objects: Map<string, OssObject>;
}

/** What goes wrong with one request: no answer at all, half an answer, other bytes, or the service's own 503. */
export type OssFault = 'silent' | 'cut' | 'wrong' | 'unavailable';

export interface OssOptions {
  readonly clock: SimClock;
  readonly credentials: Credentials;
  /** From which VPC an address comes. Absent: none does, and anonymous reading is refused. */
  readonly vpcOf?: (address: string) => string | null;
  readonly fault?: (action: string, key: string) => OssFault | null;
}

export class OssRefusal extends Error {
  readonly status: number;
  readonly code: string;
  /** The reason's own number, told by the header `x-oss-ec`, too. */
  readonly ec: string;
  constructor(status: number, code: string, message: string, ec = '0000-00000000') {
    super(message);
    this.status = status;
    this.code = code;
    this.ec = ec;
  }
}

/**
 * OSS docs, "Regions and endpoints" (2026-08): accounts that activated OSS after 2025-03-20 reach objects of mainland buckets
 * by the internal endpoint alone. Hong Kong is not the mainland.
 */
function checkEndpoint({ region }: OssBucket, { isPublic = false }: { readonly isPublic?: boolean }): void {
  const isMainland = region.startsWith('cn-') && region !== 'cn-hongkong';
  if (isPublic && isMainland)
    throw new OssRefusal(
      400,
      'PublicEndpointForbidden',
      'Object access through the public endpoint is not allowed.',
      '0048-00000401',
    );
}

/** The clock of the caller may be wrong by so much (Alibaba Cloud docs, error RequestTimeTooSkewed). */
const SKEW_MAX_MS = 15 * 60_000;
/** One PutObject (Alibaba Cloud docs, "Limits"). */
const OBJECT_MAX_BYTES = 5 * 1024 ** 3;

export interface Oss {
  readonly options: OssOptions;
  /** Every request by its action and key, as they came. */
  readonly requests: { readonly action: string; readonly key: string; readonly address: string }[];
  addBucket(name: string, region: string, policy?: unknown): OssBucket;
  bucket(name: string): OssBucket;
  put(bucket: OssBucket, key: string, bytes: Buffer): OssObject;
  append(bucket: OssBucket, key: string, bytes: Buffer, position: number): OssObject;
  find(bucket: OssBucket, key: string): OssObject;
  remove(bucket: OssBucket, key: string): void;
  /** Throws the refusal of one who may not. `isPublic`: it came by the bucket's public endpoint. */
  admit(action: string, request: Signed & { readonly address: string; readonly isPublic?: boolean }): void;
}

export function createOss(options: OssOptions): Oss {
  const buckets = new Map<string, OssBucket>();
  return {
    options,
    requests: [],
    addBucket(name, region, policy) {
      if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) throw refuse(400, 'InvalidBucketName');
      const made = {
        name,
        region,
        policy: policy === undefined ? null : Policy.parse(policy),
        objects: new Map(),
      };
      buckets.set(name, made);
      return made;
    },
    bucket(name) {
      const found = buckets.get(name);
      if (found === undefined) throw refuse(404, 'NoSuchBucket');
      return found;
    },
    put(bucket, key, bytes) {
      if (bytes.length > OBJECT_MAX_BYTES) throw refuse(400, 'EntityTooLarge');
      // Names of 1-1023 bytes that begin with neither / nor \ (Alibaba Cloud docs, "Object naming conventions").
      if (!/^[^/\\]/.test(key) || Buffer.byteLength(key) > 1023) throw refuse(400, 'InvalidObjectName');
      const etag = createHash('md5').update(bytes).digest('hex').toUpperCase();
      const object = { bytes, etag, modifiedAtMs: options.clock.nowMs() };
      bucket.objects.set(key, object);
      return object;
    },
    append(bucket, key, bytes, position) {
      const had = bucket.objects.get(key);
      // OSS docs, "AppendObject": 409 ObjectNotAppendable, 409 PositionNotEqualToLength.
      if (had !== undefined && had.isAppendable !== true) throw refuse(409, 'ObjectNotAppendable');
      if (position !== (had?.bytes.length ?? 0)) throw refuse(409, 'PositionNotEqualToLength');
      const grown = {
        ...this.put(bucket, key, Buffer.concat([had?.bytes ?? Buffer.alloc(0), bytes])),
        isAppendable: true,
      };
      bucket.objects.set(key, grown);
      return grown;
    },
    find(bucket, key) {
      const found = bucket.objects.get(key);
      if (found === undefined) throw refuse(404, 'NoSuchKey');
      return found;
    },
    remove: (bucket, key) => void bucket.objects.delete(key),
    admit(action, request) {
      const bucket = this.bucket(request.bucket ?? '');
      const { authorization } = request.headers;
      checkEndpoint(bucket, request);
      if (authorization === undefined) return admitAnyone(options, action, bucket, request);
      return admitSigned(options, action, bucket, authorization, request);
    },
  };
}

const refuse = (status: number, code: string) =>
  new OssRefusal(status, code, `The request was refused: ${code}.`);

function admitAnyone(
  { vpcOf }: OssOptions,
  action: string,
  { name, policy }: OssBucket,
  { key, address }: { readonly key: string; readonly address: string },
): void {
  const vpc = vpcOf?.(address) ?? null;
  if (!allowsAnonymous(policy, { action, bucket: name, key, vpc })) throw refuse(403, 'AccessDenied');
}

function admitSigned(
  { credentials, clock }: OssOptions,
  action: string,
  bucket: OssBucket,
  authorization: string,
  request: Signed,
): void {
  const claim = parseAuthorization(authorization);
  if (claim === null) throw refuse(400, 'InvalidArgument');
  const known = credentials(claim.accessKeyId);
  if (known === null) throw refuse(403, 'InvalidAccessKeyId');
  // Signed for another region than the bucket's (Alibaba Cloud docs, V4 signature: "region").
  if (claim.region !== bucket.region) throw refuse(400, 'InvalidArgument');
  if (!isSignedWith(known.secret, claim, request)) throw refuse(403, 'SignatureDoesNotMatch');
  const signedAtMs = timeOf(request.headers['x-oss-date'] ?? '');
  if (!(Math.abs(clock.nowMs() - signedAtMs) <= SKEW_MAX_MS)) throw refuse(403, 'RequestTimeTooSkewed');
  if (known.securityToken !== request.headers['x-oss-security-token'])
    throw refuse(403, 'InvalidSecurityToken');
  if ((known.expiresAtMs ?? Number.POSITIVE_INFINITY) <= clock.nowMs())
    throw refuse(403, 'SecurityTokenExpired');
  if (known.mayDo?.(action) === false) throw refuse(403, 'AccessDenied');
}

/** `20261121T010203Z` → ms; NaN for anything else. */
const timeOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
