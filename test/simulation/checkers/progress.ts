/** What must hold in the end, some sweeps after the world was healed. Each line that is left says what is wrong. */

import type { Machine } from '../../../simulator/ecs/index.ts';
import { AWAY } from '../plan/arrivals.ts';
import type { Simulation } from '../plan/simulation.ts';
import { ours, rowsOf, slotsIn, TAGS } from './truth.ts';

export function unsettled(simulation: Simulation): string[] {
  const stuck = stuckIn(simulation);
  const names = new Set(stuck.map(({ tags }) => tags.get(TAGS.name) ?? ''));
  const slots = slotsIn(simulation).length;
  return [
    ...openJobs(simulation),
    ...alive(simulation, stuck),
    ...entries(simulation, names),
    ...(slots > stuck.length ? [`${slots} slots are taken`] : []),
    ...registered(simulation, names),
  ];
}

/** Nobody can delete what never leaves Pending: its release time does. */
export function stuckIn(simulation: Pick<Simulation, 'world'>): readonly Machine[] {
  const nowMs = simulation.world.clock.nowMs();
  return ours(simulation).filter(
    ({ history, createdAtMs }) => history.length === 1 && nowMs - createdAtMs > 60_000,
  );
}

/** Those of ours that have not ended. */
export const openJobs = ({ runs, world }: Simulation): string[] =>
  runs
    .filter(({ arrival }) => arrival.fate === 'runs')
    .flatMap(({ run }) => world.github.jobsOf(run))
    .filter(({ status }) => status !== 'completed')
    .map(({ id, plan, status }) => `job ${id} (${plan.name}, ${plan.labels.join(' ')}) is ${status}`);

const alive = (simulation: Simulation, stuck: readonly Machine[]): string[] =>
  ours(simulation)
    .filter((machine) => !stuck.includes(machine))
    .map(({ id, tags }) => `instance ${id} (${tags.get(TAGS.name)}) costs money`);

function entries(simulation: Simulation, stuckNames: ReadonlySet<string>): string[] {
  const runners = rowsOf<{ name: string; state: string; because: string }>(simulation, 'runner');
  const jobs = rowsOf<{ job: { id: number }; because: string; startedOn: string | null }>(simulation, 'job');
  return [
    ...runners
      .filter(({ name }) => !stuckNames.has(name))
      .map(({ name, state, because }) => `runner ${name} is ${state} (${because})`),
    ...jobs.map(
      ({ job, because, startedOn }) => `the ledger has job ${job.id} (${startedOn ?? ''} ${because})`,
    ),
  ];
}

const registered = ({ world }: Simulation, stuckNames: ReadonlySet<string>): string[] =>
  world.github
    .runners()
    .filter(({ name }) => name.startsWith('ci-runner-') && !stuckNames.has(name))
    // Went with its repository: nobody lets us take it off.
    .filter(({ scope }) => scope.kind !== 'repository' || scope.repository !== AWAY)
    .map(({ name }) => `${name} is registered`);
