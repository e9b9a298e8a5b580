/** Jobs and runs of a repository. */
import { demand } from '../auth.ts';
import type { SimJob, SimRun } from '../model.ts';
import { jobRecord, workflowId } from '../payloads.ts';
import { cancelRun } from '../runs/cancel.ts';
import { type ListedRun, runsListed, runsNow } from '../runs/listed.ts';
import { rerunFailed, rerunJob } from '../runs/rerun.ts';
import { jobsOf, runConclusion, runStatus } from '../runs/status.ts';
import { isoTime, listed, notFound, ok, pageOf, Refusal, type SimResponse } from '../wire.ts';
import { type Call, numberParam, type Route, route } from './route.ts';
import { repositoryFor } from './runners.ts';
import { wholeRun } from './whole.ts';

function runFor(call: Call, level: 'read' | 'write'): SimRun {
  const repository = repositoryFor(call);
  demand(call.caller, 'actions', level);
  const run = call.state.runs.get(numberParam(call, 'id'));
  if (run?.repository !== repository) throw notFound();
  return run;
}

function jobFor(call: Call, level: 'read' | 'write'): SimJob {
  const repository = repositoryFor(call);
  demand(call.caller, 'actions', level);
  const job = call.state.jobs.get(numberParam(call, 'id'));
  if (job?.run.repository !== repository) throw notFound();
  return job;
}

const LIVE = ['queued', 'in_progress', 'waiting', 'pending'];

/** GitHub docs: `status` filters by status or by conclusion. Newest first. */
function runs(call: Call): SimResponse {
  const repository = repositoryFor(call);
  demand(call.caller, 'actions', 'read');
  const status = call.url.searchParams.get('status');
  const isLive = status !== null && LIVE.includes(status);
  const all = runsListed(call.state, repository, isLive).filter(
    (each) => status === null || each.status === status || runConclusion(each.run) === status,
  );
  return listed(call.origin, call.url, 'workflow_runs', all, (each) => recordOf(call, each));
}

function recordOf({ state, origin }: Call, { run, status, attempt, updatedAtMs }: ListedRun) {
  const record = wholeRun(state, run, origin);
  return status === 'completed'
    ? record
    : { ...record, status, conclusion: null, run_attempt: attempt, updated_at: isoTime(updatedAtMs) };
}

/** GitHub docs, "List workflow runs for a workflow": `branch`, `event`, by an index that lags; newest first. */
function workflowRuns(call: Call): SimResponse {
  const repository = repositoryFor(call);
  demand(call.caller, 'actions', 'read');
  const id = numberParam(call, 'id');
  const [branch, event] = ['branch', 'event'].map((name) => call.url.searchParams.get(name));
  const isFiltered = branch !== null || event !== null;
  const all = (isFiltered ? runsListed(call.state, repository, false) : runsNow(call.state, repository))
    .filter(({ run }) => workflowId(run) === id)
    .filter(({ run }) => (branch ?? run.branch) === run.branch && (event ?? run.event) === run.event);
  return listed(call.origin, call.url, 'workflow_runs', all, (each) => recordOf(call, each));
}

/**
 * GitHub ends what takes it ten seconds (docs, "Troubleshooting the REST API"). Seen of pages with 90 and with 88 jobs, and of
 * none with 80 (MeltanoLabs/tap-github pull request 461, opentelemetry-java-instrumentation pull request 18649).
 */
const JOBS_TOLD_MAX = 80;

/** `filter=latest`, the default: jobs of the latest attempt. */
function runJobs(call: Call): SimResponse {
  const run = runFor(call, 'read');
  const isAll = call.url.searchParams.get('filter') === 'all';
  const all = isAll ? [...new Set([...run.attempts.values()].flat())] : jobsOf(run);
  const { number, size } = pageOf(call.url.searchParams);
  if (Math.min(size, all.length - (number - 1) * size) > JOBS_TOLD_MAX)
    throw new Refusal(502, 'Server Error');
  return listed(call.origin, call.url, 'jobs', all, (job) => jobRecord(job, call.origin));
}

function attemptJobs(call: Call): SimResponse {
  const jobs = runFor(call, 'read').attempts.get(numberParam(call, 'attempt'));
  if (jobs === undefined) throw notFound();
  return listed(call.origin, call.url, 'jobs', jobs, (job) => jobRecord(job, call.origin));
}

function rerunFailedJobs(call: Call): SimResponse {
  rerunFailed(call.state, runFor(call, 'write'));
  return ok({}, 201);
}

function rerunOneJob(call: Call): SimResponse {
  rerunJob(call.state, jobFor(call, 'write'));
  return ok({}, 201);
}

function cancel(call: Call): SimResponse {
  const run = runFor(call, 'write');
  if (runStatus(run) === 'completed')
    throw new Refusal(409, 'Cannot cancel a workflow run that is completed.');
  cancelRun(call.state, run);
  return ok({}, 202);
}

const REPO = '/repos/{owner}/{repo}/actions';

export const JOB_ROUTES: readonly Route[] = [
  route(`GET ${REPO}/jobs/{id}`, (call) => ok(jobRecord(jobFor(call, 'read'), call.origin))),
  route(`POST ${REPO}/jobs/{id}/rerun`, rerunOneJob),
  route(`GET ${REPO}/runs`, runs),
  route(`GET ${REPO}/workflows/{id}/runs`, workflowRuns),
  route(`GET ${REPO}/runs/{id}`, (call) => ok(wholeRun(call.state, runFor(call, 'read'), call.origin))),
  route(`GET ${REPO}/runs/{id}/jobs`, runJobs),
  route(`GET ${REPO}/runs/{id}/attempts/{attempt}/jobs`, attemptJobs),
  route(`POST ${REPO}/runs/{id}/rerun-failed-jobs`, rerunFailedJobs),
  route(`POST ${REPO}/runs/{id}/cancel`, cancel),
];
