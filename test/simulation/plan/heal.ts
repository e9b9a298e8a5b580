/** The end of all faults. */
import type { Arrival } from './arrivals.ts';
import { commonConfig, deployAsPlanned } from './deployed.ts';
import { allowNewName } from './people.ts';
import type { Plan } from './plan.ts';
import type { Simulation } from './simulation.ts';

/** From now on nothing goes wrong any more; what went wrong before has still to be mended. */
export function heal(simulation: Simulation): void {
  const { world, faults, plan, runs, later } = simulation;
  const { github, fc, ecs } = world;
  faults.heal();
  simulation.off.now = false;
  fc.faults.killAfterMs = null;
  world.store.faults = null;
  ecs.stuckPending(0);
  for (const { history, createdAtMs } of ecs.alive())
    if (history.length === 1 && createdAtMs < world.clock.nowMs() - 60_000)
      faults.count('ecs stuck in Pending');
  for (const { conclusion } of simulation.jobs())
    if (conclusion === 'failure') faults.count('job fails by itself');
  // The operator was told of jobs that are only looked at; a deployed change lets them be launched for again.
  // And of the day's money, and of a new name.
  allowNewName(simulation.names);
  const mended = { tags: { mended: 'yes' }, warm: [] };
  later(2 * 60_000, () => {
    const limits = { ...commonConfig(plan, []).limits, spendPerDay: null };
    deployAsPlanned(world, plan, simulation.names.also, { ...mended, limits });
  });
  for (const { arrival, run } of runs)
    if (isLeft(arrival, plan)) later(4 * 60_000, () => github.cancelRun(run));
}

/** Nobody is there to run what is not ours; but what GitHub lost long ago nobody cancels, where all of it was heard. */
function isLeft({ fate, lostForMs = 0 }: Arrival, { rates, incidents }: Plan): boolean {
  const isHeard = Object.keys(rates).length + incidents.length === 0;
  return fate !== 'runs' && !(isHeard && lostForMs > 24 * 3_600_000);
}
