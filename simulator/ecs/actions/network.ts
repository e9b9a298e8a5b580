/** What can be asked about an account before the first launch: network, keys, quotas, prices. */

import { diskPrice } from '../bill.ts';
import type { Cloud } from '../cloud.ts';
import { endedAtMs, isSpot, type Machine } from '../machine.ts';
import { listOf, type Params, required, wholeNumber } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';

/** Of the VPC API (2016-04-28), not of ECS. @see API reference DescribeVSwitches */
export function describeVSwitches(_cloud: Cloud, region: Region, params: Params): object {
  const VSwitch = [...region.network.vSwitches.values()]
    .filter(({ id, vpc, zone }) => isAsked(params, { VSwitchId: id, VpcId: vpc, ZoneId: zone }))
    .map(({ id, vpc, zone, freeIps, status }) => ({
      VSwitchId: id,
      VpcId: vpc,
      ZoneId: zone,
      AvailableIpAddressCount: freeIps,
      Status: status,
    }));
  const { items, ...rest } = paged(VSwitch, params);
  return { VSwitches: { VSwitch: items }, ...rest };
}

export function describeSecurityGroups(cloud: Cloud, region: Region, params: Params): object {
  const SecurityGroup = [...region.network.securityGroups.values()]
    .filter(({ id, vpc }) => isAsked(params, { SecurityGroupId: id, VpcId: vpc }))
    .map(({ id, vpc, instancesMax }) => {
      const EcsCount = standing(cloud, region).filter((machine) => machine.securityGroup === id).length;
      const room = { EcsCount, AvailableInstanceAmount: instancesMax - EcsCount };
      return { SecurityGroupId: id, VpcId: vpc, SecurityGroupType: 'normal', ...room };
    });
  const { items, ...rest } = paged(SecurityGroup, params);
  return { SecurityGroups: { SecurityGroup: items }, ...rest };
}

/** A new group lets everything out and nothing in; `rules` of the group are what was added. */
export function describeSecurityGroupAttribute(_cloud: Cloud, region: Region, params: Params): object {
  const group = region.network.securityGroups.get(required(params, 'SecurityGroupId'));
  if (group === undefined) throw new EcsRefusal('InvalidSecurityGroupId.NotFound', undefined, 404);
  const Permission = (group.ingress ?? []).map(({ ports, from }) => ({
    Direction: 'ingress',
    IpProtocol: 'TCP',
    PortRange: ports,
    SourceCidrIp: from,
    Policy: 'Accept',
    Priority: '1',
  }));
  const { id, vpc } = group;
  return { RegionId: region.id, SecurityGroupId: id, VpcId: vpc, Permissions: { Permission } };
}

export function describeKeyPairs(_cloud: Cloud, region: Region, params: Params): object {
  const KeyPair = [...region.network.keyPairs]
    .filter((name) => isAsked(params, { KeyPairName: name }))
    .map((name) => ({ KeyPairName: name }));
  const { items, ...rest } = paged(KeyPair, params);
  return { KeyPairs: { KeyPair: items }, ...rest };
}

/** @see SDK model DescribeAccountAttributes */
export function describeAccountAttributes(cloud: Cloud, region: Region, params: Params): object {
  const cores = (machines: readonly Machine[]) => machines.reduce((sum, { type }) => sum + type.cpu, 0);
  const spot = standing(cloud, region).filter(isSpot);
  const onDemand = standing(cloud, region).filter((machine) => !isSpot(machine));
  const values: Record<string, number> = {
    'max-spot-instance-vcpu-count': cloud.quotas.vcpusPerFamily,
    'used-spot-instance-vcpu-count': cores(spot),
    'max-postpaid-instance-vcpu-count': cloud.quotas.vcpusPerFamily,
    'used-postpaid-instance-vcpu-count': cores(onDemand),
  };
  const names = listOf(params, 'AttributeName');
  const AccountAttributeItem = Object.entries(values)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([AttributeName, value]) => ({
      AttributeName,
      AttributeValues: { ValueItem: [{ Value: String(value) }] },
    }));
  return { AccountAttributeItems: { AccountAttributeItem } };
}

/** By the hour, of one instance without disk, or of one data disk. @see SDK model DescribePrice */
export function describePrice(cloud: Cloud, region: Region, params: Params): object {
  const { PriceUnit = 'Hour', ResourceType = 'instance' } = params;
  if (PriceUnit === 'Hour' && ResourceType === 'disk') return diskPriceAnswer(cloud, params);
  if (PriceUnit !== 'Hour' || ResourceType !== 'instance')
    throw new EcsRefusal('InvalidParameter', 'Only instances and disks by the hour are priced here.');
  const type = region.types.get(required(params, 'InstanceType'));
  if (type === undefined) throw new EcsRefusal('InvalidInstanceType.ValueNotSupported');
  const isBid = (params.SpotStrategy ?? 'NoSpot') !== 'NoSpot';
  const zone = params.ZoneId ?? region.zones.find((one) => region.sells(one, type.id));
  if (zone === undefined || !region.sells(zone, type.id))
    throw new EcsRefusal('InvalidInstanceType.ZoneNotSupported');
  const market = cloud.market.spotPrice(zone, type, cloud.clock.nowMs());
  const TradePrice = isBid ? Math.min(market, type.onDemandPrice) : type.onDemandPrice;
  return priceAnswer(cloud, type.onDemandPrice, TradePrice);
}

function priceAnswer({ currency: Currency }: Cloud, OriginalPrice: number, TradePrice: number): object {
  const Price = { Currency, OriginalPrice, TradePrice, DiscountPrice: OriginalPrice - TradePrice };
  return { PriceInfo: { Price } };
}

/** How prices are rounded is not documented: here to three decimals, which leaves little of a small disk's. */
function diskPriceAnswer(cloud: Cloud, params: Params): object {
  const category = required(params, 'DataDisk.1.Category');
  const level = params['DataDisk.1.PerformanceLevel'] ?? 'PL1';
  const sizeGiB = wholeNumber(params, 'DataDisk.1.Size', { min: 1, max: 32_768, fallback: 0 });
  if (sizeGiB === 0) throw new EcsRefusal('MissingParameter', 'DataDisk.1.Size');
  const perHour = Math.round(sizeGiB * diskPrice({ category, level }, cloud.currency) * 1000) / 1000;
  return priceAnswer(cloud, perHour, perHour);
}

export function describeRegions(cloud: Cloud): object {
  const Region = [...cloud.regions.keys()].map((id) => ({
    RegionId: id,
    RegionEndpoint: `ecs.${id}.aliyuncs.com`,
  }));
  return { Regions: { Region } };
}

export function describeZones(_cloud: Cloud, region: Region): object {
  return { Zones: { Zone: region.zones.map((ZoneId) => ({ ZoneId })) } };
}

function standing(cloud: Cloud, region: Region): Machine[] {
  return [...cloud.machines.values()].filter(
    (machine) => machine.region === region.id && endedAtMs(machine) === null,
  );
}

function isAsked(params: Params, values: Readonly<Record<string, string>>): boolean {
  return Object.entries(values).every(([name, value]) => [undefined, '', value].includes(params[name]));
}

function paged<Item>(all: readonly Item[], params: Params) {
  const PageNumber = wholeNumber(params, 'PageNumber', { min: 1, max: 10_000, fallback: 1 });
  const PageSize = wholeNumber(params, 'PageSize', { min: 1, max: 100, fallback: 10 });
  const items = all.slice((PageNumber - 1) * PageSize, PageNumber * PageSize);
  return { items, TotalCount: all.length, PageNumber, PageSize };
}
