/**
 * Lists of runs may lag: a run stands in them as it was a while ago, or not yet; its own record and its jobs are as they
 * are. How late GitHub's lists are is not documented.
 */
import type { Repository, SimRun } from '../model.ts';
import type { State } from '../state.ts';
import { runStatus } from './status.ts';

/** A run as lists show it. */
export interface ListedRun {
  readonly run: SimRun;
  readonly status: ReturnType<typeof runStatus>;
  readonly attempt: number;
  readonly updatedAtMs: number;
}

const asItIs = (run: SimRun): ListedRun => ({
  run,
  status: runStatus(run),
  attempt: run.attempt,
  updatedAtMs: run.updatedAtMs,
});

/** Changes of each run so far, and what lists have of it: after which of them. */
const changes = new WeakMap<SimRun, number>();
const known = new WeakMap<SimRun, ListedRun & { readonly after: number }>();

/** To be told of each change of a run. An older state never replaces a newer one. */
export function listLater(state: State, run: SimRun): void {
  const [min, max] = state.behaviour.runListLagMs;
  if (max === 0) return;
  const listed = asItIs(run);
  const after = (changes.get(run) ?? 0) + 1;
  changes.set(run, after);
  state.clock.after(state.random.whole(min, max), () => {
    if ((known.get(run)?.after ?? 0) < after) known.set(run, { ...listed, after });
  });
}

/** Newest first, as they are: seen of lists that nothing narrows (cli/cli issue 5440). */
export const runsNow = (state: State, repository: Repository): readonly ListedRun[] =>
  [...state.runs.values()]
    .filter((run) => run.repository === repository)
    .map(asItIs)
    .reverse();

/** Newest first. `isLive`: those that are not over, as lists have it. */
export function runsListed(state: State, repository: Repository, isLive: boolean): readonly ListedRun[] {
  const lags = state.behaviour.runListLagMs[1] > 0;
  const all = isLive && !lags ? state.liveRuns : state.runs.values();
  return [...all]
    .filter((run) => run.repository === repository)
    .flatMap((run) => (lags ? (known.get(run) ?? []) : asItIs(run)))
    .filter(({ status }) => !isLive || status !== 'completed')
    .reverse();
}
