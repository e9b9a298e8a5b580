/** Removes all that any run of this deployment made, and says so only when it was looked for and not found. */
import { ABSENT_LOOKS_MIN, INSTANCE_VISIBLE_MS } from '../../shared/limits.ts';
import type { Instance } from '../../shared/nouns.ts';
import { removeRole } from '../shared/session/role.ts';
import { instancesOf, listOurs } from './things.ts';
import type { Intention, ProveWorld } from './world.ts';

const LOOK_PAUSE_MS = 5_000;
/** One that was launched a moment ago is listed late, refuses its deletion while it starts, and takes a while to go. */
const LOOKS_MAX = 120;

/** How many instances were removed. Throws when something is left that could not be removed. */
export async function clean(world: ProveWorld, onGone: OnGone = () => undefined): Promise<number> {
  const intention = world.intention.read();
  const { deployment = world.config.name } = intention ?? {};
  if (deployment !== world.config.name)
    throw new Error(
      `an interrupted run of ${deployment} may have left something, and this is ${world.config.name}: npm run prove -- --clean --config FILE, with the runners.yaml of ${deployment}, removes it`,
    );
  const removed = await removeInstances(world, intention, onGone);
  if (intention?.role)
    await removeRole({ rpc: world.rpc, region: world.config.control.region }, intention.role);
  world.intention.write(null);
  return removed;
}

type OnGone = (id: string) => void;

async function removeInstances(
  world: ProveWorld,
  intention: Intention | null,
  onGone: OnGone,
): Promise<number> {
  const placements = world.config.placements.map(({ region }) => region);
  const regions = [...new Set([...placements, ...(intention?.regions ?? [])])];
  const asked = new Set<string>();
  for (let look = 0, empty = 0; look < LOOKS_MAX; look++) {
    // What was asked for and never seen may still come to be listed.
    const isKnown = world.nowMs() - (intention?.askedAtMs ?? 0) > INSTANCE_VISIBLE_MS;
    const found = await lookEverywhere(regions, world);
    empty = isKnown && found?.length === 0 ? empty + 1 : 0;
    if (found !== null) await removeOnce(found, asked, world, onGone);
    if (empty >= ABSENT_LOOKS_MIN) return asked.size;
    await world.sleep(LOOK_PAUSE_MS);
  }
  throw new Error(
    'instances with the tag ci-runner-prove are left, or could not be looked for: run npm run prove -- --clean, or delete them in the console; each has a release time within the hour',
  );
}

/** One that is starting, or on its way out, refuses: the next look asks again. */
async function removeOnce(
  found: readonly Instance[],
  asked: Set<string>,
  world: ProveWorld,
  onGone: OnGone,
): Promise<void> {
  const present = new Set(found.map(({ id }) => id));
  for (const id of asked) if (!present.has(id)) onGone(id);
  for (const { id, region } of found) {
    asked.add(id);
    await instancesOf(world).terminate(region, id);
  }
}

/** Null: a region's list was not whole, and proves nothing absent. */
async function lookEverywhere(regions: readonly string[], world: ProveWorld): Promise<Instance[] | null> {
  const lists = [];
  for (const region of regions) lists.push(await listOurs(region, world));
  const found = lists.flatMap(({ things }) => things);
  return found.length > 0 || lists.every(({ complete }) => complete) ? found : null;
}
