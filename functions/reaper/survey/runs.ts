/** Lists of runs, and their jobs, each asked for at most once a sweep, and remembered. */
import type { CallUse } from '../../../shared/budget.ts';
import { hasBaseLabels } from '../../../shared/job/labels.ts';
import { targetOf } from '../../../shared/names.ts';
import type { JobRecord, Listing, LiveStatus, RunRecord } from '../../../shared/nouns.ts';
import { listKey, rememberRun, type SeenList, type SeenRun, stampOf } from '../looks.ts';
import type { ReaperWorld } from '../world.ts';
import { forgetRepositories, type KnownRepository } from './known.ts';

/** `queued` is first: that is where a repository that is gone is noticed. */
export const LIVE: readonly LiveStatus[] = ['queued', 'in_progress', 'waiting', 'pending'];

export interface Runs {
  /** Null: there is no such repository any more, for us. Throws what GitHub did not answer. */
  list(repository: KnownRepository, status: LiveStatus): Promise<SeenList | null>;
  jobsOf(repository: KnownRepository, run: RunRecord, use: CallUse): Promise<Listing<JobRecord>>;
  /** What this sweep saw of a run's jobs; undefined: it did not ask. */
  seenNow(run: RunRecord): Listing<JobRecord> | undefined;
}

export function runsOf(world: ReaperWorld): Runs {
  const lists = new Map<string, Promise<SeenList | null>>();
  const jobs = new Map<number, Promise<Listing<JobRecord>>>();
  const seen = new Map<number, Listing<JobRecord>>();
  return {
    list(repository, status) {
      return once(lists, listKey(repository.repository, status), () => askList(repository, status, world));
    },
    jobsOf(repository, run, use) {
      return once(jobs, run.id, async () => {
        const listing = await askJobs(repository, run, use, world);
        seen.set(run.id, listing);
        return listing;
      });
    },
    seenNow: ({ id }) => seen.get(id),
  };
}

function once<Key, Answer>(
  asked: Map<Key, Promise<Answer>>,
  key: Key,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const before = asked.get(key);
  if (before !== undefined) return before;
  const answer = ask();
  asked.set(key, answer);
  return answer;
}

async function askList(
  known: KnownRepository,
  status: LiveStatus,
  world: ReaperWorld,
): Promise<SeenList | null> {
  const { repository } = known;
  const atMs = world.clock.nowMs();
  const listing = await world.github.liveRuns(targetOf(known, world.config), repository, status);
  if (listing === null) {
    world.log('repository.gone', { repository });
    await forgetRepositories(new Set([repository]), world);
    return null;
  }
  const seen = { atMs, runs: listing.things, complete: listing.complete };
  world.looks.lists.set(listKey(repository, status), seen);
  return seen;
}

async function askJobs(
  known: KnownRepository,
  run: RunRecord,
  use: CallUse,
  world: ReaperWorld,
): Promise<Listing<JobRecord>> {
  const atMs = world.clock.nowMs();
  const target = targetOf(known, world.config);
  const { things, complete } = await world.github.jobsOfRun(target, known.repository, run.id, use);
  const runChangedAtMs = run.changedAtMs ?? null;
  const listing = {
    things: things.map((record) => ({ ...withRepositoryId(run, record), runChangedAtMs })),
    complete,
  };
  if (!listing.complete) return listing;
  const before = world.looks.runs.get(run.id);
  const seen = seenRun(run, listing.things, atMs, world);
  // Of others' jobs that all wait there is nothing to take.
  const isAllWaiting = listing.things.every(({ status }) => status === 'waiting' || status === 'pending');
  const isNone = isAllWaiting && !seen.hasOurs;
  const isTaken = isNone || (before?.isTaken === true && before.stamp === stampOf(run));
  rememberRun(world.looks, run.id, { ...seen, isTaken });
  return listing;
}

function seenRun(
  run: RunRecord,
  jobs: readonly JobRecord[],
  atMs: number,
  { config }: ReaperWorld,
): Omit<SeenRun, 'isTaken'> {
  const open = jobs.filter(({ status }) => status !== 'completed');
  return {
    atMs,
    stamp: stampOf(run),
    named: new Map(jobs.flatMap((each) => (each.runner === null ? [] : [[each.runner.name, each] as const]))),
    hasOurs: jobs.some(({ job }) => hasBaseLabels(job.labels, config.baseLabels)),
    isStill: open.length <= 1 && open.every(({ status }) => status === 'waiting' || status === 'pending'),
  };
}

/** A job's own record names its repository by the name that it was asked for by; the id stays when that is another now. */
const withRepositoryId = ({ repositoryId }: RunRecord, record: JobRecord): JobRecord => ({
  ...record,
  job: { ...record.job, repositoryId: record.job.repositoryId ?? repositoryId },
});
