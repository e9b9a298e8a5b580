/** DescribeDisks, by instance: each has a system disk, which lives as long as it does. */

import type { Cloud } from '../cloud.ts';
import { endedAtMs } from '../machine.ts';
import { type Params, refuseUnsimulated, required } from '../parameters.ts';
import type { Region } from '../region/catalogue.ts';

const PLAYED = new Set(['RegionId', 'InstanceId']);

/** @see SDK model DescribeDisksResponseBodyDisksDisk */
export function describeDisks(cloud: Cloud, region: Region, params: Params): object {
  refuseUnsimulated(params, PLAYED);
  const machine = cloud.machines.get(required(params, 'InstanceId'));
  if (machine === undefined || machine.region !== region.id || endedAtMs(machine) !== null)
    return { Disks: { Disk: [] }, TotalCount: 0 };
  const tags = cloud.ways.diskTags === 'set' ? [...machine.tags] : [];
  const Disk = [
    {
      DiskId: machine.id.replace(/^i-/, 'd-'),
      InstanceId: machine.id,
      RegionId: machine.region,
      ZoneId: machine.zone,
      Type: 'system',
      Status: 'In_use',
      Category: machine.disk.category,
      Size: machine.disk.sizeGiB,
      DeleteWithInstance: true,
      Tags: { Tag: tags.map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
    },
  ];
  return { Disks: { Disk }, TotalCount: 1 };
}
