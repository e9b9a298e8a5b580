/** What one placement needs: the network where runners boot, if it is ours to make, and the mirror's bucket. */
import * as ros from '@alicloud/ros-cdk-core';
import * as ecs from '@alicloud/ros-cdk-ecs';
import * as oss from '@alicloud/ros-cdk-oss';
import type { Config, PlacementConfig } from '../shared/config/config.ts';
import { TAG } from '../shared/names.ts';
import { egressRules } from './egress.ts';
import { namesOf, zoneIdOf } from './names.ts';
import { natEgress } from './nat.ts';
import { subnets } from './subnets.ts';

export class PlacementStack extends ros.Stack {
  constructor(scope: ros.Construct, config: Config, placement: PlacementConfig) {
    const stackName = namesOf(config).placementStack(placement);
    super(scope, stackName, { stackName, description: `Runners of ${config.name} in ${placement.region}` });
    const made = placement.network === null ? null : makeNetwork(this, config, placement, placement.network);
    const vpcId = made ?? placement.vpc;
    if (placement.mirrorBucket === null) return;
    if (vpcId === null)
      throw new Error(`placement ${placement.region}: mirrorBucket needs vpc: only that network may read it`);
    makeBucket(this, placement.mirrorBucket, vpcId, config);
  }
}

/** Ours, and of the operator's so many that there are `max`. */
export const tagList = ({ tags, name }: Config, max = 20) =>
  [...Object.entries(tags).slice(0, max - 1), [TAG.deployment, name] as const].map(([key, value]) => ({
    key,
    value,
  }));

function makeNetwork(
  stack: PlacementStack,
  config: Config,
  placement: PlacementConfig,
  network: NonNullable<PlacementConfig['network']>,
): ros.IResolvable | string {
  const names = namesOf(config);
  const tags = tagList(config);
  const vpc = new ecs.Vpc(stack, 'Vpc', { vpcName: names.vpc(placement), cidrBlock: network.cidr, tags });
  output(stack, 'VpcId', vpc.attrVpcId);
  const zones = Object.keys(placement.zones);
  const ranges = subnets(network.cidr, zones);
  const vSwitches = zones.map((zone) => {
    const vSwitch = new ecs.VSwitch(stack, `VSwitch${zone.toUpperCase()}`, {
      vSwitchName: names.vSwitch(placement, zone),
      vpcId: vpc.attrVpcId,
      zoneId: zoneIdOf(placement.region, zone),
      cidrBlock: ranges[zone] as string,
      tags,
    });
    output(stack, `VSwitchId${zone.toUpperCase()}`, vSwitch.attrVSwitchId);
    return vSwitch;
  });
  const group = new ecs.SecurityGroup(stack, 'SecurityGroup', {
    securityGroupName: names.securityGroup(placement),
    vpcId: vpc.attrVpcId,
    // Members of an advanced group can't reach each other, and that can't be changed (ECS docs, "Basic and advanced").
    securityGroupType: 'enterprise',
    securityGroupEgress: egressRules(placement.proxy, network.allowPrivate),
    tags,
  });
  output(stack, 'SecurityGroupId', group.attrSecurityGroupId);
  if (placement.egress === 'nat')
    natEgress(stack, {
      name: `${config.name}-runner`,
      vpcId: vpc.attrVpcId,
      vSwitches,
      bandwidthMbit: placement.bandwidthMbit,
    });
  return vpc.attrVpcId;
}

/** Instances fetch by the bucket's internal address without a signature: only their own network may. */
function makeBucket(
  stack: PlacementStack,
  bucketName: string,
  vpcId: ros.IResolvable | string,
  config: Config,
): void {
  const bucket = new oss.Bucket(stack, 'MirrorBucket', {
    bucketName,
    accessControl: 'private',
    policy: {
      Version: '1',
      Statement: [
        {
          Effect: 'Allow',
          Principal: ['*'],
          Action: ['oss:GetObject'],
          Resource: [`acs:oss:*:${ros.RosPseudo.tenantId}:${bucketName}/*`],
          Condition: { StringEquals: { 'acs:SourceVpc': [vpcId] } },
        },
      ],
    },
    tags: Object.fromEntries(tagList(config).map(({ key, value }) => [key, value])),
    // What the mirror can fetch again is no reason to refuse a destroy.
    deletionForce: true,
  });
  output(stack, 'MirrorBucketName', bucket.attrName);
}

export function output(stack: ros.Stack, id: string, value: ros.IResolvable | string): void {
  new ros.RosOutput(stack, id, { value });
}
