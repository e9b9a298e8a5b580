/** The operator's own proxy, as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name it, in either case, as curl reads them. */
import type { Agent } from 'node:http';
import { goOutBy } from '../../shared/adapters/http/exchange.ts';
import { tunnelAgent } from '../../shared/adapters/http/tunnel.ts';
import { isWithin } from '../../shared/runner/proxy.ts';
import { complain } from './screen/show.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const CONNECT_MAX_MS = 10_000;
/** Simulated services, and GitHub's way back to set-up's own page. */
const HERE = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Null: straight. Throws where what is named is no address of a proxy. */
export function proxyFor(url: URL, variables: Variables): URL | null {
  const named = (name: string) => variables[name.toLowerCase()] || variables[name] || '';
  if (HERE.test(url.hostname) || isExcepted(url, named('NO_PROXY'))) return null;
  const text = named(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') || named('ALL_PROXY');
  if (text === '') return null;
  const address = text.includes('://') ? text : `http://${text}`;
  if (!/^https?:$/.test(protocolOf(address)))
    throw new Error(
      'The proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names must be an http or https address.',
    );
  return new URL(address);
}

/** `*`, hosts, domains with or without a dot in front, each with or without a port, and ranges of addresses. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  // What the protocol has by default, URL leaves out.
  const there = port || (protocol === 'https:' ? '443' : '80');
  return list.split(/[\s,]+/).some((each) => {
    const [, name = '', only] = /^\*?\.?(.+?)(?::(\d+))?$/.exec(each.trim().toLowerCase()) ?? [];
    if (each.trim() === '*' || isWithin(hostname, each)) return true;
    if (name === '' || (only !== undefined && only !== there)) return false;
    return hostname === name || hostname.endsWith(`.${name}`);
  });
}

/** From now on, for all that this process asks of the Internet. */
export function heedProxies(variables: Variables): void {
  const agents = new Map<string, Agent>();
  let isTold = false;
  // Adapters make "no answer" of all that is thrown in here: what a person can mend is said beside it.
  const find = (url: URL): URL | null => {
    try {
      return proxyFor(url, variables);
    } catch (error) {
      if (!isTold) complain(error instanceof Error ? error.message : String(error));
      isTold = true;
      throw error;
    }
  };
  goOutBy((url) => {
    const proxy = find(url);
    if (proxy === null) return undefined;
    const key = `${url.protocol} ${proxy.href}`;
    const agent = agents.get(key) ?? tunnelAgent(proxy, url.protocol === 'https:', CONNECT_MAX_MS);
    agents.set(key, agent);
    return agent;
  });
}

const protocolOf = (address: string): string => (URL.canParse(address) ? new URL(address).protocol : '');
