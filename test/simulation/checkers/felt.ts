/** What users feel: alerts that are true, calls that GitHub grants, machines that are paid for what they do, jobs done as fast as can be. */
import { ALERT_REPEAT_MS } from '../../../shared/limits.ts';
import { START_MS } from '../../world/in-process.ts';
import { type Tally, tallyOf } from '../load/tally.ts';
import type { Simulation } from '../plan/simulation.ts';
import { checkHistory } from './kept.ts';
import type { Report } from './truth.ts';
import { checkWaits } from './waits.ts';

const MINUTE_MS = 60_000;
/** From the request for a machine to its end, beside its job: boot, the job's handing over, deletion. */
const ASIDE_MS = 4 * MINUTE_MS;
/** So much more machine time than that where nothing goes wrong: a runner that was launched for a job which took another's. */
const WASTE_SHARE_MAX = 0.25;

export interface Felt {
  /** Each line that the functions log. */
  log(event: string, fields: Readonly<Record<string, unknown>>): void;
  attach(to: Simulation): void;
  /** At the end. */
  check(): void;
}

export function createFelt(report: Report): Felt {
  let sim: Simulation | null = null;
  let tally: Tally | null = null;
  const alerts: string[] = [];
  const standing = new Map<string, number>();
  /** Of jobs that were launched for: these are known, whatever they are called later. */
  const known = new Set<object>();
  return {
    log(event, fields) {
      const of = sim?.world.github.job(Number(fields.job))?.run.repository;
      if (of !== undefined && event.startsWith('launch.') && event !== 'launch.refused') known.add(of);
      noteAlert(event, String(fields.key), sim?.world.clock.nowMs() ?? 0, standing, report);
      if (event === 'alert.raised') alerts.push(String(fields.text));
      if (event === 'security.foreign_job' && sim !== null)
        checkForeign(sim, Number(fields.job), known, report);
    },
    attach(to) {
      sim = to;
      tally = tallyOf(to.world);
    },
    check() {
      if (sim !== null && tally !== null) checkEnd(sim, tally, alerts, report);
    },
  };
}

function checkEnd(sim: Simulation, tally: Tally, alerts: readonly string[], report: Report): void {
  checkForks(sim, report);
  checkHistory(sim, isUndisturbed(sim), alerts, report);
  if (isUndisturbed(sim)) {
    checkCalls(tally, report);
    if (sim.plan.world.interruptions === 0) checkSpend(sim, report);
  }
  if (isCalm(sim)) {
    checkDone(sim, report);
    checkWaits(sim, report);
    checkAlerts(sim, alerts, report);
  }
}

/** What still stands after a day is told again. `standing`: since when. */
function noteAlert(
  event: string,
  key: string,
  nowMs: number,
  standing: Map<string, number>,
  report: Report,
): void {
  if (event === 'alert.resolved' || event === 'alert.failed') standing.delete(key);
  if (event !== 'alert.raised') return;
  if (nowMs - (standing.get(key) ?? -ALERT_REPEAT_MS) < ALERT_REPEAT_MS) report('a person is told once', key);
  standing.set(key, nowMs);
}

function checkAlerts({ runs }: Simulation, [first]: readonly string[], report: Report): void {
  const isAllOurs = runs.every(({ arrival }) => arrival.fate === 'runs');
  if (isAllOurs && first !== undefined) report('nobody is told of what is as it should be', first);
}

/** Nobody does anything to it: one seed in ten, and those of crowds. */
const isUndisturbed = ({ plan }: Simulation): boolean =>
  Object.keys(plan.rates).length === 0 && plan.incidents.length === 0 && plan.world.tokenDelayMs === 0;

/** And everything is for sale, for as much as it takes. */
function isCalm(simulation: Simulation): boolean {
  const { soldOut, interruptions } = simulation.plan.world;
  const { spendPerHour, spendPerDay } = simulation.plan.wide;
  const isFree = spendPerHour === null && spendPerDay === null;
  return isFree && isUndisturbed(simulation) && soldOut === 0 && interruptions === 0;
}

