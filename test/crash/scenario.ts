/** One short story from a job's arrival until nothing is left, judged by the simulation's checkers. */

import { unsettled } from '../simulation/checkers/progress.ts';
import { createSafety } from '../simulation/checkers/safety.ts';
import type { PlannedJob } from '../simulation/plan/arrivals.ts';
import { openSimulation } from '../simulation/plan/open-simulation.ts';
import { NARROW, type Plan } from '../simulation/plan/plan.ts';
import type { Simulation } from '../simulation/plan/simulation.ts';
import { seedRunnerRelease } from '../world/in-process.ts';
import { type Call, type CrashPoint, diesAt } from './points.ts';

export interface Scenario {
  readonly jobs: readonly PlannedJob[];
  /** What else happens, from the start on. */
  readonly prepare?: (simulation: Simulation) => void;
  /** Which attempt of the run is its last; 1 if nothing else is said. */
  readonly attempt?: number;
}

const MINUTE_MS = 60_000;
const SETTLES_MAX_MS = 40 * MINUTE_MS;

const plan = (jobs: readonly PlannedJob[]): Plan => ({
  seed: 7,
  faultMs: 0,
  config: {
    limits: { runners: 5, mintsPerMinute: 120, lifetime: '90m', runnersPerRepository: null },
    github: { scope: 'organization', polling: false },
    spot: { duration: 1, patience: '5m', onDemandFallback: true },
  },
  rates: {},
  arrivals: [{ atMs: 5_000, repository: 'acme/app', fate: 'runs', jobs }],
  incidents: [],
  wide: NARROW,
  world: { soldOut: 0, interruptions: 0, listLagMs: 20_000, skewMs: 0, tokenDelayMs: 0 },
});

export interface Ran {
  /** The calls that the functions made, in their order. */
  readonly calls: readonly Call[];
  readonly violations: readonly string[];
  readonly left: readonly string[];
  readonly conclusions: readonly (string | null)[];
  readonly attempts: readonly number[];
  readonly instances: number;
  readonly settledAfterMs: number;
}

export async function run({ jobs, prepare, attempt = 1 }: Scenario, point: CrashPoint | null): Promise<Ran> {
  const violations: string[] = [];
  const safety = createSafety((check, what) => violations.push(`${check}: ${what}`));
  const { calls, killable } = diesAt(point);
  const simulation = openSimulation(plan(jobs), safety.watch, { killable });
  safety.attach(simulation);
  const { world } = simulation;
  await seedRunnerRelease(world);
  prepare?.(simulation);
  await world.pass(10_000);
  const startedAtMs = world.clock.nowMs();
  const attempts = () => simulation.jobs().map((each) => each.attempt);
  const isOver = () => unsettled(simulation).length === 0 && attempts().every((each) => each >= attempt);
  while (!isOver() && world.clock.nowMs() < startedAtMs + SETTLES_MAX_MS) await world.pass(30_000);
  const settledAfterMs = world.clock.nowMs() - startedAtMs;
  await world.pass(2 * MINUTE_MS);
  world.fc.close();
  return {
    calls,
    violations,
    left: unsettled(simulation),
    conclusions: simulation.jobs().map(({ conclusion }) => conclusion),
    attempts: attempts(),
    instances: world.ecs.paid().length,
    settledAfterMs,
  };
}
