/** A world as a plan wants it, and what acts in it. */

import type { Installation, SimJob, SimRun } from '../../../simulator/github/model.ts';
import type { World } from '../../world/in-process.ts';
import type { Arrival } from './arrivals.ts';
import type { Faults } from './faults.ts';
import type { Plan } from './plan.ts';

export interface PlannedRun {
  readonly arrival: Arrival;
  readonly run: SimRun;
}

export interface Simulation {
  readonly plan: Plan;
  readonly world: World;
  readonly faults: Faults;
  readonly runs: readonly PlannedRun[];
  /** One more run, now. */
  arrive(arrival: Arrival): SimRun;
  /** Of the latest attempt of each run. */
  jobs(): readonly SimJob[];
  later(ms: number, act: () => void): void;
  /** All functions are off. */
  readonly off: { now: boolean };
  readonly installation: { now: Installation; readonly repositories: readonly string[] };
  /** Somebody else's machine, with our tag. */
  addStranger(share: number): void;
  addForeignRunner(labels: readonly string[], share: number): void;
}
