/** One HTTP exchange with GitHub: with a time limit, and through the egress proxy where there is one. */
import type { Fetch } from './egress-proxy.ts';

/** Node 20's own fetch ignores proxy variables. */
export async function fetchVia(egressProxy: string | null, maxMs: number): Promise<Fetch> {
  const through = egressProxy === null ? fetch : await proxied(egressProxy, maxMs);
  return (url, init) => through(url, { ...init, signal: AbortSignal.timeout(maxMs) });
}

/** Loaded only where a proxy is configured. */
async function proxied(egressProxy: string, maxMs: number): Promise<Fetch> {
  const { fetchThrough } = await import('./egress-proxy.ts');
  return fetchThrough(egressProxy, maxMs);
}
