/**
 * Which job names a runner. What one sweep had no calls for the next one goes on with: docs/decisions/absence.md says
 * why looks of several sweeps prove together what one whole look did.
 */
import { alertOnce } from '../../../shared/alert-once.ts';
import {
  NAMING_CALLS_PER_SWEEP_MAX,
  REMOVED_MIN_MS,
  UNREADABLE_MAX_MS,
} from '../../../shared/github-limits.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { targetOf } from '../../../shared/names.ts';
import type { JobRecord, LiveStatus, RunRecord } from '../../../shared/nouns.ts';
import { listKey, type SeenList, stampOf } from '../looks.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { type KnownRepository, knownRepositories, ownerOf } from './known.ts';
import type { Runs } from './runs.ts';

/** In a run that is queued no job has started; in one that waits, or is held up, another job may run. */
const MAY_RUN: readonly LiveStatus[] = ['in_progress', 'waiting', 'pending'];

const ONE_LOOK_MS = 10_000;

interface Search {
  readonly runner: RunnerEntry;
  /** What is seen from then on is the last word on a job of this runner: it can take none any more. */
  readonly sinceMs: number;
  readonly found: JobRecord[];
  /** Repositories that were not asked, or not in full. */
  readonly open: string[];
  /** Of these, those that GitHub does not let us read, */
  readonly unreadable: string[];
  /** and those that have more of it than GitHub lists. */
  readonly cut: string[];
}

type Searched = 'whole' | 'kept' | 'cut';

type Ask = <Answer>(owner: string, ask: () => Promise<Answer>) => Promise<Answer | 'kept'>;

export function namingOf(runs: Runs, deadlineMs: number, world: ReaperWorld) {
  let known: Promise<readonly KnownRepository[]> | undefined;
  let left = NAMING_CALLS_PER_SWEEP_MAX;
  const ask: Ask = async (owner, call) => {
    const isOver = left <= 0 || world.clock.nowMs() >= deadlineMs || !world.github.mayAsk('proof', owner);
    if (isOver) return 'kept';
    left--;
    return call();
  };
  return async (runner: RunnerEntry): Promise<JobRecord | null | 'unknown'> => {
    known ??= knownRepositories(world);
    const search: Search = { runner, sinceMs: sinceOf(runner), found: [], open: [], unreadable: [], cut: [] };
    const repositories = servedBy(runner, await known, world);
    await untilDeadline(repositories, Number.POSITIVE_INFINITY, world.clock, (repository) =>
      searchIn(repository, search, runs, ask, world),
    );
    return search.found[0] ?? (await verdictOf(search, world));
  };
}

/** An ephemeral runner has one job at most: what it might have taken, it took before it was removed, or is busy with. */
function sinceOf({ removedAtMs, stateAtMs }: RunnerEntry): number {
  return (removedAtMs ?? stateAtMs) + REMOVED_MIN_MS;
}

/** Whose jobs it may be given, its own first: registered at an organisation that one's alone, at a repository that one's. */
function servedBy(
  runner: RunnerEntry,
  known: readonly KnownRepository[],
  { config }: ReaperWorld,
): readonly KnownRepository[] {
  const { repository, installationId } = runner;
  if (repository === '') return known;
  const own = { repository, installationId, seenAtMs: 0 };
  if (targetOf(runner, config).repository !== null) return [own];
  const owner = ownerOf(repository).toLowerCase();
  const others = known.filter(
    (each) => each.repository !== repository && ownerOf(each.repository).toLowerCase() === owner,
  );
  // A warm runner's is none of its own.
  return repository.endsWith('/*') ? others : [own, ...others];
}

async function searchIn(
  repository: KnownRepository,
  search: Search,
  runs: Runs,
  ask: Ask,
  world: ReaperWorld,
): Promise<void> {
  try {
    const searched = await searchLists(repository, search, runs, ask, world);
    if (searched !== 'whole') search.open.push(repository.repository);
    if (searched === 'cut') search.cut.push(repository.repository);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    world.log('look.failed', { repository: repository.repository, error: reason });
    search.open.push(repository.repository);
    search.unreadable.push(repository.repository);
  }
}

