/** Where a new instance goes: its vSwitch, security group, key pair, resource group and image, all of one network. */

import type { Cloud } from '../cloud.ts';
import { endedAtMs, type Order } from '../machine.ts';
import { listOf, type Params, required } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';
import type { Image, Network, SecurityGroup, VSwitch } from '../region/network.ts';

export interface Place {
  readonly vSwitch: VSwitch;
  readonly securityGroup: SecurityGroup;
  readonly keyPair: string | null;
  readonly resourceGroup: string | null;
}

export function placeOf(region: Region, params: Params): Place {
  const { network } = region;
  const vSwitch = network.vSwitches.get(required(params, 'VSwitchId'));
  if (vSwitch === undefined) throw new EcsRefusal('InvalidVSwitchId.NotFound');
  checkZone(region, vSwitch, params.ZoneId);
  if (vSwitch.status !== 'Available') throw new EcsRefusal('IncorrectVSwitchStatus');
  const role = params.RamRoleName;
  if (role !== undefined && !network.ramRoles.has(role)) throw new EcsRefusal('InvalidRamRole.NotFound');
  return {
    vSwitch,
    securityGroup: groupOf(network, vSwitch, params),
    keyPair: known(network.keyPairs, params.KeyPairName, 'InvalidKeyPair.NotFound'),
    resourceGroup: known(network.resourceGroups, params.ResourceGroupId, 'InvalidResourceGroup.NotFound'),
  };
}

function checkZone(region: Region, vSwitch: VSwitch, zone: string | undefined): void {
  if (zone === undefined) return;
  if (!region.zones.includes(zone)) throw new EcsRefusal('InvalidZoneId.NotFound');
  if (zone !== vSwitch.zone)
    throw new EcsRefusal('InvalidParameter.Mismatch', 'The vSwitch is not in the zone.');
}

/** One of SecurityGroupId and SecurityGroupIds.N, not both; of the vSwitch's VPC. */
function groupOf(network: Network, vSwitch: VSwitch, params: Params): SecurityGroup {
  const one = params.SecurityGroupId;
  const many = listOf(params, 'SecurityGroupIds');
  if (one !== undefined && many.length > 0) throw new EcsRefusal('InvalidParameter.Conflict');
  const id = one ?? many[0];
  if (id === undefined || id === '')
    throw new EcsRefusal('MissingParameter', 'SecurityGroupId is mandatory.');
  const group = network.securityGroups.get(id);
  if (group === undefined) throw new EcsRefusal('InvalidSecurityGroupId.NotFound');
  if (group.vpc !== vSwitch.vpc) throw new EcsRefusal('InvalidParameter.Mismatch', 'Not in the same VPC.');
  return group;
}

function known(names: ReadonlySet<string>, name: string | undefined, code: string): string | null {
  if (name === undefined || name === '') return null;
  if (!names.has(name)) throw new EcsRefusal(code);
  return name;
}

/** ImageId and ImageFamily exclude each other; a family is its newest image. */
export function imageOf(region: Region, params: Params): Image {
  const { ImageId: id, ImageFamily: family } = params;
  if (id !== undefined && family !== undefined) throw new EcsRefusal('InvalidParameter.Conflict');
  if (id === undefined && family === undefined)
    throw new EcsRefusal('MissingParameter', 'ImageId is mandatory.');
  const image = region.network.images.findLast((one) =>
    id === undefined ? one.family === family : one.id === id,
  );
  if (image === undefined) throw new EcsRefusal('InvalidImageId.NotFound');
  return image;
}

/** How many fit into the vSwitch and the group; refuses when fewer than `least`. */
export function checkPlace(cloud: Cloud, network: Network, order: Order, least: number): number {
  const free = network.vSwitches.get(order.vSwitch)?.freeIps ?? 0;
  if (free < least) throw new EcsRefusal('InvalidVSwitchId.IpInvalid');
  const members = [...cloud.machines.values()].filter(
    (machine) => machine.securityGroup === order.securityGroup && endedAtMs(machine) === null,
  );
  const room = (network.securityGroups.get(order.securityGroup)?.instancesMax ?? 0) - members.length;
  if (room < least) throw new EcsRefusal('SecurityGroupInstanceLimitExceed');
  return Math.min(free, room);
}
