/** How long it may take, from a world in which nothing goes wrong any more, until nothing is left. */
import { DEBUG_KEPT_MS } from '../../shared/runner/limits.ts';
import { stillKeptMs } from './checkers/keep.ts';
import { stuckIn } from './checkers/progress.ts';
import type { PlannedJob } from './plan/arrivals.ts';
import { BIG_RUNNERS } from './plan/deployed.ts';
import { GOES_AWAY } from './plan/plan.ts';
import type { Simulation } from './plan/simulation.ts';

const MINUTE_MS = 60_000;
/** CNY: of what most jobs ask for. */
const DEAR_PER_HOUR = 2.2;

/** By what is still to be done: each wave of jobs takes its longest job and a launch, at the pace of the mints. */
export function boundMs(simulation: Simulation): number {
  const { plan } = simulation;
  const { runners, mintsPerMinute, runnersPerRepository } = plan.config.limits;
  const share = Math.min(1, (runnersPerRepository ?? runners) / runners);
  // Of the day's money nothing is short any more.
  const dear = plan.wide.spendPerHour === null ? runners : plan.wide.spendPerHour / DEAR_PER_HOUR;
  const width = Math.min(runners, 2 * (runnersPerRepository ?? runners), dear, 2 * Math.max(1, share * dear));
  const open = openIn(simulation);
  const workOf = (jobs: typeof open) =>
    jobs.reduce((sum, { durationMs }) => sum + durationMs + 5 * MINUTE_MS, 0);
  const big = open.filter(({ labels }) => labels.includes('big'));
  const workMs = workOf(open) / width + workOf(big) / Math.min(width, BIG_RUNNERS);
  const paceMs = (open.length / mintsPerMinute) * MINUTE_MS;
  // One after the other, each with a launch of its own.
  const isSerial = open.some(({ strategy, concurrency }) => (strategy ?? concurrency) !== undefined);
  const chainMs = isSerial || open.some(({ needs }) => needs !== undefined) ? 90 * MINUTE_MS : 0;
  // However wide it is done, the longest one takes its time, and twice more if it is interrupted: then it goes off spot.
  const longestMs = Math.max(0, ...open.map(({ durationMs }) => durationMs));
  // A machine that is kept holds its slot all the while.
  const debugged = open.filter(({ labels }) => labels.includes('debug'));
  const keptMs = (stillKeptMs(simulation) + debugged.length * DEBUG_KEPT_MS) / width;
  return 75 * MINUTE_MS + awayMs(simulation) + chainMs + paceMs + keptMs + 2 * workMs + 3 * longestMs;
}

/** Beyond that: what went where GitHub lets us ask nothing ends an hour after its last sign. */
const awayMs = ({ faults }: Simulation): number => (faults.fired.has(GOES_AWAY) ? 75 * MINUTE_MS : 0);

/**
 * No job can be launched for while machines that never leave Pending are as many as `limits.runners`: ECS refuses to delete them
 * before their release time. While one slot is left, jobs go on, and time counts.
 */
export const isAllStuck = ({ world, plan }: Pick<Simulation, 'world' | 'plan'>): boolean =>
  stuckIn({ world }).length >= plan.config.limits.runners;

/** Repositories that one sweep looks at for jobs whose end was lost, in turn (LOOK_REPOSITORIES_MAX); */
const LOOKED_AT_PER_SWEEP = 20;
/** and for a job that names a removed runner: three lists each, and 200 calls a sweep (NAMING_CALLS_PER_SWEEP_MAX). */
const PROVED_PER_SWEEP = 66;

/**
 * From the end of the last job: what is alive without one goes long before its release time would take it. Beside hundreds of
 * repositories it takes the sweeps that all of these have their turn in, twice: until a lost end is found, and until a runner
 * that was then taken off GitHub is proved to have no job in any that it served (docs/decisions/absence.md, the second rule).
 * There a machine's own end without a job, after half an hour, may come before ours.
 */
export function clearedMaxMs(simulation: Simulation): number {
  const { config, wide } = simulation.plan;
  const served = config.github.scope === 'organization' ? wide.quietRepositories : 0;
  const moreSweeps =
    Math.floor(wide.quietRepositories / LOOKED_AT_PER_SWEEP) + Math.floor(served / PROVED_PER_SWEEP);
  return (25 + moreSweeps) * MINUTE_MS + awayMs(simulation);
}

/** What has not come yet, too. And what ended without success: an interrupted job may still be run again, with all of its run that failed. */
function openIn({ runs, world }: Simulation): readonly PlannedJob[] {
  return runs.flatMap(({ arrival, run }) => {
    const done = world.github.jobsOf(run).filter(({ conclusion }) => conclusion === 'success');
    const names = new Set(done.map((job) => job.plan.name));
    return arrival.jobs.filter(({ name }) => !names.has(name));
  });
}
