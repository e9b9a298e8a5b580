/** What the console of a boot that failed says of its network, as `userdata/` writes it, in a sentence: pure. */
import { isWithin } from './proxy.ts';

/** Not on the Internet, all but Alibaba Cloud's own inside a region (100.64.0.0/10). 198.18.0.0/15: what local proxies make up. */
const NOWHERE = [
  ...['0.0.0.0/8', '10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.168.0.0/16', '198.18.0.0/15', '240.0.0.0/4'],
];

/** By the words of `cause_of`; each names what a person changes. `way`: around GitHub. */
const SENTENCES: Readonly<Record<string, (host: string, way: string) => string>> = {
  no_network: (host) =>
    `its machine has no way to ${host}: give its vSwitch a NAT gateway with an SNAT entry, or set placements[].egress or placements[].proxy`,
  no_name_server: (host) =>
    `its machine finds no address of ${host}: look at the name servers of its VPC (DHCP options set), and at the image's /etc/resolv.conf`,
  no_answer: (host, way) => `nothing answers its machine at ${host}: ${way}`,
  slow: (host, way) => `${host} is too slow for its machine: ${way}`,
  connection_refused: (host, way) =>
    `${host} refuses its machine, or something on the way does: look at the firewall or proxy between them; ${way}`,
  mirror_is_away: (host, way) => `${host} breaks off or is out of order, seen from its machine: ${way}`,
  proxy_407: () =>
    'its proxy wants a name and a password: write placements[].proxy.https as http://NAME:PASSWORD@HOST:PORT',
  certificate: (host) =>
    `something on the way shows its machine another certificate than that of ${host}: ask who runs the proxy or the name server, or put that authority into the image`,
  clock_is_wrong: (host) =>
    `the certificate of ${host} is not valid at the time of its machine: look at the clock of the image, and at its way to a time server`,
  download_is_garbled: (host, way) => `what ${host} sends is changed on the way to its machine: ${way}`,
  checksum: (host) => `${host} sends its machine another runner than GitHub published: npm run mirror`,
  refused: (host) => `${host} refuses the download of the runner: npm run mirror, then npm run doctor`,
};

const A_COPY =
  'placements[].mirrorBucket keeps a copy of the runner in the region, placements[].proxy is a way out of your own';
const A_PROXY = 'placements[].proxy is a way out of your own';

const LINE =
  /\b(runner\.not_fetched|github\.tried) host=([A-Za-z0-9.:-]{1,100}) because=([a-z0-9_]{1,30})!?(?: address=([0-9.]{7,15})(?![0-9.:]))?/g;

/**
 * A clause that completes "because"; null: it tells of none, or its runner came online. The console is the machine's own word: only
 * words that are known here come through, and a name.
 */
export function badNetworkIn(console: string): string | null {
  if (/\brunner\.online\b/.test(console)) return null;
  return /\brunner\.(fetched|in_image)\b/.test(console)
    ? saidBy(console, 'github.tried', A_PROXY)
    : saidBy(console, 'runner.not_fetched', A_COPY);
}

/** The last one first: GitHub stands behind its mirrors. */
function saidBy(console: string, event: string, way: string): string | null {
  const told = [...console.matchAll(LINE)].filter(([, name]) => name === event).reverse();
  for (const [, , host = '', cause = '', address] of told) {
    if (cause === 'reached') continue;
    if (address !== undefined && cause !== 'proxy_407' && isNowhere(address))
      return `the name ${host} leads to ${address} on its machine, which is not on the Internet: look at the name servers of its VPC, and at /etc/hosts of the image`;
    const sentence = SENTENCES[cause];
    if (sentence !== undefined) return sentence(host, way);
  }
  return null;
}

const isNowhere = (address: string): boolean => NOWHERE.some((range) => isWithin(address, range));
