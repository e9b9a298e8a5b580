/**
 * Check runs. GitHub docs, "REST API endpoints for check runs": an App with `checks: write` makes them on a commit of
 * the repository, and changes its own; lists are filtered by name, and show the latest of a name unless `filter=all`.
 * Shapes are those of GitHub's OpenAPI description, as octokit has it.
 */
import type { Octokit } from '@octokit/core';
import { demand } from '../auth.ts';
import { admitContent } from '../limits.ts';
import type { Repository, SimCheckRun } from '../model.ts';
import { queueRun } from '../runs/runs.ts';
import { jobsOf } from '../runs/status.ts';
import { newId, type State } from '../state.ts';
import { isoTime, isoTimeOrNull, listed, notFound, ok, Refusal, type SimResponse } from '../wire.ts';
import { bodyOf, Change, Creation } from './check-body.ts';
import { type Call, numberParam, param, type Route, route } from './route.ts';
import { repositoryFor } from './runners.ts';
import { wholeApp } from './whole.ts';

/** What octokit says that GitHub answers. */
const create = (client: Octokit, body: { name: string; head_sha: string; owner: string; repo: string }) =>
  client.request('POST /repos/{owner}/{repo}/check-runs', body);
type Answered = Awaited<ReturnType<typeof create>>['data'];

function recordOf(
  check: SimCheckRun,
  appId: number,
  origin: string,
): Omit<Answered, 'app'> & { app: object } {
  const { id, repository, output } = check;
  const url = `${origin}/repos/${repository.fullName}/check-runs/${id}`;
  return {
    id,
    head_sha: check.headSha,
    node_id: `CR_${id}`,
    external_id: check.externalId,
    url,
    html_url: `https://github.com/${repository.fullName}/runs/${id}`,
    details_url: check.detailsUrl,
    status: check.status,
    conclusion: check.conclusion as Answered['conclusion'],
    started_at: isoTimeOrNull(check.startedAtMs),
    completed_at: isoTimeOrNull(check.completedAtMs),
    output: { ...output, annotations_count: 0, annotations_url: `${url}/annotations` },
    name: check.name,
    check_suite: { id: repository.id },
    app: wholeApp(appId, check.startedAtMs ?? 0),
    pull_requests: [],
  };
}

/** The head of a fork's pull request is in the network of the repository, too. */
function hasCommit(state: State, repository: Repository, sha: string): boolean {
  return [...state.runs.values()].some((run) => run.repository === repository && run.headSha === sha);
}

function createCheck(call: Call): SimResponse {
  const { state, caller } = call;
  const repository = repositoryFor(call);
  demand(caller, 'checks', 'write');
  admitContent(state, caller.name);
  const body = bodyOf(call, Creation);
  if (!hasCommit(state, repository, body.head_sha))
    throw new Refusal(422, `No commit found for SHA: ${body.head_sha}`);
  const nowMs = state.clock.nowMs();
  const check: SimCheckRun = {
    id: newId(state),
    repository,
    headSha: body.head_sha,
    createdAtMs: nowMs,
    name: body.name,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAtMs: nowMs,
    completedAtMs: null,
    output: { title: null, summary: null, text: null },
  };
  state.checkRuns.set(check.id, check);
  change(state, check, body);
  return ok(recordOf(check, state.options.app.id, call.origin), 201);
}

function updateCheck(call: Call): SimResponse {
  const { state, caller } = call;
  const repository = repositoryFor(call);
  demand(caller, 'checks', 'write');
  admitContent(state, caller.name);
  const id = numberParam(call, 'id');
  if (state.jobs.get(id)?.run.repository === repository)
    throw new Refusal(
      403,
      'Invalid app_id - check run can only be modified by the GitHub App that created it.',
    );
  const check = state.checkRuns.get(id);
  if (check?.repository !== repository) throw notFound();
  change(state, check, bodyOf(call, Change));
  return ok(recordOf(check, state.options.app.id, call.origin));
}

function change(state: State, check: SimCheckRun, body: Change): void {
  const { output, started_at } = body;
  check.name = body.name ?? check.name;
  check.externalId = body.external_id ?? check.externalId;
  check.detailsUrl = body.details_url ?? check.detailsUrl;
  if (started_at !== undefined) check.startedAtMs = Date.parse(started_at);
  if (output !== undefined)
    check.output = { title: output.title, summary: output.summary, text: output.text ?? null };
  settle(check, body, state.clock.nowMs());
  if (check.status === 'completed') runWhatAwaits(state, check.repository);
}

/** "Providing `conclusion` will automatically set the `status` parameter to `completed`." */
function settle(check: SimCheckRun, { status, conclusion }: Change, nowMs: number): void {
  check.status = conclusion === undefined ? (status ?? check.status) : 'completed';
  const isCompleted = check.status === 'completed';
  check.conclusion = isCompleted ? (conclusion ?? check.conclusion) : null;
  check.completedAtMs = isCompleted ? nowMs : null;
}

/**
 * GitHub docs, "Events that trigger workflows", `check_run`: only check suites of GitHub Actions itself start none. Its
 * run is on the last commit of the default branch. Whether a change of what is completed already starts another is not
 * documented.
 */
function runWhatAwaits(state: State, { fullName }: Repository): void {
  const jobs = state.options.onCheckRun?.[fullName];
  if (jobs !== undefined)
    queueRun(state, { repository: fullName, event: 'check_run', workflow: 'Await', jobs });
}

/** Jobs are check runs of GitHub Actions, and in the same list. */
function checksOfCommit(call: Call): SimResponse {
  const repository = repositoryFor(call);
  demand(call.caller, 'checks', 'read');
  const sha = param(call, 'ref');
  if (!hasCommit(call.state, repository, sha)) throw new Refusal(422, `No commit found for SHA: ${sha}`);
  const { searchParams } = call.url;
  const name = searchParams.get('check_name');
  const own = [...call.state.checkRuns.values()]
    .filter((check) => check.repository === repository && check.headSha === sha)
    .filter((check) => call.state.clock.nowMs() - check.createdAtMs >= call.state.behaviour.checkListLagMs)
    .map((check) => recordOf(check, call.state.options.app.id, call.origin));
  const found = [...jobChecks(call, repository, sha), ...own].filter(
    (check) => name === null || check.name === name,
  );
  const latest = new Map(found.map((check) => [`${JSON.stringify(check.app)} ${check.name}`, check]));
  const shown = searchParams.get('filter') === 'all' ? found : [...latest.values()];
  return listed(call.origin, call.url, 'check_runs', shown.reverse(), (check) => check);
}

const ACTIONS_APP = 15_368;

function jobChecks({ state, origin }: Call, repository: Repository, sha: string) {
  const runs = [...state.runs.values()].filter((run) => run.repository === repository && run.headSha === sha);
  return runs.flatMap(jobsOf).map((job) => ({
    id: job.id,
    name: job.plan.name,
    head_sha: sha,
    external_id: `job-${job.id}`,
    url: `${origin}/repos/${repository.fullName}/check-runs/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    started_at: isoTime(job.startedAtMs ?? job.createdAtMs),
    completed_at: isoTimeOrNull(job.completedAtMs),
    app: wholeApp(ACTIONS_APP, job.createdAtMs),
  }));
}

const REPO = '/repos/{owner}/{repo}';

export const CHECK_ROUTES: readonly Route[] = [
  route(`POST ${REPO}/check-runs`, createCheck),
  route(`PATCH ${REPO}/check-runs/{id}`, updateCheck),
  route(`GET ${REPO}/commits/{ref}/check-runs`, checksOfCommit),
];
