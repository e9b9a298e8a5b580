/** Asks the cloud to delete the instances of a retiring runner. */
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { TAG } from '../../../shared/names.ts';
import type { Instance } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';

/** The entry keeps its slot until the cloud says that there is no such instance; that is the sweep's to see. */
export async function terminate(
  entry: RunnerEntry,
  world: ReaperWorld,
  seen: readonly Instance[] = [],
): Promise<void> {
  const known = seen.map(({ region, id }) => ({ region, id }));
  const { instanceId: id, region } = entry;
  if (known.length === 0 && id !== null && region !== null) known.push({ region, id });
  for (const each of known) {
    if (await isKept(each, seen, world)) continue;
    const outcome = await world.instances.terminate(each.region, each.id);
    world.log('instance.terminated', {
      runner: entry.name,
      instance: each.id,
      outcome,
      because: entry.because,
    });
  }
}

/** A person wants to look at it. Whoever has not just seen its tags asks for them. */
async function isKept(
  { region, id }: Pick<Instance, 'region' | 'id'>,
  seen: readonly Instance[],
  { instances, log }: ReaperWorld,
): Promise<boolean> {
  const known = seen.length > 0 ? seen : await instances.find(region, [id]);
  const isKept = known.some((each) => each.id === id && each.tags[TAG.keep] !== undefined);
  if (isKept) log('instance.kept', { instance: id });
  return isKept;
}
