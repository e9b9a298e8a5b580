/** What can be asked about types and images. */

import type { Cloud } from '../cloud.ts';
import { atMostTen, type Params, required, tagsOf, toSecond, wholeNumber } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { InstanceType, Region } from '../region/catalogue.ts';
import type { Image } from '../region/network.ts';

const TYPES_PER_PAGE_MAX = 100;

/** MaxResults is at most 100 since 2023-11-15, whatever older comments say. @see SDK model DescribeInstanceTypes */
export function describeInstanceTypes(_cloud: Cloud, region: Region, params: Params): object {
  const size = wholeNumber(params, 'MaxResults', {
    min: 1,
    max: TYPES_PER_PAGE_MAX,
    fallback: TYPES_PER_PAGE_MAX,
  });
  const ids = atMostTen(params, 'InstanceTypes');
  const families = atMostTen(params, 'InstanceTypeFamilies');
  const matching = [...region.types.values()].filter(
    (type) =>
      (ids.length === 0 || ids.includes(type.id)) &&
      (families.length === 0 || families.includes(type.family)) &&
      isSized(type, params) &&
      [undefined, archOf(type)].includes(params.CpuArchitecture),
  );
  const from = params.NextToken ? Number(Buffer.from(params.NextToken, 'base64url').toString()) : 0;
  if (!Number.isInteger(from))
    throw new EcsRefusal('InvalidParameter', 'The specified NextToken is not valid.');
  const next = from + size < matching.length ? Buffer.from(String(from + size)).toString('base64url') : '';
  return { InstanceTypes: { InstanceType: matching.slice(from, from + size).map(shown) }, NextToken: next };
}

function isSized({ cpu, memoryGiB }: InstanceType, params: Params): boolean {
  const bound = (name: string, fallback: number) =>
    params[name] === undefined ? fallback : Number(params[name]);
  return (
    cpu >= bound('MinimumCpuCoreCount', 0) &&
    cpu <= bound('MaximumCpuCoreCount', Number.POSITIVE_INFINITY) &&
    memoryGiB >= bound('MinimumMemorySize', 0) &&
    memoryGiB <= bound('MaximumMemorySize', Number.POSITIVE_INFINITY)
  );
}

const archOf = (type: InstanceType) => (type.arch === 'arm64' ? 'ARM' : 'X86');

function shown(type: InstanceType): object {
  return {
    InstanceTypeId: type.id,
    InstanceTypeFamily: type.family,
    CpuCoreCount: type.cpu,
    MemorySize: type.memoryGiB,
    CpuArchitecture: archOf(type),
    GPUAmount: 0,
    LocalStorageCategory: '',
    InstanceFamilyLevel: type.family.startsWith('ecs.e-') ? 'EntryLevel' : 'EnterpriseLevel',
  };
}

/** Without a match the answer has no Image. @see SDK model DescribeImageFromFamily */
export function describeImageFromFamily(_cloud: Cloud, region: Region, params: Params): object {
  const family = required(params, 'ImageFamily');
  const image = region.network.images.findLast((one) => one.family === family);
  if (image === undefined) return {};
  // SDK model DescribeImageFromFamilyResponseBody: this one has no Features, and no name of the system.
  const { Features: _features, OSNameEn: _system, ...shown } = shownImage(image);
  return { Image: shown };
}

/** By ids, with commas between them, or by tags, a page of them. @see SDK model DescribeImages */
export function describeImages(_cloud: Cloud, region: Region, params: Params): object {
  const tags = tagsOf(params);
  const ids = tags.length > 0 ? null : required(params, 'ImageId').split(',');
  const found = region.network.images.filter(
    ({ id, made }) => ids?.includes(id) ?? tags.every(({ key, value }) => made?.tags.get(key) === value),
  );
  const PageSize = wholeNumber(params, 'PageSize', { min: 1, max: 100, fallback: 10 });
  const PageNumber = wholeNumber(params, 'PageNumber', { min: 1, max: 1_000_000, fallback: 1 });
  const Image = found.slice((PageNumber - 1) * PageSize, PageNumber * PageSize).map(shownImage);
  return { Images: { Image }, TotalCount: found.length, PageNumber, PageSize };
}

function shownImage({ id, family, arch, sizeGiB, isPublic, imds, system, made }: Image) {
  return {
    ...(made === undefined ? {} : shownMade(made)),
    ImageId: id,
    ...(family === null ? {} : { ImageFamily: family }),
    Architecture: arch === 'arm64' ? 'arm64' : 'x86_64',
    OSType: 'linux',
    OSNameEn: system ?? `Ubuntu  24.04 64 bit`,
    Features: { ImdsSupport: imds ?? 'v1', NvmeSupport: 'supported' },
    Size: sizeGiB,
    Status: 'Available',
    IsSupportCloudinit: true,
    ImageOwnerAlias: isPublic ? 'system' : 'self',
  };
}

const shownMade = ({ name, tags, atMs, snapshotId }: NonNullable<Image['made']>) => ({
  ImageName: name,
  CreationTime: toSecond(atMs),
  Tags: { Tag: [...tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
  DiskDeviceMappings: { DiskDeviceMapping: [{ SnapshotId: snapshotId }] },
});
