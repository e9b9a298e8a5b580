/** One bucket of the mirror, over the official client. */

import { Readable } from 'node:stream';
import OSS from 'ali-oss';
import type { Bucket } from '../../runner/copies.ts';
import type { AccessKey } from '../alibaba/acs3.ts';
import { withoutStalls } from '../http/stalls.ts';

export interface OssPlace {
  readonly bucket: string;
  readonly region: string;
  /** With its scheme; http is for simulators. */
  readonly endpoint: string;
  readonly accessKey: () => AccessKey;
}

/** One upload of about 200 MB. */
const TIMEOUT_MS = 600_000;

/** A region's own functions reach its buckets inside, others by the public one (OSS docs, "Regions and endpoints"). */
export const endpointOf = (region: string, isInside: boolean): string =>
  `https://oss-${region}${isInside ? '-internal' : ''}.aliyuncs.com`;

export function ossBucket(place: OssPlace): Bucket {
  return {
    async sizeBytesOf(key) {
      try {
        const { res } = await clientOf(place).head(key);
        return Number((res.headers as Record<string, string>)['content-length']);
      } catch (error) {
        if (codeOf(error) === 'NoSuchKey') return null;
        throw failed('HeadObject', key, error);
      }
    },
    async open(key, fromByte) {
      // OSS refuses a range that begins where the object ends.
      const range = fromByte === 0 ? {} : { headers: { Range: `bytes=${fromByte}-` } };
      try {
        const { stream } = await clientOf(place).getStream(key, range as OSS.GetStreamOptions);
        return withoutStalls(stream);
      } catch (error) {
        if (codeOf(error) === 'NoSuchKey') return null;
        throw failed('GetObject', key, error);
      }
    },
    async put(key, chunks, sizeBytes) {
      const source = Readable.from(chunks, { objectMode: false });
      let cause: unknown;
      source.once('error', (error) => {
        cause = error;
      });
      const options = { contentLength: sizeBytes, headers: { 'Content-Length': String(sizeBytes) } };
      try {
        await clientOf(place).putStream(key, source, options as never);
      } catch (error) {
        // What broke the source is the reason; the client only saw its request end.
        throw cause ?? failed('PutObject', key, error);
      }
    },
    async append(key, bytes, position) {
      try {
        await clientOf(place).append(key, Buffer.from(bytes), { position: String(position) });
        return true;
      } catch (error) {
        // OSS docs, "AppendObject".
        if (codeOf(error) === 'PositionNotEqualToLength') return false;
        throw failed('AppendObject', key, error);
      }
    },
    async remove(key) {
      try {
        await clientOf(place).delete(key);
      } catch (error) {
        throw failed('DeleteObject', key, error);
      }
    },
  };
}

/** New for each call: a function's credentials are renewed while it lives. */
function clientOf({ bucket, region, endpoint, accessKey }: OssPlace): OSS {
  const { accessKeyId, accessKeySecret, securityToken } = accessKey();
  return new OSS({
    accessKeyId,
    accessKeySecret,
    ...(securityToken === null ? {} : temporary(securityToken, accessKey)),
    bucket,
    region: `oss-${region}`,
    endpoint,
    authorizationV4: true,
    secure: endpoint.startsWith('https:'),
    timeout: TIMEOUT_MS,
  } as OSS.Options);
}

/** The client warns on the console where it is not told how to renew; a call is over before it would ask. */
function temporary(stsToken: string, accessKey: () => AccessKey) {
  const refreshSTSToken = async () => {
    const renewed = accessKey();
    return { ...renewed, stsToken: renewed.securityToken ?? '' };
  };
  return { stsToken, refreshSTSToken, refreshSTSTokenInterval: TIMEOUT_MS };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/**
 * A HEAD has no body: the client knows the status, and the header `x-oss-ec` the reason (OSS docs, "EC overview"). What a
 * person can do about it is said with it.
 */
const REASONS: ReadonlyMap<string, string> = new Map([
  [
    '0048-00000401',
    'PublicEndpointForbidden: accounts that activated OSS after 2025-03-20 reach objects in mainland regions by the internal endpoint alone; runners there fetch from GitHub until a mirror of their own region fills the bucket',
  ],
]);

function reasonOf(error: unknown): string | null {
  const { code, ecCode, headers, res } = (error ?? {}) as {
    readonly code?: unknown;
    readonly ecCode?: unknown;
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly res?: { readonly headers?: Readonly<Record<string, unknown>> };
  };
  const ec = String(ecCode ?? headers?.['x-oss-ec'] ?? res?.headers?.['x-oss-ec'] ?? '');
  const known = REASONS.get(ec) ?? (code === 'PublicEndpointForbidden' ? REASONS.get('0048-00000401') : null);
  return known ?? (ec === '' ? null : `EC ${ec}`);
}

/** Without the client's own error: it carries the request, and with it the signature. */
function failed(action: string, key: string, error: unknown): Error {
  const code = codeOf(error);
  const words = error instanceof Error ? error.message : String(error);
  const reason = reasonOf(error);
  const said = `${code === '' ? '' : `${code}: `}${words.slice(0, 200)}`;
  return new Error(`OSS ${action} of ${key} failed: ${said}${reason === null ? '' : ` (${reason})`}`);
}
