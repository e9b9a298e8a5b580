/** What is really so, read from the simulators' own state: the checkers believe nobody else. */

import { LEDGER_TABLE } from '../../../shared/adapters/tablestore/tables.ts';
import type { Machine } from '../../../simulator/ecs/index.ts';
import type { Params } from '../../../simulator/ecs/parameters.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { INF_MAX, INF_MIN } from '../../../simulator/tablestore/values.ts';
import { THEIRS } from '../../world/strangers.ts';
import type { Simulation } from '../plan/simulation.ts';

export type Report = (check: string, what: string) => void;

/** Tag names as design and public contract have them; written again here, so that a typo in the product shows. */
export const TAGS = {
  deployment: 'ci-runner-deployment',
  name: 'ci-runner-name',
  job: 'ci-runner-job',
  repository: 'ci-runner-repository',
} as const;

/** Of a job, in history. */
export interface HistoryRow {
  readonly job?: { readonly id: number; readonly repository: string };
  readonly [field: string]: unknown;
}

export interface RunnerRow {
  readonly name: string;
  readonly state: string;
  readonly for: number | null;
  readonly busyWith: number | null;
  readonly leaseUntilMs: number;
  readonly isUnwanted: boolean;
}

/** The bodies of all rows of one kind, as they are stored at this moment. */
export function rowsOf<Body>({ world }: Pick<Simulation, 'world'>, kind: string): Body[] {
  const table = world.store.tables.get(LEDGER_TABLE.name);
  if (table === undefined) throw new Error('there is no ledger');
  const rows = [...table.between([kind, INF_MIN], [kind, INF_MAX], world.clock.nowMs())];
  return rows.map(({ cells }) => JSON.parse(String(cells.get('body')?.value)) as Body);
}

/** As the capacity row has it. */
export interface Slot {
  readonly name: string;
  readonly repository: string;
  readonly atMs: number;
  readonly counts: readonly string[];
  /** In millionths. */
  readonly cost?: { readonly perHour: number; readonly forDay: number };
  readonly money?: { readonly day: string };
}

export function capacityOf({ world }: Pick<Simulation, 'world'>): ReadonlyMap<string, unknown> {
  const row = world.store.tables.get(LEDGER_TABLE.name)?.find(['capacity', 'all'], world.clock.nowMs());
  return new Map([...(row?.cells ?? [])].map(([name, { value }]) => [name, value]));
}

export const slotsIn = (sim: Pick<Simulation, 'world'>): Slot[] =>
  [...capacityOf(sim)].flatMap(([name, text]) =>
    name.startsWith('s_') ? [JSON.parse(String(text)) as Slot] : [],
  );

/** The job that runs on this machine right now: its process is alive, and GitHub counts on it. */
export function jobOn({ jobs, runs, world }: Simulation, machine: Machine): SimJob | null {
  if (isTheirs(machine)) return null;
  const name = machine.tags.get(TAGS.name);
  if (machine.booted === null || name === undefined) return null;
  const earlier = runs.flatMap(({ run }) => [...run.attempts.values()].flat());
  const all = new Set([...jobs(), ...earlier]);
  for (const job of all)
    if (job.status === 'in_progress' && job.runner?.name === name) return world.github.job(job.id) ?? null;
  return null;
}

export function ours({ world }: Pick<Simulation, 'world'>): Machine[] {
  return world.ecs
    .alive()
    .filter((machine) => machine.tags.get(TAGS.deployment) === 'ci' && !isTheirs(machine));
}

/** `look` is called after each RunInstances that made one of ours, whatever its answer was. */
export function atEachBirth(sim: Simulation, look: () => void): void {
  const { ecs } = sim.world;
  const call = ecs.call.bind(ecs);
  ecs.call = (region, action, params, credential) => {
    const before = ours(sim).length;
    try {
      return call(region, action, params, credential);
    } finally {
      if (action === 'RunInstances' && ours(sim).length > before) look();
    }
  };
}

/** Made by somebody else, whatever its tags say. */
const isTheirs = ({ name }: Machine): boolean => name === THEIRS;

export function checkTheirs(machine: Machine, report: Report): void {
  if (isTheirs(machine)) report('nobody else’s machine is deleted', machine.id);
}

/** Of a request to launch. */
export function tagsIn(params: Params): Map<string, string> {
  const tags = new Map<string, string>();
  for (let n = 1; params[`Tag.${n}.Key`] !== undefined; n++)
    tags.set(params[`Tag.${n}.Key`] as string, params[`Tag.${n}.Value`] ?? '');
  return tags;
}

/** Ours, to run, queued, and without a runner on its way. */
export function withoutRunner(sim: Simulation): SimJob[] {
  const launched = new Set(rowsOf<{ for: number | null }>(sim, 'runner').map((row) => row.for));
  return sim.runs
    .filter(({ arrival }) => arrival.fate === 'runs')
    .flatMap(({ run }) => sim.world.github.jobsOf(run))
    .filter(({ status, id }) => status === 'queued' && !launched.has(id));
}
