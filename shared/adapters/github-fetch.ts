/** One HTTP exchange with GitHub: with a time limit, and through the egress proxy where there is one. */

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Node 20's own fetch ignores proxy variables and takes no agent; undici, the library inside it, takes one.
 * Loaded only where a proxy is configured.
 */
export async function fetchVia(egressProxy: string | null, maxMs: number): Promise<Fetch> {
  const limited = (init: RequestInit): RequestInit => ({ ...init, signal: AbortSignal.timeout(maxMs) });
  if (egressProxy === null) return (url, init) => fetch(url, limited(init));
  const undici = await import('undici');
  const dispatcher = new undici.ProxyAgent({ uri: egressProxy, connect: { timeout: maxMs } });
  return (url, init) => {
    const proxied = { ...limited(init), dispatcher } as Parameters<typeof undici.fetch>[1];
    return undici.fetch(url, proxied) as unknown as Promise<Response>;
  };
}
