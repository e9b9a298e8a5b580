/** What a run's jobs make of the run. */
import type { Conclusion, SimJob, SimRun } from '../model.ts';

/** Of the latest attempt. */
export const jobsOf = (run: SimRun): readonly SimJob[] => run.attempts.get(run.attempt) ?? [];

export function runStatus(run: SimRun): 'queued' | 'in_progress' | 'waiting' | 'pending' | 'completed' {
  const jobs = jobsOf(run);
  const isWhole = run.isCancelled || jobs.length >= run.plans.length;
  if (isWhole && jobs.every(({ status }) => status === 'completed')) return 'completed';
  if (run.isPending) return 'pending';
  // What GitHub calls a run of which one job waits for its environment and another is queued, or runs, is not
  // documented: here such a run is in no other list.
  if (jobs.some(({ status }) => status === 'waiting')) return 'waiting';
  if (
    jobs.some(({ status, conclusion }) => status === 'in_progress' || (conclusion ?? 'skipped') !== 'skipped')
  ) {
    return 'in_progress';
  }
  return jobs.some(({ status }) => status === 'queued') ? 'queued' : 'waiting';
}

/** A failure among them is stronger than what fail-fast cancels for it; a run that was cancelled as a whole says so. */
export function runConclusion(run: SimRun): Conclusion | null {
  if (runStatus(run) !== 'completed') return null;
  const conclusions = jobsOf(run).map(({ conclusion }) => conclusion);
  if (run.isCancelled) return 'cancelled';
  if (conclusions.includes('failure')) return 'failure';
  return conclusions.includes('cancelled') ? 'cancelled' : 'success';
}
