/** Runs that are not over. */
import type { CallUse } from '../../budget.ts';
import type { Listing, LiveStatus, RunRecord, Target } from '../../nouns.ts';
import { type Calls, partsOf, REPO } from './calls.ts';
import { allPages } from './pages.ts';
import { failed, GitHubFailed, parsed } from './request.ts';
import { runsPage } from './shapes.ts';

/** GitHub docs, "List workflow runs for a repository": at most 1,000 of one status are to be had. */
const RUN_PAGES_MAX = 10;

/** Null: there is no such repository for us any more. */
export async function liveRuns(
  calls: Calls,
  target: Target,
  repository: string,
  status: LiveStatus,
): Promise<Listing<RunRecord> | null> {
  try {
    return await listRuns(calls, target, repository, status);
  } catch (error) {
    const isAbsent = error instanceof GitHubFailed && error.status === 404;
    if (isAbsent && (await isGone(calls, target, repository))) return null;
    throw error;
  }
}

function listRuns(calls: Calls, target: Target, repository: string, status: LiveStatus) {
  const route = `GET ${REPO}/actions/runs`;
  const use: CallUse = status === 'in_progress' ? 'proof' : 'look';
  return allPages<RunRecord>(
    async (paging) => {
      const answer = await calls.ask(target, route, { ...partsOf(repository), status, ...paging }, use);
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
