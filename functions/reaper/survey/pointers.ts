/** Whom a runner is for: the pointer moves to a job that waits, or is freed for the next one. */
import { mergeTrail } from '../../../shared/ledger/amend.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';
import type { Matching } from './match.ts';
import type { Observation } from './observe.ts';
import { LEFT } from './warm.ts';

export async function movePointers({ moves }: Matching, { ledger, clock, log }: ReaperWorld): Promise<void> {
  for (const { runner, job } of moves) {
    const { entry } = runner;
    const line = { atMs: clock.nowMs(), text: `${entry.name} had no job any more: it is for ${job} now` };
    const trail = mergeTrail(...entry.trail, line);
    const taken = entry.warm === undefined || entry.for !== null ? {} : { takenAtMs: clock.nowMs() };
    const moved = await ledger.runners.replace(entry.name, runner, { ...entry, ...taken, for: job, trail });
    log('job.matched', { job, runner: runner.entry.name, moved: moved !== null });
  }
}

/** The job that it was for has another, or is over: the next one may take it. */
export async function freePointers(
  observations: readonly Observation[],
  spare: ReadonlySet<RunnerName>,
  { ledger, log }: ReaperWorld,
): Promise<void> {
  for (const { held, isWarm } of observations) {
    if (held === null || held.entry.for === null || held.entry.state === 'launching') continue;
    if (!isWarm && !spare.has(held.entry.name)) continue;
    const { name, warm = LEFT } = held.entry;
    const stamp = isWarm ? { warm } : {};
    const freed = await ledger.runners.replace(name, held, { ...held.entry, ...stamp, for: null });
    log('runner.freed', { runner: held.entry.name, freed: freed !== null });
  }
}
