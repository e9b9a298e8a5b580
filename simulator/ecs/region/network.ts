/** What an account owns in a region before the first instance: networks, keys, images. */

export interface VSwitch {
  readonly id: string;
  readonly vpc: string;
  readonly zone: string;
  /** Addresses that are left; each instance takes one. */
  freeIps: number;
  status: 'Available' | 'Pending';
}

export interface SecurityGroup {
  readonly id: string;
  readonly vpc: string;
  /**
   * ECS docs, "Basic and advanced security groups": a basic one in a VPC takes 6,000 private addresses; older pages say 2,000, and
   * which an account has tells its quota alone. An advanced one takes 65,536.
   */
  readonly instancesMax: number;
  /** TCP rules that let something in, such as 22/22 from 0.0.0.0/0; none in a new group. */
  readonly ingress?: readonly { readonly ports: string; readonly from: string }[];
}

export interface Image {
  readonly id: string;
  readonly family: string | null;
  readonly arch: 'amd64' | 'arm64';
  readonly sizeGiB: number;
  readonly isPublic: boolean;
  /** Of what is not good: a machine of it stops in its boot (`broken`), or never comes to our first line (`silent`). */
  readonly fault?: 'broken' | 'silent';
  /** `Features.ImdsSupport`; absent: v1, as of a snapshot or an import (SDK models CreateImageRequest, ImportImageRequest). */
  readonly imds?: 'v1' | 'v2';
  /** False: its cloud-init asks for metadata without a token, as before 23.1. Then hardened mode gives it no user data. */
  readonly knowsTokens?: boolean;
  /** Of one that was baked. */
  readonly made?: {
    readonly name: string;
    readonly tags: ReadonlyMap<string, string>;
    readonly atMs: number;
    readonly snapshotId: string;
  };
  /** As the console calls the system. */
  readonly system?: string;
}

/** ECS docs, "Encryption overview": what the account set for its disks in a region. */
export interface Encryption {
  /** Account-level default encryption: a disk that is not encrypted is refused. */
  isRequired: boolean;
  /** KMS keys that may be named. */
  readonly keys: Set<string>;
}

export interface Network {
  readonly vpc: string;
  readonly vSwitches: Map<string, VSwitch>;
  readonly securityGroups: Map<string, SecurityGroup>;
  readonly keyPairs: Set<string>;
  readonly resourceGroups: Set<string>;
  readonly ramRoles: Set<string>;
  readonly images: Image[];
  readonly snapshots: Set<string>;
  readonly encryption: Encryption;
}

/** Of basic groups the smaller of the two numbers. */
export const GROUP_MAX = { normal: 2_000, enterprise: 65_536 } as const;

/** `vpc-REGION`, `vsw-ZONE` for each zone, `sg-REGION`, `kp-ci`, `rg-ci`, and public Ubuntu images. */
export function standardNetwork(region: string, zones: readonly string[]): Network {
  const vpc = `vpc-${region}`;
  const vSwitches = zones.map(
    (zone): VSwitch => ({ id: `vsw-${zone}`, vpc, zone, freeIps: 4000, status: 'Available' }),
  );
  return {
    vpc,
    vSwitches: new Map(vSwitches.map((vSwitch) => [vSwitch.id, vSwitch])),
    securityGroups: new Map([[`sg-${region}`, { id: `sg-${region}`, vpc, instancesMax: GROUP_MAX.normal }]]),
    keyPairs: new Set(['kp-ci']),
    resourceGroups: new Set(['rg-ci']),
    ramRoles: new Set(),
    images: [
      publicImage('ubuntu_24_04_x64', 'amd64'),
      publicImage('ubuntu_24_04_arm64', 'arm64'),
      // There is no ubuntu_22_04_arm64 (the console's list of public images).
      publicImage('ubuntu_22_04_x64', 'amd64'),
    ],
    snapshots: new Set(),
    encryption: { isRequired: false, keys: new Set() },
  };
}

/** Ubuntu's x64 images are listed with v2; those of arm64 nobody saw (UNCONFIRMED, docs/facts.md): tests turn it both ways. */
function publicImage(system: string, arch: Image['arch']): Image {
  const id = `${system}_20G_alibase_20260901.vhd`;
  return { id, family: `acs:${system}`, arch, sizeGiB: 20, isPublic: true, imds: 'v2' };
}
