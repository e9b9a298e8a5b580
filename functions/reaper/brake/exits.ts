/** What the console of a runner's machine says of its end: kept and read once for each that was of no use. */
import { inParallel } from '../../../shared/in-parallel.ts';
import { SWEEP_PARALLEL_MAX } from '../../../shared/limits.ts';
import { runnerExitIn } from '../../../shared/runner/exit.ts';
import { keepConsoleTail } from '../repair/console-tail.ts';
import type { ReaperWorld } from '../world.ts';
import { endingWith, isTold, type Waste, wordsOf } from './endings.ts';

/** In one sweep; what many have in common, these show. */
const EXITS_READ_MAX = 40;

/** `version`: the release that launches are given. */
export async function withExits(
  wastes: readonly Waste[],
  version: string | null,
  world: ReaperWorld,
): Promise<readonly Waste[]> {
  const told = new Set(wastes.filter(({ ending }) => isTold(ending)).slice(0, EXITS_READ_MAX));
  return inParallel(wastes, SWEEP_PARALLEL_MAX, async (waste) => {
    const exit = told.has(waste) ? await exitOf(waste, world) : null;
    const ending = endingWith(waste.ending, exit);
    if (exit !== null) world.log('runner.exited', { runner: waste.runner.name, status: exit, ending });
    return { ...waste, ending, version };
  });
}

/** In `history` since it was retired; else it is asked for now. Null: the console tells of no end, or nobody could ask. */
async function exitOf(waste: Waste, world: ReaperWorld): Promise<number | null> {
  try {
    return await readExit(waste, world);
  } catch (error) {
    world.log('runner.exit_unread', { error: error instanceof Error ? error.message : 'unknown' });
    return null;
  }
}

async function readExit(
  { runner, job, ending, instances }: Waste,
  world: ReaperWorld,
): Promise<number | null> {
  const { id, createdAtMs } = job.entry.job;
  const exitInHistory = async () =>
    runnerExitIn((await world.ledger.history.read(createdAtMs, id))?.consoleTail ?? '');
  const known = await exitInHistory();
  if (known !== null || instances.length === 0) return known;
  await keepConsoleTail(runner, instances, wordsOf(ending), world);
  return exitInHistory();
}
