/** What the first minute of an instance tells, and its disks. */
import type { EcsCall } from '../../../shared/adapters/ecs/call.ts';
import { failureOf } from '../../../shared/adapters/ecs/errors.ts';
import { INSTANCE_VISIBLE_MS } from '../../../shared/limits.ts';
import { TAG } from '../../../shared/names.ts';
import type { Launched } from '../draft.ts';
import { asAssumed, type Finding, notTold, otherwise } from '../facts.ts';
import { instancesOf, listOurs } from '../things.ts';
import type { ProveWorld } from '../world.ts';

const LOOK_PAUSE_MS = 1_000;

/** The same words once more, with a new signature. */
export async function askAgain({ candidate, params, id }: Launched, { ecs }: ProveWorld): Promise<Finding> {
  const code = await idIn(ecs, candidate.region, params);
  if (code === id) return asAssumed('the same instance, asked for twice');
  return /^i-/.test(code)
    ? otherwise('another instance, asked for twice')
    : notTold(`the second was refused: ${code}`);
}

async function idIn(call: EcsCall, region: string, params: Launched['params']): Promise<string> {
  try {
    const { InstanceIdSets } = await call(region, 'RunInstances', params);
    return (
      (InstanceIdSets as { readonly InstanceIdSet?: readonly string[] } | undefined)?.InstanceIdSet?.[0] ??
      'no id'
    );
  } catch (error) {
    return failureOf(error).code;
  }
}

export async function askLag({ candidate, id, askedAtMs }: Launched, world: ProveWorld): Promise<Finding> {
  for (;;) {
    const { things } = await listOurs(candidate.region, world);
    const ms = world.nowMs() - askedAtMs;
    if (things.some((each) => each.id === id))
      return ms <= INSTANCE_VISIBLE_MS
        ? asAssumed('seen after it was asked for', ms)
        : otherwise('seen too late', ms);
    if (ms > 2 * INSTANCE_VISIBLE_MS) return otherwise('not seen at all', ms);
    await world.sleep(LOOK_PAUSE_MS);
  }
}

/** Asked while it can be no further than Starting. */
export async function askDeletion(launched: Launched, world: ProveWorld): Promise<Finding> {
  try {
    await world.ecs(launched.candidate.region, 'DeleteInstance', { InstanceId: launched.id, Force: 'true' });
    return otherwise('taken');
  } catch (error) {
    const { code } = failureOf(error);
    if (/^IncorrectInstanceStatus/.test(code)) return asAssumed(`refused with ${code}`);
    return /NotFound$/.test(code) ? otherwise(`refused with ${code}, while it is there`) : notTold(code);
  }
}

/** As ECS shows it, held against what was asked for. */
export async function askReleaseTime(
  { candidate, params, id }: Launched,
  world: ProveWorld,
): Promise<Finding> {
  const [seen] = await instancesOf(world).find(candidate.region, [id]);
  if (seen === undefined) return notTold('it is not there any more');
  if (seen.releaseAtMs === null) return otherwise('it has none');
  const lateMs = seen.releaseAtMs - Date.parse(params.AutoReleaseTime ?? '');
  return Math.abs(lateMs) < 60_000
    ? asAssumed('to the minute')
    : otherwise('another time than asked for', lateMs);
}

interface Disk {
  readonly Tags?: { readonly Tag?: readonly { readonly TagKey: string; readonly TagValue: string }[] };
}

export async function askDiskTags({ candidate, id }: Launched, world: ProveWorld): Promise<Finding> {
  const { Disks } = await world.ecs(candidate.region, 'DescribeDisks', { InstanceId: id });
  const disks = (Disks as { readonly Disk?: readonly Disk[] } | undefined)?.Disk ?? [];
  if (disks.length === 0) return notTold('no disk was listed');
  const isTagged = ({ Tags }: Disk) => (Tags?.Tag ?? []).some(({ TagKey }) => TagKey === TAG.prove);
  const tagged = disks.filter(isTagged).length;
  const seen = `${tagged} of ${disks.length} disks have them`;
  return tagged === disks.length ? asAssumed(seen) : otherwise(seen);
}
