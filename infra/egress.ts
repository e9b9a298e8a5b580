/** What runners may reach: the world, and of the private networks only what the operator lists. Pure. */
import type { PlacementConfig } from '../shared/config/config.ts';

export const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

export interface EgressRule {
  readonly policy: 'accept' | 'drop';
  readonly destCidrIp: string;
  readonly ipProtocol: 'all';
  readonly portRange: '-1/-1';
  readonly nicType: 'intranet';
  /** 1 is looked at first. */
  readonly priority: number;
  readonly description: string;
}

/** 100.64.0.0/10 stays open: name servers, metadata, mirrors and OSS's internal endpoints live there. */
export function egressRules(proxy: PlacementConfig['proxy'], allowPrivate: readonly string[]): EgressRule[] {
  return [
    ...allowedRanges(proxy, allowPrivate).map((range) => rule('accept', range, 1, 'listed in runners.yaml')),
    ...PRIVATE_RANGES.map((range) => rule('drop', range, 10, 'private networks are not for runners')),
    rule('accept', '0.0.0.0/0', 100, 'an advanced group accepts nothing that no rule names'),
  ];
}

/** What runners may reach of the private networks. */
export const allowedRanges = (proxy: PlacementConfig['proxy'], allowPrivate: readonly string[]): string[] => [
  ...new Set([...allowPrivate, ...proxyRanges(proxy)]),
];

function rule(
  policy: EgressRule['policy'],
  destCidrIp: string,
  priority: number,
  description: string,
): EgressRule {
  return {
    policy,
    destCidrIp,
    ipProtocol: 'all',
    portRange: '-1/-1',
    nicType: 'intranet',
    priority,
    description,
  };
}

/** A proxy given by its private address must be reachable; one given by name is the operator's to list. */
function proxyRanges(proxy: PlacementConfig['proxy']): string[] {
  const hosts = [proxy?.http, proxy?.https].flatMap((text) => (text ? [new URL(text).hostname] : []));
  return hosts
    .filter((host) => /^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host))
    .map((host) => `${host}/32`);
}
