/** Jobs and runs as GitHub records them, and asking for re-runs. */
import type * as z from 'zod';
import type { JobRecord, Listing, Target } from '../nouns.ts';
import type { GitHub, RunRecord } from '../ports.ts';
import { allPages, type Calls, parsed } from './github-calls.ts';
import { failed, type GitHubAnswer, GitHubFailed, messageOf, throttledMs } from './github-request.ts';
import {
  jobRecord,
  jobsPage,
  oneJob,
  oneRepository,
  oneRun,
  repositoriesPage,
  runsPage,
} from './github-shapes.ts';

/** GitHub docs, "Actions limits": 256 jobs in a matrix; a run may have several. */
const JOB_PAGES_MAX = 20;
/** A repository with more live runs than this is looked at in part, and said to be. */
const RUN_PAGES_MAX = 2;
const REPOSITORY_PAGES_MAX = 50;
const REPO = '/repos/{owner}/{repo}';

type Jobs = Pick<
  GitHub,
  'job' | 'run' | 'jobsOfRun' | 'activeJobs' | 'repositories' | 'rerunFailedJobs' | 'rerunJob'
>;

export function jobsOver(calls: Calls): Jobs {
  const visibility = new Map<string, boolean>();

  /** A job's own record does not say whether its repository is public. */
  const isPublic = async (target: Target, repository: string): Promise<boolean> => {
    const known = visibility.get(repository);
    if (known !== undefined) return known;
    const route = `GET ${REPO}`;
    const answer = await calls.ask(target, route, partsOf(repository));
    if (answer.status !== 200) throw failed(route, answer);
    const found = !parsed(route, oneRepository, answer).private;
    visibility.set(repository, found);
    return found;
  };
  const recorded = async (target: Target, repository: string, seen: readonly SeenJob[]) => {
    if (seen.length === 0) return [];
    const installationId = await calls.installationId(target);
    const where = { repository, isPublic: await isPublic(target, repository), installationId };
    return seen.map((job) => jobRecord(job, where));
  };
  const jobsOfRun: Jobs['jobsOfRun'] = async (target, repository, id) => {
    const { things, complete } = await listJobs(calls, target, repository, id);
    return { things: await recorded(target, repository, things), complete };
  };

  return {
    async job(target, repository, id) {
      const route = `GET ${REPO}/actions/jobs/{job_id}`;
      const answer = await found(calls, target, repository, route, { job_id: id });
      if (answer === null) return null;
      const [record] = await recorded(target, repository, [parsed(route, oneJob, answer)]);
      return record ?? null;
    },
    async run(target, repository, id) {
      const route = `GET ${REPO}/actions/runs/{run_id}`;
      const answer = await found(calls, target, repository, route, { run_id: id });
      return answer === null ? null : parsed(route, oneRun, answer);
    },
    jobsOfRun,
    activeJobs: (target, repository) => activeJobs(calls, jobsOfRun, target, repository),
    repositories: (target) => repositories(calls, target, visibility),
    rerunFailedJobs: (target, repository, id) =>
      rerun(calls, target, repository, `POST ${REPO}/actions/runs/{run_id}/rerun-failed-jobs`, {
        run_id: id,
      }),
    rerunJob: (target, repository, id) =>
      rerun(calls, target, repository, `POST ${REPO}/actions/jobs/{job_id}/rerun`, { job_id: id }),
  };
}

type SeenJob = z.output<typeof oneJob>;

function partsOf(repository: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}

/** Null: there is none, said by a GitHub that lets us see the repository. */
async function found(
  calls: Calls,
  target: Target,
  repository: string,
  route: string,
  params: Readonly<Record<string, number>>,
): Promise<GitHubAnswer | null> {
  const answer = await calls.ask(target, route, { ...partsOf(repository), ...params });
  if (answer.status === 200) return answer;
  if (answer.status !== 404) throw failed(route, answer);
  await calls.confirmInstalled({ ...target, repository });
  return null;
}

/** One 404 may be a slip: the repository itself is not there, and that is said to an App that is installed. */
async function isGone(calls: Calls, target: Target, repository: string): Promise<boolean> {
  const answer = await calls.ask(target, `GET ${REPO}`, partsOf(repository));
  return answer.status === 404 && (await calls.isInstalledAt(target.owner));
}

function listJobs(calls: Calls, target: Target, repository: string, id: number): Promise<Listing<SeenJob>> {
  const route = `GET ${REPO}/actions/runs/{run_id}/jobs`;
  return allPages(
    async (paging) => {
      const answer = await calls.ask(target, route, { ...partsOf(repository), run_id: id, ...paging });
      if (answer.status !== 200) throw failed(route, answer);
      const { total_count: total, jobs: things } = parsed(route, jobsPage, answer);
      return { total, things };
    },
    (job) => job.id,
    JOB_PAGES_MAX,
  );
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

async function activeJobs(
  calls: Calls,
  jobsOfRun: Jobs['jobsOfRun'],
  target: Target,
  repository: string,
): Promise<Listing<JobRecord> | null> {
  const queued = await listRuns(calls, target, repository, 'queued').catch(async (error: unknown) => {
    const isAbsent = error instanceof GitHubFailed && error.status === 404;
    if (isAbsent && (await isGone(calls, target, repository))) return null;
    throw error;
  });
  if (queued === null) return null;
  const runs = [queued, await listRuns(calls, target, repository, 'in_progress')];
  const jobs = new Map<number, JobRecord>();
  let complete = runs.every((listing) => listing.complete);
  for (const id of new Set(runs.flatMap(({ things }) => things.map((run) => run.id)))) {
    const listing = await jobsOfRun(target, repository, id);
    complete &&= listing.complete;
    for (const record of listing.things) jobs.set(record.job.id, record);
  }
  return { things: [...jobs.values()], complete };
}

async function repositories(
  calls: Calls,
  target: Target,
  visibility: Map<string, boolean>,
): Promise<Listing<string>> {
  const route = 'GET /installation/repositories';
  const { things, complete } = await allPages(
    async (paging) => {
      const answer = await calls.ask(target, route, paging);
      if (answer.status !== 200) throw failed(route, answer);
      const { total_count: total, repositories: things } = parsed(route, repositoriesPage, answer);
      return { total, things };
    },
    (repository) => repository.full_name,
    REPOSITORY_PAGES_MAX,
  );
  for (const one of things) visibility.set(one.full_name, !one.private);
  const newestFirst = things.toSorted((a, b) => (b.pushed_at ?? '').localeCompare(a.pushed_at ?? ''));
  return { things: newestFirst.map((one) => one.full_name), complete };
}

/** Refused while the run is in progress, or too old, or gone. A missing permission is a surprise, and throws. */
async function rerun(
  calls: Calls,
  target: Target,
  repository: string,
  route: string,
  params: Readonly<Record<string, number>>,
): Promise<'asked' | 'refused'> {
  const answer = await calls.ask(target, route, { ...partsOf(repository), ...params });
  if (answer.status === 201) return 'asked';
  const isOurs = throttledMs(answer) !== null || /not accessible/i.test(messageOf(answer));
  if ([403, 404, 409, 422].includes(answer.status) && !isOurs) return 'refused';
  throw failed(route, answer);
}
