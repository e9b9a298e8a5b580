/** Jobs that are not over, by the runs that are not. */
import type { JobRecord, Listing, Target } from '../../nouns.ts';
import type { GitHub, RunRecord } from '../../ports.ts';
import { allPages, type Calls, parsed, partsOf, REPO } from './calls.ts';
import { failed, GitHubFailed } from './request.ts';
import { runsPage } from './shapes.ts';

/** A repository with more live runs of one status than this is looked at in part, and said to be. */
const RUN_PAGES_MAX = 2;

/**
 * GitHub docs, "List workflow runs for a repository": `waiting` is a run with a job behind its environment's rules,
 * `pending` one held up by its concurrency group; other jobs of either may be queued, or run. The first is where a
 * repository that is gone is noticed.
 */
const LIVE = ['queued', 'in_progress', 'waiting', 'pending'] as const;

export async function activeJobs(
  calls: Calls,
  jobsOfRun: GitHub['jobsOfRun'],
  target: Target,
  repository: string,
): Promise<Listing<JobRecord> | null> {
  const [first, ...others] = LIVE;
  const queued = await listRuns(calls, target, repository, first).catch(async (error: unknown) => {
    const isAbsent = error instanceof GitHubFailed && error.status === 404;
    if (isAbsent && (await isGone(calls, target, repository))) return null;
    throw error;
  });
  if (queued === null) return null;
  const runs = [queued];
  for (const status of others) runs.push(await listRuns(calls, target, repository, status));
  const jobs = new Map<number, JobRecord>();
  let complete = runs.every((listing) => listing.complete);
  const live = new Map(runs.flatMap(({ things }) => things.map((run) => [run.id, run] as const)));
  for (const { id, changedAtMs: runChangedAtMs = null } of live.values()) {
    const listing = await jobsOfRun(target, repository, id);
    complete &&= listing.complete;
    for (const record of listing.things) jobs.set(record.job.id, { ...record, runChangedAtMs });
  }
  return { things: [...jobs.values()], complete };
}

function listRuns(calls: Calls, target: Target, repository: string, status: string) {
  const route = `GET ${REPO}/actions/runs`;
  return allPages<RunRecord>(
    async (paging) => {
      const answer = await calls.ask(target, route, { ...partsOf(repository), status, ...paging });
      if (answer.status !== 200) throw failed(route, answer);
      const { total_count: total, workflow_runs: things } = parsed(route, runsPage, answer);
      return { total, things };
    },
    (run) => run.id,
    RUN_PAGES_MAX,
  );
}

/** One 404 may be a slip: the repository itself is not there, and that is said to an App that is installed. */
async function isGone(calls: Calls, target: Target, repository: string): Promise<boolean> {
  const answer = await calls.ask(target, `GET ${REPO}`, partsOf(repository));
  return answer.status === 404 && (await calls.isInstalledAt(target.owner));
}
