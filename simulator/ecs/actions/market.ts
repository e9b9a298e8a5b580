/** What can be asked about stock and prices. */

import type { Cloud } from '../cloud.ts';
import { atMostTen, type Params, parseTime, required, toSecond, wholeNumber } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { InstanceType, Region } from '../region/catalogue.ts';
import { type Category, PRICE_STEP_MS } from '../region/market.ts';

const HISTORY_MAX_MS = 30 * 24 * 3_600_000;
const HISTORY_DEFAULT_MS = 3 * 3_600_000;
const HISTORY_ROWS_MAX = 1000;
const HISTORY_STEP_MS = 6 * PRICE_STEP_MS;

/** Only DestinationResource InstanceType and SystemDisk are played. @see SDK model DescribeAvailableResource */
export function describeAvailableResource(cloud: Cloud, region: Region, params: Params): object {
  const wanted = required(params, 'DestinationResource');
  if (wanted !== 'InstanceType' && wanted !== 'SystemDisk') throw new EcsRefusal('InvalidParameter');
  if (wanted === 'SystemDisk') required(params, 'InstanceType');
  const zones = region.zones.filter((zone) => [undefined, zone].includes(params.ZoneId));
  const AvailableZone = zones.map((zone) => {
    const SupportedResource =
      wanted === 'InstanceType' ? typesIn(cloud, region, zone, params) : disksOf(region, zone, params);
    const { Status, StatusCategory } = summary(SupportedResource);
    const AvailableResource = [{ Type: wanted, SupportedResources: { SupportedResource } }];
    return {
      RegionId: region.id,
      ZoneId: zone,
      Status,
      StatusCategory,
      AvailableResources: { AvailableResource },
    };
  });
  return { AvailableZones: { AvailableZone } };
}

interface Stocked {
  readonly Value: string;
  readonly Status: string;
  readonly StatusCategory: string;
}

function typesIn(cloud: Cloud, region: Region, zone: string, params: Params): Stocked[] {
  const isSpot = (params.SpotStrategy ?? 'NoSpot') !== 'NoSpot';
  const nowMs = cloud.clock.nowMs();
  const is = (name: string, value: string | number) =>
    params[name] === undefined || params[name] === String(value);
  return [...region.types.values()]
    .filter((type) => region.sells(zone, type.id) && is('InstanceType', type.id))
    .filter((type) => is('Cores', type.cpu) && is('Memory', type.memoryGiB))
    .map((type) => stocked(type.id, cloud.market.category(zone, type, isSpot, nowMs)));
}

function disksOf(region: Region, zone: string, params: Params): Stocked[] {
  const type = region.types.get(params.InstanceType ?? '');
  if (type === undefined || !region.sells(zone, type.id)) return [];
  return type.disks.map((disk) => stocked(disk, 'WithStock'));
}

function stocked(Value: string, category: Category): Stocked {
  return { Value, Status: category === 'WithoutStock' ? 'SoldOut' : 'Available', StatusCategory: category };
}

function summary(resources: readonly Stocked[]): Omit<Stocked, 'Value'> {
  const isAny = resources.some(({ Status }) => Status === 'Available');
  return isAny
    ? { Status: 'Available', StatusCategory: 'WithStock' }
    : { Status: 'SoldOut', StatusCategory: 'WithoutStock' };
}

