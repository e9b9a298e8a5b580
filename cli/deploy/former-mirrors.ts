/** Mirrors of placements that were taken out of runners.yaml, or lost their bucket there: nobody orders copies of them any more. */
import { functionPlaces, namesOf } from '../../infra/names.ts';
import type { Config } from '../../shared/config/config.ts';
import { nullIfAbsent } from '../doctor/checks/roles.ts';
import { findStackId, type StackWorld, templateOf } from '../shared/stacks.ts';

export interface FormerMirror {
  readonly name: string;
  readonly region: string;
}

/** As the roles name them that are deployed now: so they go before the roles change. Only what is there. */
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
