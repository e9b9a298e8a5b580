/** What RunInstances refuses about a request's own words. @see SDK model RunInstancesRequest; API reference RunInstances */
import { isTrue, type Params, parseTime, tagsOf, wholeNumber } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';

const MINUTE_MS = 60_000;
const RELEASE_MIN_MS = 30 * MINUTE_MS;
const RELEASE_MAX_MS = 3 * 365 * 24 * 60 * MINUTE_MS;
const USER_DATA_MAX_BYTES = 32 * 1024;
const TAGS_MAX = 20;

/** Seconds are dropped before the time is compared: a release time must be rounded up. */
export function releaseTime(params: Params, nowMs: number): number | null {
  const text = params.AutoReleaseTime;
  if (text === undefined || text === '') return null;
  const atMs = parseTime(text);
  const minuteMs = atMs === null ? null : Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  if (minuteMs === null || minuteMs < nowMs + RELEASE_MIN_MS || minuteMs > nowMs + RELEASE_MAX_MS) {
    throw new EcsRefusal('InvalidAutoReleaseTime.Malformed');
  }
  return minuteMs;
}

export function userDataOf(params: Params): string {
  const text = params.UserData ?? '';
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new EcsRefusal('InvalidUserData.Base64FormatInvalid');
  }
  const raw = Buffer.from(text, 'base64');
  if (raw.length > USER_DATA_MAX_BYTES) throw new EcsRefusal('InvalidUserData.SizeExceeded');
  return raw.toString('utf8');
}

/** Alibaba Cloud docs, "Tag limits". Applied to the instance, its disks and its primary network interface. */
export function tagsToSet(params: Params): Map<string, string> {
  const tags = new Map<string, string>();
  for (const { key, value = '' } of tagsOf(params)) {
    if (key === '' || key.length > 128 || isReserved(key)) throw new EcsRefusal('InvalidTagKey.Malformed');
    if (value.length > 128 || /https?:\/\//.test(value)) throw new EcsRefusal('InvalidTagValue.Malformed');
    if (tags.has(key)) throw new EcsRefusal('Duplicate.TagKey');
    tags.set(key, value);
  }
  if (tags.size > TAGS_MAX) throw new EcsRefusal('InvalidParameter', 'At most 20 tags are allowed.');
  return tags;
}

function isReserved(key: string): boolean {
  return /^(aliyun|acs:)/i.test(key) || /https?:\/\//.test(key);
}

export function nameOf(params: Params): string | null {
  const name = params.InstanceName;
  if (name === undefined || name === '') return null;
  if (!/^[\p{L}][\p{L}\p{N}:_.-]{1,127}$/u.test(name)) throw new EcsRefusal('InvalidInstanceName.Malformed');
  return name;
}

/** Linux: 2 to 64 characters; dots and hyphens neither first, last nor doubled. */
export function checkHostName(params: Params): void {
  const name = params.HostName?.replaceAll(`\${instance_id}`, 'i');
  if (name === undefined || name === '') return;
  const isGood = /^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$/.test(name) && name.length >= 2 && name.length <= 64;
  if (!isGood) throw new EcsRefusal('InvalidHostName.Malformed');
}

export function checkToken(params: Params): void {
  const token = params.ClientToken ?? '';
  if (!/^[\x21-\x7e]{0,64}$/.test(token)) throw new EcsRefusal('InvalidClientToken.ValueNotSupported');
}

export interface Bid {
  readonly strategy: 'NoSpot' | 'SpotWithPriceLimit' | 'SpotAsPriceGo';
  readonly priceLimit: number | null;
  readonly protectedHours: number;
}

/** SpotDuration takes 0 and 1 only; a price limit has at most three decimals and belongs to SpotWithPriceLimit. */
export function bidOf(params: Params): Bid {
  const strategy = params.SpotStrategy ?? 'NoSpot';
  if (strategy !== 'NoSpot' && strategy !== 'SpotWithPriceLimit' && strategy !== 'SpotAsPriceGo') {
    throw new EcsRefusal('InvalidSpotStrategy');
  }
  const protectedHours = wholeNumber(params, 'SpotDuration', {
    min: 0,
    max: 1,
    fallback: 1,
    code: 'InvalidSpotDuration',
  });
  const limit = params.SpotPriceLimit;
  if (strategy !== 'SpotWithPriceLimit') {
    // That it is refused rather than ignored is not documented.
    if (limit !== undefined) throw new EcsRefusal('InvalidSpotPriceLimit');
    return { strategy, priceLimit: null, protectedHours };
  }
  if (limit === undefined || !/^\d+(\.\d{1,3})?$/.test(limit) || Number(limit) <= 0) {
    throw new EcsRefusal('InvalidSpotPriceLimit');
  }
  return { strategy, priceLimit: Number(limit), protectedHours };
}

/** What else has a fixed set of values. */
export function checkChoices(params: Params): void {
  const oneOf = (name: string, ...values: string[]) => {
    const value = params[name];
    if (value !== undefined && !values.includes(value)) {
      throw new EcsRefusal('InvalidParameter', `The specified ${name} is not valid.`);
    }
  };
  oneOf('InstanceChargeType', 'PostPaid');
  oneOf('HttpEndpoint', 'enabled', 'disabled');
  oneOf('HttpTokens', 'optional', 'required');
  oneOf('InternetChargeType', 'PayByTraffic', 'PayByBandwidth');
  oneOf('SpotInterruptionBehavior', 'Terminate');
  oneOf('SecurityEnhancementStrategy', 'Active', 'Deactive');
  oneOf('IoOptimized', 'optimized');
  isTrue(params, 'DryRun');
}

const DISK_SIZES: Readonly<Record<string, number>> = { PL0: 1, PL1: 20, PL2: 461, PL3: 1261 };
const CATEGORIES = ['cloud_essd', 'cloud_auto', 'cloud_ssd', 'cloud_efficiency', 'cloud_essd_entry', 'cloud'];

/** Sizes in GiB; without a category it is cloud_efficiency, which newer types refuse. */
export function diskOf(params: Params): { category: string; level: string; sizeGiB: number } {
  const category = params['SystemDisk.Category'] ?? 'cloud_efficiency';
  if (!CATEGORIES.includes(category)) throw new EcsRefusal('InvalidSystemDiskCategory.ValueNotSupported');
  const level = params['SystemDisk.PerformanceLevel'] ?? 'PL1';
  const least = category === 'cloud_essd' ? DISK_SIZES[level] : 20;
  if (least === undefined)
    throw new EcsRefusal('InvalidParameter', 'The specified PerformanceLevel is not valid.');
  const bounds = { min: category === 'cloud_auto' ? 1 : least, max: 2048, fallback: 40 };
  const sizeGiB = wholeNumber(params, 'SystemDisk.Size', { ...bounds, code: 'InvalidSystemDiskSize' });
  return { category, level, sizeGiB };
}
