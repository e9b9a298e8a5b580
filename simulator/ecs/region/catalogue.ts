/** What the simulated regions sell: real types and pay-as-you-go prices, zones and networks made up. */
import catalog from '../../../data/ecs-catalog.json' with { type: 'json' };
import { type Network, standardNetwork } from './network.ts';

export interface InstanceType {
  readonly id: string;
  readonly family: string;
  readonly cpu: number;
  readonly memoryGiB: number;
  readonly arch: 'amd64' | 'arm64';
  /** CNY an hour, without disk, in this region */
  readonly onDemandPrice: number;
  /** System disk categories that the type takes. */
  readonly disks: readonly string[];
}

export interface Region {
  readonly id: string;
  /** full ids, such as cn-hangzhou-b */
  readonly zones: readonly string[];
  readonly types: ReadonlyMap<string, InstanceType>;
  sells(zone: string, type: string): boolean;
  readonly network: Network;
}

/** As data/ecs-catalog.json has each type. */
export interface CatalogEntry {
  readonly family: string;
  readonly cpu: number;
  readonly memoryGiB: number;
  readonly arch: string;
  readonly onDemandCnyPerHour: Readonly<Record<string, number>>;
}

const ENTRIES: readonly [id: string, entry: CatalogEntry][] = Object.entries(
  catalog.types as unknown as Record<string, CatalogEntry>,
);

/** Zone letters of the real regions, as the console lists them. */
const ZONES: Readonly<Record<string, string>> = {
  'cn-hangzhou': 'bghijk',
  'cn-shanghai': 'befgln',
  'cn-beijing': 'fghikl',
  'cn-shenzhen': 'cdef',
  'cn-hongkong': 'bcd',
  'ap-southeast-1': 'abc',
};

/** The catalogue's regions. Each family is sold in about two zones of three. */
export function standardRegions(): Region[] {
  return catalog.regions.map((id) => {
    const zones = [...(ZONES[id] ?? 'ab')].map((letter) => zoneId(id, letter));
    const sells = (zone: string, type: string) => spread(`${zone}/${familyOf(type)}`) % 3 !== 0;
    return region(id, zones, typesOf(id), sells);
  });
}

/** cn-hangzhou-b, but ap-southeast-1a. */
function zoneId(region: string, letter: string): string {
  return /\d$/.test(region) ? `${region}${letter}` : `${region}-${letter}`;
}

/** 600 types and more, each in six zones: the catalogue's, and sizes that do not exist. */
export function bigRegion(id = 'cn-hangzhou'): Region {
  const zones = [...'bghijk'].map((letter) => zoneId(id, letter));
  const real = typesOf(id);
  const made = real
    .filter(({ cpu }) => cpu === 8)
    .flatMap((type) => [
      scaled(type, 1.5, '3xlarge'),
      scaled(type, 5, '10xlarge'),
      scaled(type, 7, '14xlarge'),
    ]);
  const known = new Set(real.map((type) => type.id));
  return region(id, zones, [...real, ...made.filter((type) => !known.has(type.id))], () => true);
}

function region(
  id: string,
  zones: readonly string[],
  types: readonly InstanceType[],
  sells: Region['sells'],
): Region {
  const byId = new Map(types.map((type) => [type.id, type]));
  // Asked for at each look at the market: worked out once.
  const sold = new Map(
    zones.map((zone) => [zone, new Set([...byId.keys()].filter((type) => sells(zone, type)))]),
  );
  return {
    id,
    zones,
    types: byId,
    sells: (zone, type) => sold.get(zone)?.has(type) === true,
    network: standardNetwork(id, zones),
  };
}

function typesOf(regionId: string): InstanceType[] {
  return ENTRIES.flatMap(([id, entry]) => {
    const price = entry.onDemandCnyPerHour[regionId];
    if (price === undefined) return [];
    const { family, cpu, memoryGiB } = entry;
    const arch = entry.arch === 'arm64' ? ('arm64' as const) : ('amd64' as const);
    return [{ id, family, cpu, memoryGiB, arch, onDemandPrice: price, disks: disksOf(family) }];
  });
}

function scaled(type: InstanceType, by: number, size: string): InstanceType {
  const { family, cpu, memoryGiB, onDemandPrice } = type;
  const price = Math.round(onDemandPrice * by * 1000) / 1000;
  return { ...type, id: `${family}.${size}`, cpu: cpu * by, memoryGiB: memoryGiB * by, onDemandPrice: price };
}

function familyOf(type: string): string {
  return type.split('.').slice(0, 2).join('.');
}

/**
 * Alibaba Cloud docs, "Instance families": the seventh to ninth generations take ESSDs and AutoPL only, entry disks
 * belong to u1 and e, the oldest know no ESSD.
 */
function disksOf(family: string): readonly string[] {
  if (/^ecs\.(e-|u1-)/.test(family)) return ['cloud_essd', 'cloud_auto', 'cloud_essd_entry'];
  if (/^ecs\.(c4|se1ne|sn\dne|ic5)$/.test(family)) return ['cloud_ssd', 'cloud_efficiency'];
  if (/[789]/.test(family)) return ['cloud_essd', 'cloud_auto'];
  if (/6r$/.test(family)) return ['cloud_essd'];
  return ['cloud_essd', 'cloud_ssd', 'cloud_efficiency'];
}

/** FNV-1a: the same text lands in the same place in every run. */
export function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
