/** Machines that a person keeps, or that a failed job asked to keep: not deleted before their end, and gone soon after. */
import type { Machine } from '../../../simulator/ecs/index.ts';
import type { Params } from '../../../simulator/ecs/parameters.ts';
import { START_MS } from '../../world/in-process.ts';
import type { Simulation } from '../plan/simulation.ts';
import { jobOn, ours, type Report, type RunnerRow, rowsOf, TAGS } from './truth.ts';

const MINUTE_MS = 60_000;
/** Clocks of two functions may differ by so much. */
const SKEW_MAX_MS = 10_000;
/** Two sweeps and a deletion, and a half; of a world in which nothing goes wrong any more. */
const GONE_MAX_MS = 8 * MINUTE_MS;

interface KeptRow extends RunnerRow {
  readonly stateAtMs: number;
  readonly keep?: { readonly untilMs: number } | null;
}

/** Until when the ledger has anything of it; 0: of nothing. */
export const keptUntilMs = (sim: Simulation): number =>
  Math.max(0, ...rowsOf<KeptRow>(sim, 'runner').map(({ keep }) => keep?.untilMs ?? 0));

/** Machine time for which something is still kept, one machine after the other. */
export function stillKeptMs(sim: Simulation): number {
  const nowMs = sim.world.clock.nowMs();
  const rows = rowsOf<KeptRow>(sim, 'runner');
  return rows.reduce((sum, { keep }) => sum + Math.max(0, (keep?.untilMs ?? 0) - nowMs), 0);
}

export function watchKept(sim: Simulation, report: Report): void {
  const { ecs, clock } = sim.world;
  const call = ecs.call.bind(ecs);
  ecs.call = (region, action, params, credential) => {
    if (/^Delete|^Stop/.test(action)) checkDeletion(sim, params, report);
    return call(region, action, params, credential);
  };
  const ends = new Map(sim.kept);
  const look = () => {
    noteEnds(sim, ends);
    for (const machine of ours(sim)) checkEnd(sim, machine, ends.get(machine.id), report);
    clock.after(MINUTE_MS, look);
  };
  clock.after(MINUTE_MS, look);
}

const rowOf = (sim: Simulation, machine: Machine): KeptRow | undefined =>
  rowsOf<KeptRow>(sim, 'runner').find(({ name }) => name === machine.tags.get(TAGS.name));

function noteEnds(sim: Simulation, ends: Map<string, number>): void {
  for (const [id, untilMs] of sim.kept) ends.set(id, Math.max(untilMs, ends.get(id) ?? 0));
  for (const machine of ours(sim)) {
    const untilMs = rowOf(sim, machine)?.keep?.untilMs;
    if (untilMs !== undefined) ends.set(machine.id, Math.max(untilMs, ends.get(machine.id) ?? 0));
  }
}

function checkDeletion(sim: Simulation, params: Params, report: Report): void {
  const asked = new Set(Object.entries(params).flatMap(([key, id]) => (/^InstanceId/.test(key) ? [id] : [])));
  const nowMs = sim.world.clock.nowMs();
  for (const machine of ours(sim).filter(({ id }) => asked.has(id))) {
    const untilMs = rowOf(sim, machine)?.keep?.untilMs ?? 0;
    if (untilMs > nowMs + SKEW_MAX_MS)
      report(
        'a kept machine stays until its end',
        `${machine.id} is kept until ${new Date(untilMs).toISOString()}`,
      );
  }
}

function checkEnd(sim: Simulation, machine: Machine, untilMs: number | undefined, report: Report): void {
  const healedAtMs = START_MS + sim.plan.faultMs;
  const row = rowOf(sim, machine);
  // What boots or waits for a job, or runs one, is needed; and nobody can delete what never leaves Pending.
  if (untilMs === undefined || row?.state !== 'retiring' || machine.history.length === 1) return;
  const sinceMs = Math.max(untilMs, healedAtMs + 2 * MINUTE_MS, row.stateAtMs);
  if (sim.world.clock.nowMs() - sinceMs <= GONE_MAX_MS || jobOn(sim, machine) !== null) return;
  report('a kept machine goes at its end', `${machine.id}, kept until ${new Date(untilMs).toISOString()}`);
}
