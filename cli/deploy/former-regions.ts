/** A placement that is taken out of runners.yaml: the reaper keeps its rights there until nothing of ours can live there, and its mirror goes. */
import { functionPlaces, namesOf } from '../../infra/names.ts';
import type { Config } from '../../shared/config/config.ts';
import { nullIfAbsent } from '../doctor/checks/roles.ts';
import { keptLine } from '../doctor/rights.ts';
import { findStackId, type StackWorld, templateOf } from '../shared/stacks.ts';

export interface RegionsWorld extends StackWorld {
  readonly say: (line: string) => void;
  /** Region → when all that was launched there is released at the latest. Throws when the ledger cannot be read. */
  readonly regionsInUse: () => Promise<ReadonlyMap<string, number>>;
}

/** Regions beyond the placements that the roles are to name. */
export async function formerRegions(world: RegionsWorld, config: Config): Promise<readonly string[]> {
  const granted = await regionsGranted(world, config);
  // Nothing was deployed, so nothing was launched.
  if (granted === null) return [];
  const isFormer = (region: string) => !config.placements.some((placement) => placement.region === region);
  const named = granted.filter(isFormer);
  const inUse = await usedRegions(world, named);
  if (inUse === null) return named;
  const kept = [...inUse.keys()].filter(isFormer).sort();
  for (const region of kept) world.say(keptLine(region, inUse.get(region) as number));
  for (const region of named.filter((each) => !inUse.has(each)))
    world.say(`${region}: nothing of ours is left there, and the reaper’s rights there go.`);
  return kept;
}

/** Null: unknown is not unused. */
async function usedRegions(
  { regionsInUse, say }: RegionsWorld,
  named: readonly string[],
): Promise<ReadonlyMap<string, number> | null> {
  try {
    return await regionsInUse();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    if (named.length > 0)
      say(
        `${named.join(', ')}: the ledger could not be read (${reason}), so the reaper keeps its rights there.`,
      );
    return null;
  }
}

/** Those that the reaper’s role names now; null: there is no such stack. */
export async function regionsGranted(world: StackWorld, config: Config): Promise<readonly string[] | null> {
  const { region } = config.control;
  const stackId = await findStackId(world, { stackName: namesOf(config).controlStack, region });
  if (stackId === null) return null;
  const { Resources } = await templateOf(world, region, stackId);
  const role = JSON.stringify(Resources?.RoleReaper ?? {});
  return [
    ...new Set([...role.matchAll(/acs:ecs:([a-z]{2}-[a-z0-9-]+):/g)].map(([, id]) => id as string)),
  ].sort();
}

export interface FormerMirror {
  readonly name: string;
  readonly region: string;
}

/** Mirrors that nobody orders copies of any more, as the roles name them that are deployed now: so they go before the roles change. Only what is there. */
export async function formerMirrors(world: StackWorld, config: Config): Promise<readonly FormerMirror[]> {
  const { functionOf, controlStack } = namesOf(config);
  const { region } = config.control;
  const stackId = await findStackId(world, { stackName: controlStack, region });
  if (stackId === null) return [];
  const roles = JSON.stringify((await templateOf(world, region, stackId)).Resources ?? {});
  const named = roles.matchAll(new RegExp(`functions/${functionOf('mirror')}-([a-z]{2}-[a-z0-9-]+)`, 'g'));
  const wanted = new Set(functionPlaces(config).map(({ name }) => name));
  const former = [...new Set([...named].map(([, where]) => where as string))]
    .map((where) => ({ name: `${functionOf('mirror')}-${where}`, region: where }))
    .filter(({ name }) => !wanted.has(name));
  const there = await Promise.all(
    former.map((each) =>
      world.alibaba.fc(each.region, 'GetFunction', 'GET', `/functions/${each.name}`).catch(nullIfAbsent),
    ),
  );
  return former.filter((_, at) => there[at] !== null);
}
