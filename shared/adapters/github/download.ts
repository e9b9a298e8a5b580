/** A file of a release, as it streams in. */
import http from 'node:http';
import https from 'node:https';
import { withoutStalls } from '../http/stalls.ts';
import { tunnelAgent } from '../http/tunnel.ts';

const REDIRECTS_MAX = 5;

/** From that byte on. Follows redirects: GitHub keeps its archives elsewhere. `maxMs` is for the whole of it. */
export async function download(
  url: string,
  fromByte: number,
  egressProxy: string | null,
  maxMs: number,
): Promise<AsyncIterable<Uint8Array>> {
  const signal = AbortSignal.timeout(maxMs);
  let from = new URL(url);
  for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
    const answer = await get(from, fromByte, egressProxy, maxMs, signal);
    const { statusCode = 0, headers } = answer;
    if (statusCode === (fromByte === 0 ? 200 : 206)) return withoutStalls(answer);
    answer.destroy();
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined)
      throw new Error(`the archive cannot be downloaded: ${from.host} answered ${statusCode}`);
    from = new URL(headers.location, from);
  }
  throw new Error(`the archive cannot be downloaded: ${from.host} leads elsewhere again and again`);
}

function get(
  url: URL,
  fromByte: number,
  egressProxy: string | null,
  maxMs: number,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const isSecure = url.protocol === 'https:';
  const agent = egressProxy === null ? undefined : tunnelAgent(new URL(egressProxy), isSecure, maxMs);
  const range = fromByte === 0 ? {} : { range: `bytes=${fromByte}-` };
  const headers = { 'user-agent': 'aliyun-spot-runners', ...range };
  return new Promise((resolve, reject) => {
    const asked = (isSecure ? https : http).get(url, { agent, signal, headers }, resolve);
    asked.on('error', reject);
  });
}
