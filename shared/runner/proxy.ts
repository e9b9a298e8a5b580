/** What an instance is told of a placement's proxy: pure. */
import { BlockList, isIPv4 } from 'node:net';

interface ProxySettings {
  readonly http: string | null;
  readonly https: string | null;
  readonly noProxy: readonly string[];
}

/** Never by a proxy: the metadata service, Alibaba's own endpoints and any private network, the VPC's among them. */
const NO_PROXY = [
  'localhost',
  '127.0.0.1',
  '100.100.100.200',
  '.aliyuncs.com',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
];

/**
 * As all of them read it. A pattern `*.x` is `.x` (curl and the runner take the first for a name). A range is understood by
 * docker and curl (since 7.86), not by apt, git, npm and older curls: the addresses in `urls` that lie in one are named, too.
 */
function noProxyOf(proxy: ProxySettings, urls: readonly string[] = []): string {
  const named = [...NO_PROXY, ...proxy.noProxy.map((each) => each.trim().replace(/^\*(?=\.)/, ''))];
  const addresses = urls
    .map((url) => new URL(url).hostname)
    .filter((host) => named.some((range) => isWithin(host, range)));
  return [...new Set([...named, ...addresses])].join(',');
}

/** Whether `range` is an IPv4 range, such as 10.0.0.0/8, with that address in it. */
export function isWithin(address: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  if (!isIPv4(address) || !isIPv4(network) || !/^([12]?\d|3[0-2])$/.test(bits)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits));
  return list.check(address);
}

/** Both spellings: curl reads the lower one for http, other tools only the upper one. `urls`: what the machine is told to fetch from. */
export function proxyEnvironment(
  proxy: ProxySettings | null,
  urls: readonly string[],
): Record<string, string> {
  if (proxy === null) return {};
  const lower = {
    ...(proxy.http === null ? {} : { http_proxy: proxy.http }),
    ...(proxy.https === null ? {} : { https_proxy: proxy.https }),
    no_proxy: noProxyOf(proxy, urls),
  };
  const upper = Object.entries(lower).map(([name, value]) => [name.toUpperCase(), value]);
  return { ...lower, ...Object.fromEntries(upper) };
}

/** What docker gives to each container (Docker docs, "Configure the Docker CLI to use a proxy server"). */
export function dockerClientJson(proxy: ProxySettings | null): string {
  if (proxy === null) return '';
  const settings = {
    ...(proxy.http === null ? {} : { httpProxy: proxy.http }),
    ...(proxy.https === null ? {} : { httpsProxy: proxy.https }),
    noProxy: noProxyOf(proxy),
  };
  return JSON.stringify({ proxies: { default: settings } });
}
