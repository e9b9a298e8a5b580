/** DescribeInstances, GetInstanceConsoleOutput: what is seen of the instances, and how late. */

import { seeded } from '../../random.ts';
import type { Cloud } from '../cloud.ts';
import { endedAtMs, isResting, type Machine, type Status, statusAt } from '../machine.ts';
import {
  isTrue,
  type Params,
  refuseUnsimulated,
  required,
  tagsOf,
  toMinute,
  wholeNumber,
} from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';

/** SDK model DescribeInstancesRequestTag: a filter by tag may not find more than this many. The code is not documented. */
const TAGGED_MAX = 1000;
const IDS_MAX = 100;

interface VisibleMachine {
  readonly machine: Machine;
  readonly status: Status;
}

const PLAYED = new Set(
  `RegionId InstanceIds InstanceName Status ZoneId VSwitchId VpcId InstanceType LockReason Tag MaxResults NextToken
  AdditionalAttributes`.split(/\s+/),
);

export function describeInstances(cloud: Cloud, region: Region, params: Params): object {
  refuseUnsimulated(params, PLAYED);
  const ids = idsOf(params);
  const tags = tagsOf(params);
  const named = patternOf(params.InstanceName);
  const matching = visibleIn(cloud, region, ids)
    .filter(({ machine: { name, id } }) => named.test(name ?? id))
    .filter((seen) => isWanted(seen, params, tags));
  if (tags.length > 0 && matching.length > TAGGED_MAX) {
    throw new EcsRefusal('InvalidParameter.TagResult', 'More than 1000 resources have the specified tags.');
  }
  const { items, next } = page(
    matching,
    params,
    wholeNumber(params, 'MaxResults', { min: 1, max: 100, fallback: 10 }),
  );
  return {
    Instances: { Instance: items.map((seen) => shown(seen, params.AdditionalAttributes === undefined)) },
    ...(next === null ? {} : { NextToken: next }),
    TotalCount: 'MaxResults' in params || params.NextToken ? nonsense(cloud) : matching.length,
    PageNumber: 1,
    PageSize: items.length,
  };
}

/**
 * SDK model DescribeInstancesResponseBody 7.11.6: beside MaxResults and NextToken the TotalCount is meaningless. So it is
 * now too high, now too low, now 0; from the time alone, so that nothing else that is drawn changes with it.
 */
function nonsense({ clock }: Cloud): number {
  const random = seeded(clock.nowMs());
  return random.pick([0, 1, random.whole(2, 50), random.whole(51, 5_000)]);
}

/** Null: no filter by ids. What an empty array means is not documented; here it means none of them, as text has it. */
function idsOf(params: Params): ReadonlySet<string> | null {
  const text = params.InstanceIds;
  if (text === undefined || text === '') return null;
  let ids: unknown;
  try {
    ids = JSON.parse(text);
  } catch {
    throw new EcsRefusal('InvalidInstanceIds.Malformed');
  }
  if (!Array.isArray(ids) || ids.length > IDS_MAX) throw new EcsRefusal('InvalidInstanceIds.Malformed');
  return new Set(ids.map(String));
}

/** A list shows the world as it was a while ago, one by ids as it was a moment ago; each instance in its own time. */
function visibleIn(cloud: Cloud, region: Region, ids: ReadonlySet<string> | null): VisibleMachine[] {
  const nowMs = cloud.clock.nowMs();
  return [...cloud.machines.values()].flatMap((machine) => {
    if (machine.region !== region.id || (ids !== null && !ids.has(machine.id))) return [];
    const status = statusAt(machine, nowMs - (ids === null ? machine.lag.listMs : machine.lag.findMs));
    return status === null || status === undefined ? [] : [{ machine, status }];
  });
}

function isWanted({ machine, status }: VisibleMachine, params: Params, tags: Tags): boolean {
  const same = (name: string, value: string) => params[name] === undefined || params[name] === value;
  return (
    same('Status', status) &&
    same('ZoneId', machine.zone) &&
    same('VSwitchId', machine.vSwitch) &&
    same('VpcId', machine.vpc) &&
    same('InstanceType', machine.type.id) &&
    same('LockReason', machine.recyclingAtMs === null ? '' : 'Recycling') &&
    hasTags(machine, tags)
  );
}

