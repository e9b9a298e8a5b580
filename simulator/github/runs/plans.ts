/** What a workflow asks for, as far as it matters here. */

export interface JobPlan {
  readonly name: string;
  readonly labels: readonly string[];
  /** Names of jobs of the same run that must have succeeded first. */
  readonly needs?: readonly string[];
  readonly durationMs?: number;
  /** Its steps fail, wherever it runs. */
  readonly fails?: boolean;
  /** An environment with a required reviewer: see `approve`. */
  readonly environmentGate?: boolean;
  readonly strategy?: Strategy;
  readonly concurrency?: Concurrency;
}

/** Jobs of a run with the same `matrix` are of one. GitHub docs, "Workflow syntax", `jobs.<job_id>.strategy`. */
export interface Strategy {
  readonly matrix: string;
  /** Default true: one failure cancels all of the matrix that are in progress or queued. */
  readonly failFast?: boolean;
  readonly maxParallel?: number;
}

/** GitHub docs, "Control the concurrency of workflows and jobs". */
export interface Concurrency {
  /** Of the repository; case does not matter. Jobs and runs share groups. */
  readonly group: string;
  readonly cancelInProgress?: boolean;
  /** How many may wait: one, replaced by the next; or 100, and further ones are cancelled. */
  readonly queue?: 'single' | 'max';
}

export interface RunPlan {
  readonly repository: string;
  readonly jobs: readonly JobPlan[];
  /** owner/name of the fork that the head commit lives in; null: a fork that is gone. */
  readonly fork?: string | null;
  readonly event?: string;
  /** Default: a commit of its own. */
  readonly headSha?: string;
  /** Default CI. */
  readonly workflow?: string;
  /** Of the head commit; default main. */
  readonly branch?: string;
  readonly concurrency?: Concurrency;
  /**
   * GitHub lost this run then (zephyr PR 52061, dfinity/oisy-wallet PR 13759: `queued` for more than a year): its jobs
   * are in no delivery, no runner is given one, and nothing ends them.
   */
  readonly forgottenSinceMs?: number;
}
