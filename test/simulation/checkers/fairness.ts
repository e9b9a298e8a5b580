/** No repository waits for another's unservable jobs; and no job costs machines without end. From the simulators' own state. */
import type { SimJob } from '../../../simulator/github/index.ts';
import type { Simulation } from '../plan/simulation.ts';
import { type Report, slotsIn, TAGS, withoutRunner } from './truth.ts';

const MINUTE_MS = 60_000;
/** Its delivery, two sweeps, and the look at what slots are free. */
export const STARTED_MAX_MS = 3.5 * MINUTE_MS;
/** Machines of one job that ran nothing, within half an hour: pauses double from two minutes on, and are forgotten once. */
const WASTED_WITHIN_MS = 30 * MINUTE_MS;
const WASTED_WITHIN_MAX = 7;

/** Looks each half minute; at what was spent, each five. */
export function watchFairness(simulation: Simulation, report: Report): void {
  const { clock } = simulation.world;
  const isQuiet = nothingGoesWrong(simulation);
  const waiting = new Map<number, number>();
  const each = (ms: number, look: () => void) => {
    clock.after(ms, () => {
      look();
      each(ms, look);
    });
  };
  if (isQuiet) each(MINUTE_MS / 2, () => checkStarted(simulation, waiting, report));
  each(5 * MINUTE_MS, () => checkWaste(simulation, report));
}

/** Only there "two sweeps" can be counted by minutes. */
export function nothingGoesWrong({ plan }: Simulation): boolean {
  const { soldOut, interruptions, skewMs, tokenDelayMs } = plan.world;
  const isCalm = soldOut === 0 && interruptions === 0 && tokenDelayMs === 0 && skewMs <= 5_000;
  return isCalm && Object.keys(plan.rates).length === 0 && plan.incidents.length === 0;
}

/** `waiting`: since when a slot has been free for a queued job of ours that has no runner of its own. */
function checkStarted(simulation: Simulation, waiting: Map<number, number>, report: Report): void {
  const nowMs = simulation.world.clock.nowMs();
  const left = new Set(
    hasFreeSlots(simulation)
      ? withoutRunner(simulation)
          .filter(isServable)
          .map(({ id }) => id)
      : [],
  );
  for (const id of waiting.keys()) if (!left.has(id)) waiting.delete(id);
  for (const id of left) {
    const sinceMs = waiting.get(id) ?? nowMs;
    waiting.set(id, sinceMs);
    if (nowMs - sinceMs > STARTED_MAX_MS)
      report('with free slots a servable job starts within two sweeps', `job ${id} has no runner`);
  }
}

function hasFreeSlots(simulation: Simulation): boolean {
  const { runners, runnersPerRepository, mintsPerMinute } = simulation.plan.config.limits;
  const isMoneyShort =
    simulation.plan.wide.spendPerHour !== null || simulation.plan.wide.spendPerDay !== null;
  if (isMoneyShort) return false;
  return slotsIn(simulation).length < runners && runnersPerRepository === null && mintsPerMinute >= 120;
}

const isServable = ({ plan }: SimJob): boolean => !plan.labels.includes('big');

function checkWaste({ world, runs }: Simulation, report: Report): void {
  const nowMs = world.clock.nowMs();
  const jobs = runs.flatMap(({ run }) => [...run.attempts.values()].flat());
  const ran = new Set(jobs.map(({ runner }) => runner?.name));
  const wasted = new Map<string, number>();
  for (const { tags, endedAtMs, startedAtMs } of world.ecs.paid()) {
    const [job = '', name = ''] = [tags[TAGS.job], tags[TAGS.name]];
    // Of what waits for jobs to come, a pool's bound is looked at elsewhere.
    if (job === '0' || endedAtMs === null || nowMs - startedAtMs > WASTED_WITHIN_MS || ran.has(name))
      continue;
    wasted.set(job, (wasted.get(job) ?? 0) + 1);
  }
  for (const [job, count] of wasted)
    if (count > WASTED_WITHIN_MAX)
      report(
        'a job does not cost machine after machine',
        `${count} machines of ${job} ran nothing in half an hour`,
      );
}
