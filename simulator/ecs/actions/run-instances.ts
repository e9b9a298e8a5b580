/** RunInstances: all checks, then the client token, then the instances. */

import type { Cloud } from '../cloud.ts';
import { begin } from '../life.ts';
import { endedAtMs, isSpot, type Order } from '../machine.ts';
import { isTrue, type Params, refuseUnsimulated, required, wholeNumber } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { InstanceType, Region } from '../region/catalogue.ts';
import { checkEncryption, checkMetadata } from './image-checks.ts';
import { checkPlace, imageOf, type Place, placeOf } from './place.ts';
import * as checks from './run-checks.ts';

/** How long a client token is good for is in no document; the idempotency page promises nothing. */
const TOKEN_MS = 10 * 60_000;

const PLAYED = new Set(
  `RegionId ZoneId Amount MinAmount AutoReleaseTime ClientToken DryRun HostName HttpEndpoint HttpTokens ImageFamily
  ImageId InstanceChargeType InstanceName InstanceType InternetChargeType InternetMaxBandwidthOut IoOptimized
  KeyPairName RamRoleName ResourceGroupId SecurityEnhancementStrategy SecurityGroupId SecurityGroupIds SpotDuration
  SpotInterruptionBehavior SpotPriceLimit SpotStrategy SystemDisk Tag UserData VSwitchId`.split(/\s+/),
);

export function runInstances(cloud: Cloud, region: Region, params: Params): object {
  refuseUnsimulated(params, PLAYED);
  checks.checkToken(params);
  const repeated = repeatOf(cloud, region, params);
  if (repeated !== null) return answer(repeated, null);
  const order = orderOf(cloud, region, params);
  const amount = amountOf(cloud, params, order);
  if (isTrue(params, 'DryRun')) {
    throw new EcsRefusal('DryRunOperation', 'Request validation has been passed with DryRun flag set.', 400);
  }
  const ids = Array.from({ length: amount }, () => begin(cloud, order).id);
  const token = params.ClientToken;
  if (token !== undefined && token !== '') {
    const seen = { params: canonical(params), ids, atMs: cloud.clock.nowMs() };
    cloud.tokens.set(`${region.id}/${token}`, seen);
    cloud.clock.after(TOKEN_MS, () => {
      if (cloud.tokens.get(`${region.id}/${token}`) === seen) cloud.tokens.delete(`${region.id}/${token}`);
    });
  }
  return answer(ids, tradePrice(cloud, order));
}

/** Same token, same words: the same instances, also when they are gone. Other words: refused. */
function repeatOf(cloud: Cloud, region: Region, params: Params): readonly string[] | null {
  const seen = cloud.tokens.get(`${region.id}/${params.ClientToken ?? ''}`);
  if (seen === undefined || cloud.ways.tokens === 'forgotten') return null;
  if (seen.params === canonical(params)) return seen.ids;
  throw new EcsRefusal('IdempotentParameterMismatch');
}

