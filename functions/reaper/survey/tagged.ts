/** Runners are found by their name; what else has our tag is looked for now and then, to tell a person. */

import { inParallel } from '../../../shared/in-parallel.ts';
import { SWEEP_PARALLEL_MAX } from '../../../shared/limits.ts';
import type { Instance, Listing } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';
import type { Look } from './look.ts';

/** A person is told, and nothing is done: that has time. */
const TAGGED_LOOK_MS = 10 * 60_000;
/** ECS finds no more by tag (SDK model DescribeInstancesRequestTag). */
const TAG_FILTER_MAX = 1_000;

/** `listed`: those with a runner's name. Where there are too many, ECS refuses to look by tag. */
async function lookByTag(
  region: string,
  listed: readonly Instance[],
  look: Look,
  { clock, instances, looks }: ReaperWorld,
): Promise<readonly Instance[]> {
  const nowMs = clock.nowMs();
  const alive = listed.filter((each) => each.region === region).length;
  if (alive >= TAG_FILTER_MAX || nowMs - (looks.tagged.get(region) ?? 0) < TAGGED_LOOK_MS) return [];
  const { things, complete } = await look(`tagged instances of ${region}`, () => instances.tagged(region));
  if (complete) looks.tagged.set(region, nowMs);
  return things;
}

/** All that were listed, and what else has our tag. */
export async function withTagged(
  regions: readonly string[],
  listed: Listing<Instance>,
  look: Look,
  world: ReaperWorld,
): Promise<Listing<Instance>> {
  const found = new Map(listed.things.map((each) => [each.id, each]));
  await inParallel(regions, SWEEP_PARALLEL_MAX, async (region) => {
    for (const each of await lookByTag(region, listed.things, look, world))
      if (!found.has(each.id)) found.set(each.id, each);
  });
  return { ...listed, things: [...found.values()] };
}
