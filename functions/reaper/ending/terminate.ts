/** Asks the cloud to delete the instances of a retiring runner. */
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { isKept } from '../../../shared/ledger/entry-parts.ts';
import { isRunnerName } from '../../../shared/names.ts';
import type { Instance } from '../../../shared/nouns.ts';
import { isKeptByTag, ownNetworks, whyNotOurs } from '../own-instance.ts';
import type { ReaperWorld } from '../world.ts';

/**
 * The entry keeps its slot until the cloud says that there is no such instance; that is the sweep's to see. `seen`:
 * just looked up, and ours.
 */
export async function terminate(
  entry: RunnerEntry,
  world: ReaperWorld,
  seen: readonly Instance[] = [],
): Promise<void> {
  const known = seen.map(({ region, id }) => ({ region, id }));
  const { instanceId: id, region } = entry;
  if (known.length === 0 && id !== null && region !== null) known.push({ region, id });
  for (const each of known) {
    const because = await whyLeft(each, entry, seen, world);
    if (because !== null) {
      world.log('instance.kept', { instance: each.id, because });
      continue;
    }
    if (world.together !== undefined) {
      world.together.deletions.push({ entry, ...each });
      continue;
    }
    const outcome = await world.instances.terminate(each.region, each.id);
    world.log('instance.terminated', {
      runner: entry.name,
      instance: each.id,
      outcome,
      because: entry.because,
    });
  }
}

/** Null: it may be deleted. Whoever has not just seen its tags asks for them. */
async function whyLeft(
  { region, id }: Pick<Instance, 'region' | 'id'>,
  entry: RunnerEntry,
  seen: readonly Instance[],
  world: ReaperWorld,
): Promise<string | null> {
  if (!isRunnerName(world.config.name, entry.name)) return 'its entry is that of no runner';
  if (isKept(entry, world.clock.nowMs())) return 'its machine is kept';
  const known = seen.length > 0 ? seen : await world.instances.find(region, [id]);
  const instance = known.find((each) => each.id === id);
  // One empty answer proves nothing, and a tag may keep it: the sweep looks twice.
  if (instance === undefined) return 'it was not seen';
  if (isKeptByTag(instance)) return 'a person wants to look at it';
  return seen.length > 0 ? null : whyNotOurs(instance, entry, await ownNetworks(world), world.config.name);
}
