/** One HTTP exchange with GitHub: with its own time limit, and through the egress proxy where there is one. */
import { CALL_MAX_MS, CALL_TRIES_MAX } from '../limits.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** All tries and the pauses between them fit into one call. */
const TRY_MAX_MS = Math.floor((CALL_MAX_MS * 0.8) / CALL_TRIES_MAX);

/**
 * Node 20's own fetch ignores proxy variables and takes no agent; undici, the library inside it, takes one.
 * Loaded only where a proxy is configured.
 */
export async function fetchVia(egressProxy: string | null): Promise<Fetch> {
  if (egressProxy === null) return limited((url, init) => fetch(url, init));
  const undici = await import('undici');
  const dispatcher = new undici.ProxyAgent({ uri: egressProxy, connect: { timeout: TRY_MAX_MS } });
  return limited((url, init) => {
    const proxied = { ...init, dispatcher } as Parameters<typeof undici.fetch>[1];
    return undici.fetch(url, proxied) as unknown as Promise<Response>;
  });
}

function limited(fetch: Fetch): Fetch {
  return (url, init) => {
    const own = AbortSignal.timeout(TRY_MAX_MS);
    return fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, own]) : own });
  };
}
