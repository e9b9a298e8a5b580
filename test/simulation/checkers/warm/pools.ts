/** A pool has as many machines as it keeps, and two more while nobody knows what became of some. */
import type { Machine } from '../../../../simulator/ecs/index.ts';
import { isMadeReady } from '../../../../simulator/told-by-user-data.ts';
import type { Simulation } from '../../plan/simulation.ts';
import { atEachBirth, ours, type Report, type RunnerRow, rowsOf, TAGS } from '../truth.ts';

const BEYOND_MAX = 2;

interface PoolRow extends RunnerRow {
  readonly waitsUntilMs?: number;
  readonly takenAtMs?: number;
}

export function watchPools(sim: Simulation, report: Report): void {
  const { hot, stopped } = sim.plan.wide;
  if (hot + stopped === 0) return;
  atEachBirth(sim, () => {
    const waiting = waitingFor(sim);
    const ready = waiting.filter(({ userData }) => isMadeReady(userData));
    check('hot', waiting.length - ready.length, hot);
    check('stopped', ready.length, stopped);
  });
  const check = (kind: string, count: number, kept: number): void => {
    if (count > 0 && count > kept + BEYOND_MAX)
      report('a pool has two machines more than it keeps, and no more', `${count} ${kind} ones, of ${kept}`);
  };
}

/** Launched for no job, by nobody's order, and no job has had it, nor was it meant for one. */
function waitingFor(sim: Simulation): Machine[] {
  const rows = new Map(rowsOf<PoolRow>(sim, 'runner').map((row) => [row.name, row]));
  const all = sim.runs.flatMap(({ run }) => [...run.attempts.values()].flat());
  const ran = new Set(all.map(({ runner }) => runner?.name));
  return ours(sim).filter(({ tags }) => {
    const name = tags.get(TAGS.name) ?? '';
    const row = rows.get(name);
    const isMeant = row === undefined || row.for !== null || row.busyWith !== null;
    const isMoved = row?.waitsUntilMs !== undefined || row?.takenAtMs !== undefined;
    return tags.get(TAGS.job) === '0' && !ran.has(name) && !isMeant && !isMoved;
  });
}