/** Told of as a security event: it is none of those that may run on our machines. By a name that nobody allowed, nobody can tell. */
function checkForeign(
  { runs, world }: Simulation,
  id: number,
  known: ReadonlySet<object>,
  report: Report,
): void {
  const run = world.github.job(id)?.run;
  const fate = runs.find((each) => each.run === run)?.arrival.fate;
  const isKnown = run !== undefined && known.has(run.repository);
  if (isKnown && (fate === 'runs' || fate === 'renamed' || fate === 'away'))
    report('no false security alert', `job ${id} of ${run?.repository.fullName} may run`);
}

/** A fork's code gets no further than the hook before its first step. */
function checkForks({ runs }: Simulation, report: Report): void {
  const forked = runs.filter(({ arrival }) => arrival.fork !== undefined);
  for (const { conclusion, runner, id } of forked.flatMap(({ run }) => [...run.attempts.values()].flat()))
    if (conclusion === 'success' && runner?.name.startsWith('ci-runner-'))
      report('no code of a fork runs on a machine of ours', `job ${id} on ${runner.name}`);
}

function checkCalls({ mintsRefused, refused }: Tally, report: Report): void {
  if (mintsRefused > 0) report('GitHub grants each runner that is asked for', `${mintsRefused} were refused`);
  if (refused > 0) report('GitHub grants what it is asked for', `${refused} calls were refused`);
}

/** Machine time beside the jobs' own; of what waits for jobs to come the operator said how much. */
function checkSpend({ world, runs, plan }: Simulation, report: Report): void {
  if (plan.wide.hot + plan.wide.stopped > 0 || runs.some(({ arrival }) => arrival.fate === 'lost')) return;
  const endMs = world.clock.nowMs();
  const ran = runs
    .flatMap(({ run }) => [...run.attempts.values()].flat())
    .filter(({ runner }) => runner !== null);
  const paidMs = world.ecs
    .paid()
    .reduce((sum, { startedAtMs, endedAtMs }) => sum + (endedAtMs ?? endMs) - startedAtMs, 0);
  const usefulMs = ran.reduce(
    (sum, { startedAtMs, completedAtMs }) =>
      sum + ASIDE_MS + (completedAtMs ?? endMs) - (startedAtMs ?? endMs),
    0,
  );
  // A run that was cancelled at the end, and a machine under it.
  const looseMs = 15 * MINUTE_MS;
  if (paidMs > usefulMs * (1 + WASTE_SHARE_MAX) + looseMs)
    report(
      'machines are paid for what they do',
      `${Math.round(paidMs / MINUTE_MS)} minutes for ${Math.round(usefulMs / MINUTE_MS)} of use`,
    );
}

/** As many at once as slots and mints let; and no more than a boot and two sweeps for each wave of them. */
function checkDone({ world, runs, plan }: Simulation, report: Report): void {
  const { runners, mintsPerMinute, runnersPerRepository } = plan.config.limits;
  const jobs = runs
    .filter(({ arrival }) => arrival.fate === 'runs')
    .flatMap(({ run }) => world.github.jobsOf(run));
  const isPlain = jobs.every(({ plan: job }) => job.needs === undefined && job.environmentGate !== true);
  if (!isPlain || jobs.length === 0 || jobs.some(({ plan: job }) => job.labels.includes('big'))) return;
  const width = Math.min(runners, runnersPerRepository ?? runners);
  const workMs = jobs.reduce((sum, { plan: job }) => sum + (job.durationMs ?? MINUTE_MS) + ASIDE_MS, 0);
  const longestMs = Math.max(...jobs.map(({ plan: job }) => job.durationMs ?? MINUTE_MS));
  const lastMs = Math.max(...jobs.map(({ createdAtMs }) => createdAtMs));
  const boundMs =
    lastMs + workMs / width + longestMs + (jobs.length / mintsPerMinute) * MINUTE_MS + 6 * MINUTE_MS;
  const doneMs = Math.max(...jobs.map(({ completedAtMs }) => completedAtMs ?? Number.POSITIVE_INFINITY));
  if (doneMs > boundMs)
    report(
      'jobs are done as fast as slots, mints and boots let',
      `${jobs.length} jobs at minute ${((doneMs - START_MS) / MINUTE_MS).toFixed(1)}, not ${((boundMs - START_MS) / MINUTE_MS).toFixed(1)}`,
    );
}
