/** Jobs and runs as GitHub records them, and asking for re-runs. */

import type * as z from 'zod';
import type { CallUse } from '../../budget.ts';
import type { Listing, RepositoryName, RunId, RunRecord, Target } from '../../nouns.ts';
import type { GitHub } from '../../ports.ts';
import { type Calls, partsOf, REPO } from './calls.ts';
import { hasNewerRun, liveRuns } from './live-runs.ts';
import { allPages, HEAVY_PER_PAGE } from './pages.ts';
import { failed, type GitHubAnswer, lacksPermission, messageOf, parsed, throttledMs } from './request.ts';
import { jobRecord, jobsPage, oneJob, oneRepository, oneRun, repositoriesPage } from './shapes.ts';

/** GitHub docs, "Actions limits": 256 jobs in a matrix; a run may have several. */
const JOB_PAGES_MAX = 40;
const REPOSITORY_PAGES_MAX = 50;

type Jobs = Pick<
  GitHub,
  | 'job'
  | 'hasNewerRun'
  | 'jobsOfRun'
  | 'liveRuns'
  | 'repositories'
  | 'rerunFailedJobs'
  | 'rerunJob'
  | 'cancelRun'
> & {
  run(target: Target, repository: string, id: RunId, use?: CallUse): Promise<RunRecord | null>;
};

export function jobsOver(calls: Calls): Jobs {
  const visibility = new Map<string, boolean>();

  /** A job's own record does not say whether its repository is public. */
  const isPublic = async (target: Target, repository: string): Promise<boolean> => {
    const known = visibility.get(repository);
    if (known !== undefined) return known;
    const route = `GET ${REPO}`;
    const answer = await calls.askWhereItIs(target, route, partsOf(repository));
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
  const jobsOfRun: Jobs['jobsOfRun'] = async (target, repository, id, use = 'proof') => {
    const { things, complete } = await listJobs(calls, target, repository, id, use);
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
    async run(target, repository, id, use) {
      const route = `GET ${REPO}/actions/runs/{run_id}`;
      const answer = await found(calls, target, repository, route, { run_id: id }, use);
      return answer === null ? null : parsed(route, oneRun, answer);
    },
    hasNewerRun: (target, repository, run) => hasNewerRun(calls, target, repository, run),
    jobsOfRun,
    liveRuns: (target, repository, status) => liveRuns(calls, target, repository, status),
    repositories: (target) => repositories(calls, target, visibility),
    rerunFailedJobs: (target, repository, id) =>
      rerun(calls, target, repository, `POST ${REPO}/actions/runs/{run_id}/rerun-failed-jobs`, {
        run_id: id,
      }),
    rerunJob: (target, repository, id) =>
      rerun(calls, target, repository, `POST ${REPO}/actions/jobs/{job_id}/rerun`, { job_id: id }),
    cancelRun: (target, repository, id) => cancelRun(calls, target, repository, id),
  };
}

type SeenJob = z.output<typeof oneJob>;

/** Null: there is none, said by a GitHub that lets us see the repository. */
async function found(
  calls: Calls,
  target: Target,
  repository: string,
  route: string,
  params: Readonly<Record<string, number>>,
  use?: CallUse,
): Promise<GitHubAnswer | null> {
  const answer = await calls.askWhereItIs(target, route, { ...partsOf(repository), ...params }, use);
  if (answer.status === 200) return answer;
  if (answer.status !== 404) throw failed(route, answer);
  return null;
}

function listJobs(
  calls: Calls,
  target: Target,
  repository: string,
  id: number,
  use: CallUse,
): Promise<Listing<SeenJob>> {
  const route = `GET ${REPO}/actions/runs/{run_id}/jobs`;
  return allPages(
    async (paging) => {
      const answer = await calls.ask(target, route, { ...partsOf(repository), run_id: id, ...paging }, use);
      if (answer.status !== 200) throw failed(route, answer);
      const { total_count: total, jobs: things } = parsed(route, jobsPage, answer);
      return { total, things };
    },
    (job) => job.id,
    JOB_PAGES_MAX,
    HEAVY_PER_PAGE,
  );
}

async function repositories(
  calls: Calls,
  target: Target,
  visibility: Map<string, boolean>,
): Promise<Listing<RepositoryName>> {
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
  const named = newestFirst.map((one) => ({ repository: one.full_name, repositoryId: one.id }));
  return { things: named, complete };
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

/** GitHub docs: 202, or 409 for what is over. 404 where the App may not even look; without the permission, no token. */
async function cancelRun(
  calls: Calls,
  target: Target,
  repository: string,
  id: number,
): Promise<'asked' | 'over' | 'refused'> {
  const route = `POST ${REPO}/actions/runs/{run_id}/cancel`;
  const answer = await calls.ask(target, route, { ...partsOf(repository), run_id: id }).catch(refusedToken);
  if (answer === null) return 'refused';
  if (answer.status === 202) return 'asked';
  if (answer.status === 409) return 'over';
  if ([403, 404].includes(answer.status) && throttledMs(answer) === null) return 'refused';
  throw failed(route, answer);
}

function refusedToken(error: unknown): null {
  if (lacksPermission(error)) return null;
  throw error;
}
