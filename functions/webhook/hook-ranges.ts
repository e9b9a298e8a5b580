/** Whether an address lies in one of the ranges that GitHub delivers from. */
import { BlockList, isIP } from 'node:net';

/** `ranges` as GitHub's `GET /meta` has them: IPv4 and IPv6, each with its prefix. */
export function hookRanges(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', prefix = ''] = range.split('/');
    list.addSubnet(network, Number(prefix), familyOf(network));
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
