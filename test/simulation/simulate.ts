/** One seed from its first moment to its last, and what the checkers say of it. */
import { START_MS, seedRunnerRelease } from '../world/in-process.ts';
import { boundMs, clearedMaxMs, isAllStuck } from './bound.ts';
import { checkCommits } from './checkers/commits.ts';
import { watchFairness } from './checkers/fairness.ts';
import { createFelt } from './checkers/felt.ts';
import { keptUntilMs, watchKept } from './checkers/keep.ts';
import { watchSpend } from './checkers/money/spend.ts';
import { createTurns } from './checkers/money/turns.ts';
import { openJobs, unsettled } from './checkers/progress.ts';
import { createSafety, type Violation } from './checkers/safety.ts';
import { TAGS } from './checkers/truth.ts';
import { watchPools } from './checkers/warm/pools.ts';
import { watchStarts } from './checkers/warm/starts.ts';
import { heal } from './plan/heal.ts';
import { openSimulation } from './plan/open-simulation.ts';
import type { Plan } from './plan/plan.ts';
import type { Simulation } from './plan/simulation.ts';

export interface Outcome {
  readonly violation: Violation | null;
  /** How often each fault really happened. */
  readonly fired: ReadonlyMap<string, number>;
  readonly jobs: number;
  readonly instances: number;
  /** From healing to nothing left; null: it was never so. */
  readonly settledAfterMs: number | null;
  /** From the end of the last job, or healing, to nothing left. */
  readonly clearedAfterMs: number | null;
  /** From queued to running, of each of our jobs that ran. */
  readonly waitedMs: readonly number[];
  /** Each of our instances: when it was asked for, and when the job that it is for was queued; from the start. */
  readonly launchedMs: readonly { readonly queuedAtMs: number; readonly atMs: number }[];
  readonly lines: readonly string[];
}

const MINUTE_MS = 60_000;
/** The last delayed delivery has come by then. */
const DELAYED_MAX_MS = 125 * MINUTE_MS;

export async function simulate(plan: Plan): Promise<Outcome> {
  const found: Violation[] = [];
  let simulation: Simulation | null = null;
  const report = (check: string, what: string) =>
    void found.push({ check, what, atMs: simulation?.world.clock.nowMs() ?? 0 });
  const safety = createSafety(report);
  const felt = createFelt(report);
  const turns = createTurns(report);
  const { watch } = safety;
  const log: typeof felt.log = (event, fields) => {
    watch.log?.(event, fields);
    felt.log(event, fields);
    turns.log(event, fields);
  };
  simulation = openSimulation(plan, { ...watch, log });
  safety.attach(simulation);
  felt.attach(simulation);
  turns.attach(simulation);
  watchFairness(simulation, report);
  watchSpend(simulation, report);
  watchKept(simulation, report);
  watchStarts(simulation, report);
  watchPools(simulation, report);
  const { world } = simulation;
  await seedRunnerRelease(world);
  world.store.faults = simulation.faults.store;
  const isBroken = () => found.length > 0;
  await world.until(isBroken, plan.faultMs);
  heal(simulation);
  const settled = isBroken() ? null : await settle(simulation, isBroken);
  if (settled === null && !isBroken())
    found.push({
      check: 'everything ends, and nothing is left',
      what: unsettled(simulation).slice(0, 5).join('; '),
      atMs: world.clock.nowMs(),
    });
  checkCommits(simulation, report);
  if (settled !== null) felt.check();
  world.fc.close();
  return {
    violation: found[0] ?? null,
    fired: simulation.faults.fired,
    jobs: simulation.jobs().length,
    instances: world.ecs.paid().length,
    settledAfterMs: settled?.afterMs ?? null,
    clearedAfterMs: settled?.clearedAfterMs ?? null,
    ...timesOf(simulation),
    lines: world.lines,
  };
}

function timesOf({ world, runs }: Simulation): Pick<Outcome, 'waitedMs' | 'launchedMs'> {
  const ours = runs
    .filter(({ arrival }) => arrival.fate === 'runs')
    .flatMap(({ run }) => world.github.jobsOf(run));
  const waitedMs = ours.flatMap(({ createdAtMs, startedAtMs, runner }) =>
    startedAtMs === null || runner === null ? [] : [startedAtMs - createdAtMs],
  );
  const launchedMs = world.ecs.paid().flatMap(({ startedAtMs, tags }) => {
    const job = world.github.job(Number(tags[TAGS.job]));
    return job === undefined
      ? []
      : [{ queuedAtMs: job.createdAtMs - START_MS, atMs: startedAtMs - START_MS }];
  });
  return { waitedMs, launchedMs };
}

async function settle(simulation: Simulation, isBroken: () => boolean): Promise<Settled | null> {
  const { world, plan } = simulation;
  const healedAtMs = world.clock.nowMs();
  const first = await passUntilSettled(simulation, isBroken, boundMs(simulation));
  if (first === null) return null;
  // What comes late must not bring anything back to life.
  const isLate = (plan.rates['delivery delayed by hours'] ?? 0) > 0;
  await world.until(isBroken, isLate ? DELAYED_MAX_MS : 8 * MINUTE_MS);
  // An interrupted job of a chain may have been run again since, and what needs it after it.
  const again = await passUntilSettled(simulation, isBroken, boundMs(simulation));
  return again === null ? null : { afterMs: first.atMs - healedAtMs, clearedAfterMs: first.clearedAfterMs };
}

interface Settled {
  readonly afterMs: number;
  readonly clearedAfterMs: number;
}

/** Looks once a minute; null: not within so long, or not soon enough after the last job. */
async function passUntilSettled(
  simulation: Simulation,
  isBroken: () => boolean,
  maxMs: number,
): Promise<{ readonly atMs: number; readonly clearedAfterMs: number } | null> {
  const { clock, until } = simulation.world;
  let untilMs = clock.nowMs() + maxMs;
  let openAtMs = clock.nowMs();
  while (unsettled(simulation).length > 0) {
    if (openJobs(simulation).length > 0 || keptUntilMs(simulation) > clock.nowMs()) openAtMs = clock.nowMs();
    if (isBroken() || clock.nowMs() >= untilMs || clock.nowMs() > openAtMs + clearedMaxMs(simulation))
      return null;
    if (isAllStuck(simulation)) untilMs += MINUTE_MS;
    await until(isBroken, MINUTE_MS);
  }
  return isBroken() ? null : { atMs: clock.nowMs(), clearedAfterMs: clock.nowMs() - openAtMs };
}