/** SDK model DescribeInstancesRequest: an asterisk stands for anything. */
function patternOf(name: string | undefined): RegExp {
  const words = (name || '*').split('*').map((word) => word.replace(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`^${words.join('.*')}$`);
}

type Tags = ReturnType<typeof tagsOf>;

function hasTags(machine: Machine, tags: Tags): boolean {
  return tags.every(({ key, value }) => {
    const has = machine.tags.get(key);
    return has !== undefined && (value === undefined || has === value);
  });
}

/** The token says after which instance the next page begins; the list may change in between. */
function page(
  all: readonly VisibleMachine[],
  params: Params,
  size: number,
): { items: readonly VisibleMachine[]; next: string | null } {
  const after = tokenOf(params.NextToken);
  const rest = all.filter(({ machine }) => machine.number > after);
  const items = rest.slice(0, Math.max(10, size));
  const last = items.at(-1);
  const hasMore = rest.length > items.length && last !== undefined;
  return { items, next: hasMore ? Buffer.from(`after:${last.machine.number}`).toString('base64url') : null };
}

function tokenOf(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  const found = /^after:(\d+)$/.exec(Buffer.from(text, 'base64url').toString());
  if (found === null) throw new EcsRefusal('InvalidParameter', 'The specified NextToken is not valid.');
  return Number(found[1]);
}

/** @see SDK model DescribeInstancesResponseBodyInstancesInstance */
function shown({ machine, status }: VisibleMachine, isShort: boolean): object {
  const { type } = machine;
  return {
    InstanceId: machine.id,
    InstanceName: machine.name ?? machine.id,
    RegionId: machine.region,
    ZoneId: machine.zone,
    Status: status,
    StoppedMode: stoppedMode(machine, status),
    InstanceType: type.id,
    InstanceTypeFamily: type.family,
    Cpu: type.cpu,
    Memory: type.memoryGiB * 1024,
    ImageId: machine.imageId,
    OSType: 'linux',
    InstanceChargeType: 'PostPaid',
    InstanceNetworkType: 'vpc',
    CreationTime: toMinute(machine.createdAtMs),
    AutoReleaseTime: machine.releaseAtMs === null ? '' : toMinute(machine.releaseAtMs),
    ExpiredTime: '2099-12-31T15:59Z',
    SpotStrategy: machine.strategy,
    SpotPriceLimit: machine.priceLimit ?? 0,
    SpotDuration: machine.protectedHours,
    SpotInterruptionBehavior: 'Terminate',
    OperationLocks: { LockReason: machine.recyclingAtMs === null ? [] : [{ LockReason: 'Recycling' }] },
    KeyPairName: machine.keyPair ?? '',
    ResourceGroupId: machine.resourceGroup ?? '',
    SecurityGroupIds: { SecurityGroupId: [machine.securityGroup] },
    VpcAttributes: { VpcId: machine.vpc, VSwitchId: machine.vSwitch },
    InternetMaxBandwidthOut: machine.bandwidthOut,
    Tags: { Tag: [...machine.tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
    ...(isShort ? {} : { MetadataOptions: { HttpTokens: machine.needsTokens ? 'required' : 'optional' } }),
  };
}

/** What it says of one that is not stopped is not documented: the console's words for it. */
function stoppedMode(machine: Machine, status: Status): string {
  if (status !== 'Stopped') return 'Not-applicable';
  return isResting(machine) ? 'StopCharging' : 'KeepCharging';
}

export function consoleOutput(cloud: Cloud, region: Region, params: Params): object {
  const machine = cloud.machines.get(required(params, 'InstanceId'));
  if (machine === undefined || machine.region !== region.id || endedAtMs(machine) !== null) {
    throw new EcsRefusal('InvalidInstanceId.NotFound');
  }
  const text = isTrue(params, 'RemoveSymbols') ? machine.console.replaceAll('\r', '') : machine.console;
  const beijing = new Date(cloud.clock.nowMs() + 8 * 3_600_000).toISOString();
  return {
    InstanceId: machine.id,
    ConsoleOutput: Buffer.from(text).toString('base64'),
    LastUpdateTime: beijing.slice(0, 19).replace('T', ' '),
  };
}
