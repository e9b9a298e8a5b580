/** Somebody else's machine in the same account: with our deployment's tag on it, whyever. */
import type { Ecs } from '../../simulator/ecs/index.ts';

export interface Stranger {
  readonly name: string;
  /** What its tag says; undefined: it has none of that name. */
  readonly taggedAs: string | undefined;
  readonly securityGroup?: string;
  readonly releaseAtMs?: number;
}

const REGION = 'cn-hangzhou';

/** What all of theirs are called: told apart by this, also where the answer to their making was lost. */
export const THEIRS = 'prod-database';

/** Its id. */
export function addStranger(
  call: Ecs['call'],
  { name, taggedAs, securityGroup = `sg-${REGION}`, releaseAtMs }: Stranger,
): string {
  const answer = call(REGION, 'RunInstances', {
    RegionId: REGION,
    InstanceType: 'ecs.c8y.2xlarge',
    VSwitchId: `vsw-${REGION}-h`,
    SecurityGroupId: securityGroup,
    ImageFamily: 'acs:ubuntu_24_04_arm64',
    InstanceName: name,
    InstanceChargeType: 'PostPaid',
    'SystemDisk.Category': 'cloud_essd',
    'SystemDisk.Size': '40',
    'Tag.1.Key': 'ci-runner-deployment',
    'Tag.1.Value': 'ci',
    ...(taggedAs === undefined ? {} : { 'Tag.2.Key': 'ci-runner-name', 'Tag.2.Value': taggedAs }),
    ...(releaseAtMs === undefined
      ? {}
      : { AutoReleaseTime: `${new Date(releaseAtMs).toISOString().slice(0, 16)}:00Z` }),
  }) as { readonly InstanceIdSets: { readonly InstanceIdSet: readonly string[] } };
  return answer.InstanceIdSets.InstanceIdSet[0] as string;
}
