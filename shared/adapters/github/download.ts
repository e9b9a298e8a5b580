/** A file of a release, as it streams in. */
import http from 'node:http';
import https from 'node:https';
import { withoutStalls } from '../http/stalls.ts';
import { tunnelAgent } from '../http/tunnel.ts';
import type { Files } from './runner-releases.ts';

const REDIRECTS_MAX = 5;

/** From that byte on. Follows redirects: GitHub keeps its archives elsewhere. `maxMs` is for the whole of it. */
export async function download(
  url: string,
  fromByte: number,
  egressProxy: string | null,
  maxMs: number,
): Promise<AsyncIterable<Uint8Array>> {
  const range = fromByte === 0 ? null : `bytes=${fromByte}-`;
  return withoutStalls(await found(url, range, egressProxy, maxMs, fromByte === 0 ? [200] : [206]));
}

const TEXT_MAX_BYTES = 2_000_000;

/** `maxMs` is for each of them. */
export function filesVia(egressProxy: string | null, maxMs: number): Files {
  return {
    async text(url) {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of await download(url, 0, egressProxy, maxMs)) {
        size += chunk.length;
        if (size > TEXT_MAX_BYTES)
          throw new Error(`${new URL(url).host} answered more than ${TEXT_MAX_BYTES} bytes`);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString('utf8');
    },
    async weigh(url) {
      // An address that was signed for GET answers no HEAD.
      const answer = await found(url, 'bytes=0-0', egressProxy, maxMs, [200, 206]);
      answer.destroy();
      const { 'content-range': range, 'content-length': length, 'last-modified': modified } = answer.headers;
      const sizeBytes = Number(answer.statusCode === 206 ? range?.split('/')[1] : length);
      if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0)
        throw new Error(`${new URL(url).host} does not tell the size of the archive`);
      const modifiedAtMs = Date.parse(modified ?? '');
      return { sizeBytes, modifiedAtMs: Number.isNaN(modifiedAtMs) ? null : modifiedAtMs };
    },
  };
}

async function found(
  url: string,
  range: string | null,
  egressProxy: string | null,
  maxMs: number,
  wanted: readonly number[],
): Promise<http.IncomingMessage> {
  const signal = AbortSignal.timeout(maxMs);
  let from = new URL(url);
  for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
    const answer = await get(from, range, egressProxy, maxMs, signal);
    const { statusCode = 0, headers } = answer;
    if (wanted.includes(statusCode)) return answer;
    answer.destroy();
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined)
      throw new Error(`the archive cannot be downloaded: ${from.host} answered ${statusCode}`);
    from = new URL(headers.location, from);
  }
  throw new Error(`the archive cannot be downloaded: ${from.host} leads elsewhere again and again`);
}

function get(
  url: URL,
  range: string | null,
  egressProxy: string | null,
  maxMs: number,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const isSecure = url.protocol === 'https:';
  const agent = egressProxy === null ? undefined : tunnelAgent(new URL(egressProxy), isSecure, maxMs);
  const headers = { 'user-agent': 'aliyun-spot-runners', ...(range === null ? {} : { range }) };
  return new Promise((resolve, reject) => {
    const asked = (isSecure ? https : http).get(url, { agent, signal, headers }, resolve);
    asked.on('error', reject);
  });
}
