/** Node 20's own fetch takes no agent; undici, the library inside it, takes one. Imported lazily, by `github-fetch.ts` alone. */
import * as undici from 'undici';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export function fetchThrough(egressProxy: string, maxMs: number): Fetch {
  const dispatcher = new undici.ProxyAgent({ uri: egressProxy, connect: { timeout: maxMs } });
  return (url, init) => {
    const proxied = { ...init, dispatcher } as Parameters<typeof undici.fetch>[1];
    return undici.fetch(url, proxied) as unknown as Promise<Response>;
  };
}
