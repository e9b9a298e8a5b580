/** What the console of a runner's machine says of its end: kept and read once for each that was of no use. */
import { runnerExitIn } from '../../../shared/runner/exit.ts';
import { keepConsoleTail } from '../repair/console-tail.ts';
import type { ReaperWorld } from '../world.ts';
import { endingWith, isTold, type Waste, wordsOf } from './endings.ts';

/** `version`: the release that launches are given. */
export async function withExits(
  wastes: readonly Waste[],
  version: string | null,
  world: ReaperWorld,
): Promise<readonly Waste[]> {
  const judged: Waste[] = [];
  for (const waste of wastes) {
    const exit = isTold(waste.ending) ? await exitOf(waste, world) : null;
    const ending = endingWith(waste.ending, exit);
    if (exit !== null) world.log('runner.exited', { runner: waste.runner.name, status: exit, ending });
    judged.push({ ...waste, ending, version });
  }
  return judged;
}

/** In `history` since it was retired; else it is asked for now. Null: the console tells of no end. */
async function exitOf({ runner, job, ending, instances }: Waste, world: ReaperWorld): Promise<number | null> {
  const { id, createdAtMs } = job.entry.job;
  const exitInHistory = async () =>
    runnerExitIn((await world.ledger.history.read(createdAtMs, id))?.consoleTail ?? '');
  const known = await exitInHistory();
  if (known !== null || instances.length === 0) return known;
  await keepConsoleTail(runner, instances, wordsOf(ending), world);
  return exitInHistory();
}
