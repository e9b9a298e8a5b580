/** What the acts of a sweep asked for, done together: deletions a hundred a call, slots as many as one write bears. */
import { inParallel } from '../../../shared/in-parallel.ts';
import { SWEEP_PARALLEL_MAX } from '../../../shared/limits.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import type { ReaperWorld, Together } from '../world.ts';

/** What failed. The entries say what was meant, so that the next sweep finds the same to do. */
export async function finishTogether(
  { deletions, closings }: Together,
  world: ReaperWorld,
): Promise<readonly string[]> {
  const failures: string[] = [];
  const attempt = async (what: string, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      failures.push(`${what}: ${error instanceof Error ? error.message : 'unknown'}`);
    }
  };
  const regions = [...new Set(deletions.map(({ region }) => region))];
  for (const region of regions)
    await attempt(`deletions in ${region}`, () => deleteIn(region, deletions, world));
  if (closings.length > 0) await attempt('slots', () => closeAll(closings, world));
  return failures;
}

async function deleteIn(
  region: string,
  deletions: Together['deletions'],
  { instances, log }: ReaperWorld,
): Promise<void> {
  const here = deletions.filter((each) => each.region === region);
  const removals = await instances.terminateAll(
    region,
    here.map(({ id }) => id),
  );
  for (const { entry, id } of here) {
    const outcome = removals.get(id) ?? 'failed';
    log('instance.terminated', { runner: entry.name, instance: id, outcome, because: entry.because });
  }
  const unasked = here.filter(({ id }) => !removals.has(id));
  if (unasked.length > 0) throw new Error(`${unasked.length} could not be asked for`);
}

/** A slot is handed back before its entry goes: what is left in between is closed again by the next sweep. */
export async function closeAll(closings: Together['closings'], { ledger, log }: ReaperWorld): Promise<void> {
  const names = closings.map(({ held, spent }) => [held.entry.name as RunnerName, spent] as const);
  await ledger.capacity.handBackAll(new Map(names));
  await inParallel(closings, SWEEP_PARALLEL_MAX, async ({ held }) => {
    const isRemoved = await ledger.runners.remove(held.entry.name, held);
    log('runner.closed', { runner: held.entry.name, isRemoved });
  });
}
