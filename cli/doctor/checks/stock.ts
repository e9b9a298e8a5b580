/** Types that fit, and that ECS says are in stock as spot. */

import { zoneIdOf } from '../../../infra/names.ts';
import type { PlacementConfig } from '../../../shared/config/config.ts';
import type { Requirements } from '../../../shared/nouns.ts';
import type { DoctorWorld } from '../world.ts';

interface Stocked {
  readonly type: string;
  readonly zone: string;
}

const PAGES_MAX = 20;

export async function typesInStock(
  world: DoctorWorld,
  placement: PlacementConfig,
  requirements: Requirements,
): Promise<Stocked[]> {
  const fitting = await typesThatFit(world, placement.region, requirements);
  const answer = await world.alibaba.rpc('ecs', placement.region, 'DescribeAvailableResource', {
    DestinationResource: 'InstanceType',
    IoOptimized: 'optimized',
    SpotStrategy: requirements.capacityType === 'spot' ? 'SpotAsPriceGo' : 'NoSpot',
    Cores: String(requirements.cpu.min),
  });
  const zones = new Set(Object.keys(placement.zones).map((zone) => zoneIdOf(placement.region, zone)));
  return zonesIn(answer)
    .filter(({ zone, type }) => zones.has(zone) && fitting.has(type))
    .filter(({ category }) => category === 'WithStock' || category === 'ClosedWithStock');
}

async function typesThatFit(world: DoctorWorld, region: string, wanted: Requirements): Promise<Set<string>> {
  const found: string[] = [];
  let token = '';
  for (let page = 0; page === 0 || (token !== '' && page < PAGES_MAX); page++) {
    const answer = await pageOfTypes(world, region, wanted, token);
    const { InstanceType } = answer.InstanceTypes as { InstanceType: { InstanceTypeId: string }[] };
    found.push(...InstanceType.map(({ InstanceTypeId }) => InstanceTypeId));
    token = String(answer.NextToken ?? '');
  }
  return new Set(found.filter((type) => wanted.type === null || type.startsWith(wanted.type)));
}

function pageOfTypes({ alibaba }: DoctorWorld, region: string, wanted: Requirements, token: string) {
  return alibaba.rpc('ecs', region, 'DescribeInstanceTypes', {
    CpuArchitecture: wanted.arch === 'arm64' ? 'ARM' : 'X86',
    MinimumCpuCoreCount: String(wanted.cpu.min),
    ...(wanted.cpu.max === null ? {} : { MaximumCpuCoreCount: String(wanted.cpu.max) }),
    MinimumMemorySize: String(wanted.memoryGiB.min),
    MaxResults: '100',
    ...(token === '' ? {} : { NextToken: token }),
  });
}

interface Resources {
  readonly AvailableResource: readonly {
    readonly SupportedResources: {
      readonly SupportedResource: readonly { readonly Value: string; readonly StatusCategory: string }[];
    };
  }[];
}

function zonesIn(answer: Readonly<Record<string, unknown>>) {
  const zones = answer.AvailableZones as
    | { AvailableZone: { ZoneId: string; AvailableResources?: Resources }[] }
    | undefined;
  return (zones?.AvailableZone ?? []).flatMap(({ ZoneId, AvailableResources }) =>
    (AvailableResources?.AvailableResource ?? []).flatMap(({ SupportedResources }) =>
      SupportedResources.SupportedResource.map(({ Value, StatusCategory }) => ({
        type: Value,
        zone: ZoneId,
        category: StatusCategory,
      })),
    ),
  );
}
