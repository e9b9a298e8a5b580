/** What this process saw of GitHub's runs, and when it looked: its memory. One that begins anew sees again, in its own time. */
import type { Job, JobId, JobRecord, LiveStatus, RunId, RunRecord } from '../../shared/nouns.ts';

/** A list of runs of one status. */
export interface SeenList {
  /** When it was asked for. */
  readonly atMs: number;
  readonly runs: readonly RunRecord[];
  readonly complete: boolean;
}

/** The jobs of one run. */
export interface SeenRun {
  readonly atMs: number;
  readonly stamp: string;
  /** All that its jobs said at this stamp was taken into the ledger. */
  readonly isTaken: boolean;
  /** By the runner that each names. */
  readonly named: ReadonlyMap<string, JobRecord>;
  /** Jobs with our base labels, whatever became of them. */
  readonly hasOurs: boolean;
  /**
   * At most one job is not over, and that one waits: nothing can run in it before its stamp changes. Of two that wait one
   * may be approved, and the stamp stay: docs/decisions/absence.md.
   */
  readonly isStill: boolean;
}

export interface Looks {
  readonly lists: Map<string, SeenList>;
  readonly runs: Map<RunId, SeenRun>;
  /** Runs of which GitHub last failed to list the jobs: when that was. */
  readonly broken: Map<RunId, number>;
  /** By repository: the last look, and the last that found what no delivery had told. */
  readonly turns: Map<string, { readonly atMs: number; readonly foundAtMs: number }>;
  /** Of a job that waits: when GitHub's own record of it was last asked for. */
  readonly asked: Map<JobId, number>;
  /** By region: when instances were last looked for by tag alone. */
  readonly tagged: Map<string, number>;
  /** By repository that GitHub shows us no more: when that was last seen. */
  readonly away: Map<string, number>;
}

export const newLooks = (): Looks => ({
  lists: new Map(),
  runs: new Map(),
  broken: new Map(),
  turns: new Map(),
  asked: new Map(),
  tagged: new Map(),
  away: new Map(),
});

/** Changes when a run does: another attempt, another status, a job that ended. */
export const stampOf = ({ attempt, status, changedAtMs }: RunRecord): string =>
  `${attempt} ${status} ${changedAtMs ?? 0}`;

export const listKey = (repository: string, status: LiveStatus): string => `${repository} ${status}`;

/** Until then a run counts as changed: what was seen of it for another reason is not lost. */
export function markTaken({ runs }: Looks, ids: Iterable<RunId>): void {
  for (const id of ids) {
    const seen = runs.get(id);
    if (seen !== undefined) runs.set(id, { ...seen, isTaken: true });
  }
}

/** Most of what is forgotten is over long ago. */
const REMEMBERED_MAX = 20_000;

export const rememberRun = ({ runs }: Looks, id: RunId, seen: SeenRun): void => remember(runs, id, seen);
export const rememberBroken = ({ broken }: Looks, id: RunId, atMs: number): void =>
  remember(broken, id, atMs);
export const rememberAway = ({ away }: Looks, repository: string, atMs: number): void =>
  remember(away, repository, atMs);
export const rememberAsked = ({ asked }: Looks, id: JobId, atMs: number): void => remember(asked, id, atMs);

function remember<Id, Seen>(all: Map<Id, Seen>, id: Id, seen: Seen): void {
  all.delete(id);
  all.set(id, seen);
  if (all.size > REMEMBERED_MAX) all.delete(all.keys().next().value as Id);
}

/** When GitHub last called the job queued, as far as this process saw: by its own record, or by its run's, of which nothing had begun. */
export function seenQueuedMs({ asked, lists }: Looks, { id, runId, repository }: Job): number {
  const list = lists.get(listKey(repository, 'queued'));
  const isListed = list?.runs.some((run) => run.id === runId) === true;
  return Math.max(asked.get(id) ?? 0, isListed ? list.atMs : 0);
}

/** Until then nothing is launched where nothing was to be seen: the next look ends what waits there, unless it sees it again. */
const AWAY_KEPT_MS = 10 * 60_000;

export const isAway = ({ away }: Looks, repository: string, nowMs: number): boolean =>
  nowMs - (away.get(repository) ?? Number.NEGATIVE_INFINITY) < AWAY_KEPT_MS;
