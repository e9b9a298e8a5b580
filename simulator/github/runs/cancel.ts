/** Cancelling: what has no runner ends at once; a runner is told and gets a moment. */

import type { SimJob, SimRun } from '../model.ts';
import type { State } from '../state.ts';
import { endJob, endRun } from './runs.ts';
import { spend } from './sessions.ts';
import { jobsOf, runStatus } from './status.ts';

export function cancelRun(state: State, run: SimRun): void {
  if (runStatus(run) === 'completed') return;
  run.isCancelled = true;
  const live = jobsOf(run).filter(({ status }) => status !== 'completed');
  for (const job of live) cancelJob(state, job);
  endRun(state, run);
}

export function cancelJob(state: State, job: SimJob): void {
  if (job.status === 'completed') return;
  if (job.status !== 'in_progress') {
    endJob(state, job, 'cancelled');
    return;
  }
  state.clock.after(state.behaviour.cancelMs, () => {
    if (job.status !== 'in_progress') return;
    const runner = runnerOf(state, job);
    if (runner === undefined) endJob(state, job, 'cancelled');
    else spend(state, runner, 'cancelled', 'cancelled');
  });
}

function runnerOf(state: State, job: SimJob) {
  return [...state.runners.values()].find((runner) => runner.job === job);
}
