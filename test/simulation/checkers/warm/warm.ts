/** Runners that wait for jobs: no machine is launched for a job that has one of them. */
import type { Params } from '../../../../simulator/ecs/parameters.ts';
import type { Simulation } from '../../plan/simulation.ts';
import { type Report, type RunnerRow, rowsOf, TAGS } from '../truth.ts';
import { checkStandby } from './standby.ts';

interface WarmRow extends RunnerRow {
  readonly warm?: string;
  readonly removedAtMs: number | null;
}

export function createWarm(report: Report) {
  /** When the ledger was first asked to write this runner. */
  const announced = new Map<string, number>();
  /** For which job a runner is, and since when. */
  const meant = new Map<string, { readonly job: number | null; readonly sinceMs: number }>();
  return {
    written(body: string, nowMs: number): void {
      const row = JSON.parse(body) as WarmRow;
      if (!announced.has(row.name)) announced.set(row.name, nowMs);
      if (meant.get(row.name)?.job !== row.for) meant.set(row.name, { job: row.for, sinceMs: nowMs });
    },
    /** Before the call is made. */
    asked: (sim: Simulation, action: string, params: Params) => checkStandby(sim, action, params, report),
    /** The runner that waited is as good as ever, by what is really so: online, and without a job. */
    launched(sim: Simulation, tags: ReadonlyMap<string, string>): void {
      const job = Number(tags.get(TAGS.job));
      const bornMs = announced.get(tags.get(TAGS.name) ?? '') ?? 0;
      const other = rowsOf<WarmRow>(sim, 'runner').find(
        (row) => isWaitingFor(row, job) && (meant.get(row.name)?.sinceMs ?? bornMs) < bornMs,
      );
      const runner = sim.world.github.runners().find(({ name }) => name === other?.name);
      if (job === 0 || other === undefined || runner?.isOnline !== true || runner.job !== null) return;
      report('no second machine for a job that has a waiting runner', `${job} has ${other.name}`);
    },
  };
}

const isWaitingFor = ({ warm, state, isUnwanted, removedAtMs, ...row }: WarmRow, job: number): boolean =>
  warm !== undefined && state === 'idle' && row.for === job && !isUnwanted && removedAtMs === null;