async function searchLists(
  repository: KnownRepository,
  search: Search,
  runs: Runs,
  ask: Ask,
  world: ReaperWorld,
): Promise<Searched> {
  const searched: Searched[] = [];
  const seen = seenTogether(repository, search, world);
  const owner = ownerOf(repository.repository);
  for (const [at, status] of MAY_RUN.entries()) {
    if (search.found.length > 0) return 'whole';
    const list = seen?.[at] ?? (await ask(owner, () => runs.list(repository, status)));
    // There is no such repository any more.
    if (list === null) return 'whole';
    const one = list === 'kept' ? list : await searchList(repository, list, search, runs, ask, world);
    searched.push(one);
    if (one === 'kept') break;
  }
  return worstOf(searched);
}

const worstOf = (searched: readonly Searched[]): Searched =>
  (['kept', 'cut'] as const).find((each) => searched.includes(each)) ?? 'whole';

/**
 * Lists of an earlier look at this repository, all after the runner could take no more: a run goes from one list to
 * another, so lists of different looks are not held together.
 */
function seenTogether(
  { repository }: KnownRepository,
  { sinceMs }: Search,
  { looks }: ReaperWorld,
): readonly SeenList[] | null {
  const lists = MAY_RUN.flatMap((status) => looks.lists.get(listKey(repository, status)) ?? []);
  if (lists.length < MAY_RUN.length) return null;
  const times = lists.map(({ atMs }) => atMs);
  const isOneLook = Math.max(...times) - Math.min(...times) < ONE_LOOK_MS;
  return isOneLook && Math.min(...times) >= sinceMs && lists.every(({ complete }) => complete) ? lists : null;
}

async function searchList(
  repository: KnownRepository,
  list: SeenList,
  search: Search,
  runs: Runs,
  ask: Ask,
  world: ReaperWorld,
): Promise<Searched> {
  let isWhole = list.complete;
  for (const run of list.runs.filter((each) => mayName(each, search, world))) {
    if (search.found.length > 0) return 'whole';
    const listing = await ask(ownerOf(repository.repository), () => runs.jobsOf(repository, run, 'proof'));
    if (listing === 'kept') return listing;
    isWhole &&= listing.complete;
    search.found.push(...listing.things.filter((record) => isNamed(record, search.runner)));
  }
  return isWhole ? 'whole' : 'cut';
}

/** By GitHub's id, where we know it: a name may be anybody's. */
const isNamed = (record: JobRecord, { name, runnerId }: RunnerEntry): boolean =>
  record.runner?.name === name && (runnerId === null || record.runner.id === runnerId);

/** Whether its jobs have to be asked for; a job that was seen to name the runner is found at once. */
function mayName(run: RunRecord, { runner, sinceMs, found }: Search, { looks }: ReaperWorld): boolean {
  const seen = looks.runs.get(run.id);
  const named = seen?.named.get(runner.name);
  if (named !== undefined && isNamed(named, runner)) found.push(named);
  if (run.createdAtMs > sinceMs) return false;
  const isStill = seen?.isStill === true && seen.stamp === stampOf(run);
  return seen === undefined || (seen.atMs < sinceMs && !isStill);
}

/** A repository that cannot be read (in full) for long keeps no machine for ever: all else was asked, and nothing names it. */
async function verdictOf(
  { runner, open, unreadable, cut, sinceMs }: Search,
  world: ReaperWorld,
): Promise<null | 'unknown'> {
  if (open.length === 0) return null;
  const isAllElseAsked = open.length === unreadable.length + cut.length;
  if (!isAllElseAsked || world.clock.nowMs() - sinceMs < UNREADABLE_MAX_MS) {
    world.log('naming.open', {
      ...{ runner: runner.name, open: open.length },
      ...{ unreadable: unreadable.length, cut: cut.length },
    });
    return 'unknown';
  }
  const [[hidden], [crowded = '']] = [unreadable, cut];
  const text =
    hidden === undefined
      ? `${crowded} has more runs that are not over than GitHub lists; whether a job there ran on ${runner.name} could not be seen, and the runner was ended without it. Cancel those that wait for a review which nobody gives.`
      : `GitHub does not let the App read ${hidden}; whether a job there ran on ${runner.name} could not be seen, and the runner was ended without it. Give the App access to the repository, or take it out of the runner group and of repositories.allow.`;
  await alertOnce(`unreadable-${hidden ?? crowded}`, text, world);
  return null;
}