/** One type a call, 30 days at most, newest first. @see SDK model DescribeSpotPriceHistory */
export function describeSpotPriceHistory(cloud: Cloud, region: Region, params: Params): object {
  if (required(params, 'NetworkType') !== 'vpc') throw new EcsRefusal('InvalidParameter');
  wholeNumber(params, 'SpotDuration', { min: 0, max: 1, fallback: 1, code: 'InvalidSpotDuration' });
  const type = region.types.get(required(params, 'InstanceType'));
  if (type === undefined) throw new EcsRefusal('InvalidInstanceType.ValueNotSupported');
  const untilMs = Math.min(instant(params, 'EndTime') ?? cloud.clock.nowMs(), cloud.clock.nowMs());
  const fromMs = instant(params, 'StartTime') ?? untilMs - HISTORY_DEFAULT_MS;
  if (fromMs > untilMs || untilMs - fromMs > HISTORY_MAX_MS) throw new EcsRefusal('InvalidParameter');
  const zones = region.zones.filter(
    (zone) => region.sells(zone, type.id) && [undefined, zone].includes(params.ZoneId),
  );
  const offset = wholeNumber(params, 'Offset', { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
  const rows = zones.flatMap((zone) => timesOf(fromMs, untilMs).map((atMs) => ({ zone, atMs })));
  const SpotPriceType = rows
    .slice(offset, offset + HISTORY_ROWS_MAX)
    .map(({ zone, atMs }) => priceAt(cloud, zone, type, atMs));
  return {
    Currency: cloud.currency,
    NextOffset: offset + SpotPriceType.length,
    SpotPrices: { SpotPriceType },
  };
}

/** Newest first. */
function timesOf(fromMs: number, untilMs: number): readonly number[] {
  const newestMs = Math.floor(untilMs / PRICE_STEP_MS) * PRICE_STEP_MS;
  const count = Math.max(0, Math.floor((newestMs - fromMs) / HISTORY_STEP_MS) + 1);
  return Array.from({ length: count }, (_, step) => newestMs - step * HISTORY_STEP_MS);
}

const priceAt = (cloud: Cloud, zone: string, type: InstanceType, atMs: number): object => ({
  InstanceType: type.id,
  ZoneId: zone,
  SpotPrice: cloud.market.spotPrice(zone, type, atMs),
  OriginPrice: type.onDemandPrice,
  Timestamp: toSecond(atMs),
  NetworkType: 'vpc',
  IoOptimized: 'optimized',
});

function instant(params: Params, name: string): number | null {
  const text = params[name];
  if (text === undefined || text === '') return null;
  const atMs = parseTime(text);
  if (atMs === null) throw new EcsRefusal('InvalidParameter', `The specified ${name} is not valid.`);
  return atMs;
}

/** Averages of 30 days; ten types a call. @see SDK model DescribeSpotAdvice */
export function describeSpotAdvice(cloud: Cloud, region: Region, params: Params): object {
  const ids = atMostTen(params, 'InstanceTypes');
  const isAsked = (type: InstanceType) =>
    (ids.length === 0 || ids.includes(type.id)) &&
    type.cpu >= Number(params.MinCores ?? params.Cores ?? 0) &&
    type.memoryGiB >= Number(params.MinMemory ?? params.Memory ?? 0) &&
    [undefined, type.family].includes(params.InstanceTypeFamily);
  if (ids.length === 0 && !('Cores' in params || 'MinCores' in params))
    throw new EcsRefusal('MissingParameter');
  const types = [...region.types.values()].filter(isAsked);
  const AvailableSpotZone = region.zones
    .filter((zone) => [undefined, zone].includes(params.ZoneId))
    .map((zone) => ({
      ZoneId: zone,
      AvailableSpotResources: {
        AvailableSpotResource: types
          .filter((type) => region.sells(zone, type.id))
          .map((type) => advice(cloud, zone, type)),
      },
    }));
  return { RegionId: region.id, AvailableSpotZones: { AvailableSpotZone } };
}

function advice(cloud: Cloud, zone: string, type: InstanceType): object {
  const dayMs = 24 * 3_600_000;
  const days = Array.from({ length: 30 }, (_, day) => cloud.clock.nowMs() - day * dayMs);
  const sum = days.reduce((total, atMs) => total + cloud.market.spotPrice(zone, type, atMs), 0);
  const rate = cloud.market.interruptionRate(zone, type);
  return {
    InstanceType: type.id,
    AverageSpotDiscount: Math.round((sum / days.length / type.onDemandPrice) * 100),
    InterruptionRate: rate,
    InterruptRateDesc: rate < 3 ? '0-3%' : rate < 5 ? '3-5%' : rate < 10 ? '5-10%' : '10-100%',
  };
}
