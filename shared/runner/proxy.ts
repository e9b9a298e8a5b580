/** What an instance is told of a placement's proxy: pure. */

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

const noProxyOf = (proxy: ProxySettings): string => [...NO_PROXY, ...proxy.noProxy].join(',');

/** Both spellings: curl reads the lower one for http, other tools only the upper one. */
export function proxyEnvironment(proxy: ProxySettings | null): Record<string, string> {
  if (proxy === null) return {};
  const lower = {
    ...(proxy.http === null ? {} : { http_proxy: proxy.http }),
    ...(proxy.https === null ? {} : { https_proxy: proxy.https }),
    no_proxy: noProxyOf(proxy),
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
