/** Re-runs: a new attempt, in which what is run again has new ids. */
import type { SimJob, SimRun } from '../model.ts';
import type { State } from '../state.ts';
import { Refusal } from '../wire.ts';
import { begin } from './runs.ts';
import { jobsOf, runStatus } from './status.ts';

const RERUN_MAX_MS = 30 * 24 * 3_600_000;

/** `rerun-failed-jobs`: the failed, the cancelled, the skipped, and what needed them. */
export function rerunFailed(state: State, run: SimRun): void {
  const names = jobsOf(run)
    .filter(({ conclusion }) => conclusion !== 'success')
    .map(({ plan }) => plan.name);
  if (names.length === 0) throw new Refusal(403, 'This workflow run cannot be retried');
  rerun(state, run, new Set(names));
}

/** `jobs/{id}/rerun`: that job, and what needed it. */
export function rerunJob(state: State, job: SimJob): void {
  if (!jobsOf(job.run).includes(job)) throw new Refusal(403, 'This job cannot be retried');
  rerun(state, job.run, new Set([job.plan.name]));
}

/** RunsOn issue 259: refused while the run is in progress. A job that is run again gets a new id. */
function rerun(state: State, run: SimRun, names: Set<string>): void {
  if (runStatus(run) !== 'completed') throw new Refusal(403, 'This workflow is already running');
  if (state.clock.nowMs() > run.createdAtMs + RERUN_MAX_MS) {
    throw new Refusal(403, 'Unable to re-run this workflow run because it was created over a month ago');
  }
  for (const { name, needs = [] } of run.plans) {
    if (needs.some((needed) => names.has(needed))) names.add(name);
  }
  const kept = jobsOf(run).filter(({ plan }) => !names.has(plan.name));
  run.attempt++;
  run.isCancelled = false;
  run.updatedAtMs = state.clock.nowMs();
  run.attempts.set(run.attempt, [...kept]);
  state.liveRuns.add(run);
  begin(state, run);
}
