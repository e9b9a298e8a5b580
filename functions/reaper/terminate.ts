/** Asks the cloud to delete the instances of a retiring runner. */
import type { RunnerEntry } from '../../shared/entries.ts';
import type { Instance } from '../../shared/nouns.ts';
import type { ReaperWorld } from './world.ts';

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
    const outcome = await world.instances.terminate(each.region, each.id);
    world.log('instance.terminated', {
      runner: entry.name,
      instance: each.id,
      outcome,
      because: entry.because,
    });
  }
}
