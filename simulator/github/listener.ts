/** What GitHub says to a connected runner. */

export interface JobForRunner {
  readonly id: number;
  readonly runId: number;
  readonly name: string;
  readonly repository: string;
  readonly repositoryId: number;
  readonly labels: readonly string[];
  readonly durationMs: number;
  readonly fails: boolean;
  /** As the runner lays them before its started hook: GITHUB_EVENT_NAME, and the file of GITHUB_EVENT_PATH. */
  readonly event: { readonly name: string; readonly payload: unknown };
}

/** What GitHub tells a connected runner. */
export interface RunnerListener {
  onJob(job: JobForRunner): void;
  /** The process ends by itself: its one job is over, or its registration was removed. */
  onExit?(because: 'done' | 'removed' | 'cancelled'): void;
}
