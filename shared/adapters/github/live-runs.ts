/** Lists of runs: those that are not over, and those that came after one. */
import type { CallUse } from '../../budget.ts';
import type { Listing, LiveStatus, RunRecord, Target } from '../../nouns.ts';
import { type Calls, type Params, partsOf, REPO } from './calls.ts';
import { allPages, HEAVY_PER_PAGE } from './pages.ts';
import { failed, type GitHubAnswer, GitHubFailed, messageOf, parsed } from './request.ts';
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
    if (error instanceof NotShown && (await isGone(calls, target, repository))) return null;
    throw error;
  }
}

function listRuns(calls: Calls, target: Target, repository: string, status: LiveStatus) {
  const route = `GET ${REPO}/actions/runs`;
  const use: CallUse = status === 'in_progress' ? 'proof' : 'look';
  return allPages<RunRecord>(
    async (paging) => {
      const params = { ...partsOf(repository), status, exclude_pull_requests: true, ...paging };
      const answer = await calls.ask(target, route, params, use);
      if (isNotShown(answer)) throw new NotShown(route, answer.status, messageOf(answer));
      if (answer.status !== 200) throw failed(route, answer);
      const { total_count: total, workflow_runs: things } = parsed(route, runsPage, answer);
      return { total, things };
    },
    (run) => run.id,
    RUN_PAGES_MAX,
  );
}

/** One 404 may be a slip: the repository itself is not there, or blocked, and that is said to an App that is installed. */
async function isGone(calls: Calls, target: Target, repository: string): Promise<boolean> {
  const answer = await calls.ask(target, `GET ${REPO}`, partsOf(repository));
  return isNotShown(answer) && (await calls.isInstalledAt(target.owner));
}

class NotShown extends GitHubFailed {}

/** It is not there for us; or for nobody: GitHub blocks it for the law (451), or its own terms (403), and lists it all the same. */
const isNotShown = (answer: GitHubAnswer): boolean =>
  answer.status === 404 ||
  answer.status === 451 ||
  (answer.status === 403 && /access blocked/i.test(messageOf(answer)));

/**
 * GitHub lists the newest first. By branch or event it looks in an index, which was seen days behind (cli/cli issue 5440): it
 * is asked only where the newest of all do not reach back to the run. A fork may have a branch of the same name.
 */
export async function hasNewerRun(
  calls: Calls,
  target: Target,
  repository: string,
  { workflowId, branch, event, number, headRepositoryId }: RunRecord,
): Promise<boolean> {
  if (workflowId === null || branch === null || number === null) return false;
  const isNewer = (other: RunRecord) =>
    (other.number ?? 0) > number &&
    other.branch === branch &&
    other.event === event &&
    other.headRepositoryId === headRepositoryId;
  const newest = await newestRuns(calls, target, repository, { workflow_id: workflowId });
  if (newest.some(isNewer)) return true;
  const isFar = newest.length === HEAVY_PER_PAGE && newest.every((other) => (other.number ?? 0) > number);
  if (!isFar) return false;
  const like = await newestRuns(calls, target, repository, { workflow_id: workflowId, branch, event });
  return like.some(isNewer);
}

/** A workflow that is gone has none. */
async function newestRuns(calls: Calls, target: Target, repository: string, which: Params) {
  const route = `GET ${REPO}/actions/workflows/{workflow_id}/runs`;
  const params = { ...partsOf(repository), ...which, exclude_pull_requests: true, per_page: HEAVY_PER_PAGE };
  const answer = await calls.ask(target, route, params);
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw failed(route, answer);
  return parsed(route, runsPage, answer).workflow_runs;
}