function canonical(params: Params): string {
  return JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function answer(ids: readonly string[], price: number | null): object {
  return { InstanceIdSets: { InstanceIdSet: ids }, ...(price === null ? {} : { TradePrice: price }) };
}

function tradePrice(cloud: Cloud, order: Order): number {
  const { zone, type } = order;
  return isSpot(order) ? cloud.market.spotPrice(zone, type, cloud.clock.nowMs()) : type.onDemandPrice;
}

function orderOf(cloud: Cloud, region: Region, params: Params): Order {
  const nowMs = cloud.clock.nowMs();
  checks.checkChoices(params);
  checks.checkHostName(params);
  const words = {
    name: checks.nameOf(params),
    tags: checks.tagsToSet(params),
    releaseAtMs: keptIf(cloud.ways.releaseTimes === 'stand', checks.releaseTime(params, nowMs)),
    userData: checks.userDataOf(params),
    ...checks.bidOf(params),
  };
  const disk = checks.diskOf(params);
  const place = placeOf(region, params);
  const type = typeOf(region, place, params);
  const image = imageOf(region, params);
  if (image.arch !== type.arch) throw new EcsRefusal('ImageNotSupportInstanceType');
  checkMetadata(image, params);
  if (disk.sizeGiB < image.sizeGiB) throw new EcsRefusal('InvalidSystemDiskSize');
  if (!type.disks.includes(disk.category))
    throw new EcsRefusal('InvalidSystemDiskCategory.ValueNotSupported');
  checkEncryption(region.network.encryption, disk.category, params);
  if (isWithoutPl0(disk, type)) throw new EcsRefusal('InvalidPerformanceLevel.ValueNotSupported');
  checkPrice(cloud, place.vSwitch.zone, type, words);
  const isUnread = params.HttpTokens === 'required' && image.knowsTokens === false;
  return {
    ...words,
    // Its cloud-init is told 403 for each question, and runs nothing (cloud-init 22.4.2 of Debian 12).
    ...(isUnread || image.fault === 'silent' ? { userData: '' } : {}),
    // Read, and of no use to what it holds.
    ...(image.fault === 'broken' ? { userData: '#' } : {}),
    region: region.id,
    zone: place.vSwitch.zone,
    type,
    disk,
    vSwitch: place.vSwitch.id,
    vpc: place.vSwitch.vpc,
    securityGroup: place.securityGroup.id,
    imageId: image.id,
    bandwidthOut: wholeNumber(params, 'InternetMaxBandwidthOut', { min: 0, max: 100, fallback: 0 }),
    needsTokens: params.HttpTokens === 'required',
    keyPair: place.keyPair,
    resourceGroup: place.resourceGroup,
  };
}

const keptIf = (isKept: boolean, atMs: number | null): number | null => (isKept ? atMs : null);

/**
 * CreateInstance's error codes: "the current ZoneId or InstanceType does not support PL0", but no list of them. That the
 * types whose cloud disks are all ESSDs take it, follows from its being their default (SDK model RunInstancesRequest).
 */
function isWithoutPl0({ category, level }: Order['disk'], { disks }: InstanceType): boolean {
  return category === 'cloud_essd' && level === 'PL0' && disks.includes('cloud_ssd');
}

function typeOf(region: Region, { vSwitch }: Place, params: Params): InstanceType {
  const id = required(params, 'InstanceType');
  const type = region.types.get(id);
  if (type === undefined) throw new EcsRefusal('InvalidInstanceType.ValueNotSupported');
  if (!region.sells(vSwitch.zone, id)) throw new EcsRefusal('InvalidInstanceType.ZoneNotSupported');
  return type;
}

function checkPrice(cloud: Cloud, zone: string, type: InstanceType, bid: checks.Bid): void {
  if (bid.priceLimit === null) return;
  if (bid.priceLimit < cloud.market.spotPrice(zone, type, cloud.clock.nowMs())) {
    throw new EcsRefusal('InvalidSpotPriceLimit.LowerThanPublicPrice');
  }
}

/** All or nothing, unless MinAmount allows less. Stock last: DryRun checks it too. */
function amountOf(cloud: Cloud, params: Params, order: Order): number {
  const wanted = wholeNumber(params, 'Amount', { min: 1, max: 100, fallback: 1 });
  const least = wholeNumber(params, 'MinAmount', { min: 1, max: wanted, fallback: wanted });
  const place = cloud.regions.get(order.region)?.network;
  const room = place === undefined ? 0 : checkPlace(cloud, place, order, least);
  checkQuotas(cloud, order, least);
  const stock = cloud.market.left(order.zone, order.type, isSpot(order), cloud.clock.nowMs());
  if (stock < least) throw new EcsRefusal('OperationDenied.NoStock');
  return Math.min(wanted, room, stock);
}

function checkQuotas(cloud: Cloud, order: Order, amount: number): void {
  const alive = [...cloud.machines.values()].filter(
    (machine) => machine.region === order.region && endedAtMs(machine) === null,
  );
  if (alive.length + amount > cloud.quotas.instances) throw new EcsRefusal('QuotaExceed.AfterpayInstance');
  const cores = alive
    .filter(({ type }) => type.family === order.type.family)
    .reduce((sum, { type }) => sum + type.cpu, amount * order.type.cpu);
  if (cores > cloud.quotas.vcpusPerFamily) throw new EcsRefusal('QuotaExceed.ElasticQuota');
}
