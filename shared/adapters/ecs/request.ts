/** The words of one RunInstances, pure. @see SDK model RunInstancesRequest */
import { createHash } from 'node:crypto';
import type { RunInstancesRequest } from '@alicloud/ecs20140526';
import { CLIENT_TOKEN_MAX_CHARS, RELEASE_TIME_MIN_MS } from '../../limits.ts';
import type { RunRequest } from '../../ports.ts';

/** What of a placement an instance needs to be told. */
export interface EcsPlacement {
  readonly region: string;
  /** zone letter → vSwitch */
  readonly zones: Readonly<Record<string, string>>;
  readonly securityGroup: string;
  readonly egress: 'nat' | 'public-ip';
  /** Mbit/s outwards; for `public-ip` only */
  readonly bandwidthMbit: number;
  readonly keyPair: string | null;
  readonly resourceGroup: string | null;
}

/** The newest of a family, or exactly one. */
export interface EcsImage {
  readonly family?: string | undefined;
  readonly id?: string | undefined;
  /** `any`: its cloud-init, or its ImdsSupport, does not do with tokens alone. Absent: hardened. */
  readonly metadata?: 'hardened' | 'any' | undefined;
}

export interface RunSetting {
  readonly placements: readonly EcsPlacement[];
  readonly images: Readonly<Record<string, EcsImage>>;
  /** Hours of protection from the market. */
  readonly spotDuration: 0 | 1;
  /** Null, and that is the rule: jobs must not find the account's permissions in the metadata. */
  readonly ramRole: string | null;
  /** The id of a KMS key, or `default`: the one of the account or the service; null: as the account has it. */
  readonly diskEncryption: string | null;
}

export interface Disk {
  readonly category: 'cloud_essd' | 'cloud_auto' | 'cloud_ssd' | 'cloud_efficiency';
  /** Of an ESSD only. */
  readonly level?: 'PL0' | 'PL1';
}

/**
 * In order of preference. Newer types refuse the older disks, older types the newer, and some zones know no PL0, at
 * half the price of PL1; only ECS knows which.
 */
export const DISKS: readonly Disk[] = [
  { category: 'cloud_essd', level: 'PL0' },
  { category: 'cloud_essd', level: 'PL1' },
  { category: 'cloud_auto' },
  { category: 'cloud_ssd' },
  { category: 'cloud_efficiency' },
];

type Field = Capitalize<Extract<keyof RunInstancesRequest, string>>;
type Words = Partial<Record<Field, string | undefined>>;

/** Frozen: a try that is made again must be the same byte for byte. A string: why there is nothing to ask for. */
export function runParameters(
  request: RunRequest,
  disk: Disk,
  setting: RunSetting,
  nowMs: number,
): Readonly<Record<string, string>> | string {
  const { candidate } = request;
  const placement = setting.placements.find(({ region }) => region === candidate.region);
  const vSwitch = placement?.zones[candidate.zone.slice(-1)];
  const image = setting.images[request.image];
  if (placement === undefined || vSwitch === undefined) return 'NoVSwitch';
  if (image === undefined) return 'NoImage';
  const words: Words = {
    InstanceType: candidate.instanceType,
    ZoneId: candidate.zone,
    VSwitchId: vSwitch,
    SecurityGroupId: placement.securityGroup,
    ImageFamily: (request.imageId ?? image.id) === undefined ? image.family : undefined,
    ImageId: request.imageId ?? image.id,
    Amount: '1',
    ClientToken: tokenFor(request, disk),
    InstanceName: request.name,
    UserData: Buffer.from(request.userData, 'utf8').toString('base64'),
    AutoReleaseTime: releaseTime(request.releaseAtMs, nowMs),
    HttpEndpoint: 'enabled',
    HttpTokens: image.metadata === 'any' ? 'optional' : 'required',
    KeyPairName: placement.keyPair ?? undefined,
    ResourceGroupId: placement.resourceGroup ?? undefined,
    RamRoleName: setting.ramRole ?? undefined,
    ...bid(request, setting),
    ...egress(placement),
  };
  const all = { ...words, ...diskWords(request, disk), ...encryption(setting), ...tags(request.tags) };
  const said = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.freeze(Object.fromEntries(said));
}

/** With another disk, or from another image, it is a request of its own, so it has a token of its own. */
function tokenFor({ clientToken, imageId }: RunRequest, { category, level }: Disk): string {
  return createHash('sha256')
    .update(`${clientToken}\n${category}\n${level ?? ''}${imageId === undefined ? '' : `\n${imageId}`}`)
    .digest('hex')
    .slice(0, CLIENT_TOKEN_MAX_CHARS);
}

/** Upwards, because ECS drops the seconds before it compares with its half hour. */
export function releaseTime(releaseAtMs: number, nowMs: number): string {
  const minuteMs = 60_000;
  const atMs = Math.ceil(Math.max(releaseAtMs, nowMs + RELEASE_TIME_MIN_MS) / minuteMs) * minuteMs;
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

function bid({ candidate }: RunRequest, { spotDuration }: RunSetting): Words {
  if (candidate.capacityType === 'on-demand')
    return { InstanceChargeType: 'PostPaid', SpotStrategy: 'NoSpot' };
  const { priceLimit } = candidate;
  return {
    InstanceChargeType: 'PostPaid',
    SpotStrategy: priceLimit === null ? 'SpotAsPriceGo' : 'SpotWithPriceLimit',
    SpotPriceLimit: priceLimit === null ? undefined : String(Number(priceLimit.toFixed(3))),
    SpotDuration: String(spotDuration),
    SpotInterruptionBehavior: 'Terminate',
  };
}

/** Any bandwidth outwards brings a public address with it. */
function egress({ egress, bandwidthMbit }: EcsPlacement): Words {
  if (egress === 'nat') return {};
  return { InternetMaxBandwidthOut: String(bandwidthMbit), InternetChargeType: 'PayByTraffic' };
}

function diskWords({ diskGiB }: RunRequest, { category, level }: Disk): Record<string, string> {
  return {
    'SystemDisk.Category': category,
    'SystemDisk.Size': String(diskGiB),
    ...(level === undefined ? {} : { 'SystemDisk.PerformanceLevel': level }),
  };
}

/** SDK model RunInstancesRequestSystemDisk: without a key, the account's own for that region, else the service's. */
function encryption({ diskEncryption }: RunSetting): Record<string, string> {
  if (diskEncryption === null) return {};
  const key = diskEncryption === 'default' ? {} : { 'SystemDisk.KMSKeyId': diskEncryption };
  return { 'SystemDisk.Encrypted': 'true', ...key };
}

function tags(tags: Readonly<Record<string, string>>): Record<string, string> {
  const numbered = Object.entries(tags).flatMap(([key, value], at) => [
    [`Tag.${at + 1}.Key`, key],
    [`Tag.${at + 1}.Value`, value],
  ]);
  return Object.fromEntries(numbered);
}
