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

/** Of the repository that may be renamed. */
export interface Names {
  now: string;
  /** What `repositories.allow` has beside the plan's. */
  readonly also: string[];
  /** `now` is not allowed yet. */
  isUnknown: boolean;
}

export interface Simulation {
  readonly plan: Plan;
  readonly world: World;
  readonly faults: Faults;
  readonly runs: PlannedRun[];
  readonly names: Names;
  /** Machines that a person keeps, by their ids, and until when. */
  readonly kept: Map<string, number>;
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
