/**
 * Whose machine an instance is. A tag proves nothing: anybody may write ours on anything. We made what has our whole
 * shape, and what a launch of ours has the id of.
 */
import type { Config } from '../../shared/config/config.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import { isRunnerName, TAG } from '../../shared/names.ts';
import type { Instance } from '../../shared/nouns.ts';
import { lastInUse, rememberInUse } from './in-use.ts';
import type { ReaperWorld } from './world.ts';

/** Ids of security groups and vSwitches: those of today's placements, and of those that were placements lately. */
export type Networks = ReadonlySet<string>;

const NOTE = 'networks';

const networksIn = ({ placements }: Config): readonly string[] =>
  placements.flatMap(({ securityGroup, zones }) => [securityGroup, ...Object.values(zones)]);

export async function ownNetworks(
  world: Pick<ReaperWorld, 'config' | 'ledger' | 'clock'>,
): Promise<Networks> {
  return new Set([...networksIn(world.config), ...(await lastInUse(NOTE, world))]);
}

export const rememberNetworks = (world: Pick<ReaperWorld, 'config' | 'ledger' | 'clock'>): Promise<void> =>
  rememberInUse(NOTE, networksIn(world.config), world);

/** Pure. Null: it is ours. Else a clause that says what it lacks. `entry`: the runner's whose name its tag says. */
export function whyNotOurs(
  instance: Instance,
  entry: RunnerEntry | null,
  networks: Networks,
  deployment: string,
): string | null {
  const name = instance.tags[TAG.name] ?? '';
  if (!isRunnerName(deployment, name)) return `its tag ${TAG.name} names no runner`;
  if (isLaunched(entry) && entry?.name === name && entry.instanceId === instance.id) return null;
  if (instance.name !== name) return `its own name is not what its tag ${TAG.name} says`;
  if (instance.releaseAtMs === null) return 'it has no release time';
  if (!instance.securityGroupIds.some((id) => networks.has(id)))
    return 'its security group is that of no placement';
  return networks.has(instance.vSwitchId) ? null : 'its vSwitch is that of no placement';
}

/** A person wants to look at it, and set the tag in the console. */
export const isKeptByTag = ({ tags }: Pick<Instance, 'tags'>): boolean => tags[TAG.keep] !== undefined;

/** Pure. Else it was adopted, by its tags: 0.1 took whatever had them. */
export const isLaunched = (entry: RunnerEntry | null): boolean => entry !== null && entry.leaseUntilMs !== 0;
