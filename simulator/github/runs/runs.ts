/** Workflow runs: attempts, jobs that need other jobs, environment gates, re-runs. */

import { repositoryOf } from '../accounts.ts';
import { announceJob, announceRun } from '../announcements.ts';
import type { Conclusion, JobPlan, Repository, SimJob, SimRun } from '../model.ts';
import { newId, type State } from '../state.ts';
import { Refusal } from '../wire.ts';
import { assignSoon } from './scheduler.ts';
import { jobsOf, runStatus } from './status.ts';

export interface RunPlan {
  readonly repository: string;
  readonly jobs: readonly JobPlan[];
  /** owner/name of the fork that the head commit lives in; null: a fork that is gone. */
  readonly fork?: string | null;
  readonly event?: string;
  /** Its name; default: CI. */
  readonly workflow?: string;
  /** Default: a commit of its own. */
  readonly headSha?: string;
  /**
   * GitHub lost this run then (zephyr PR 52061, dfinity/oisy-wallet PR 13759: `queued` for more than a year): its jobs
   * are in no delivery, no runner is given one, and nothing ends them.
   */
  readonly forgottenSinceMs?: number;
}

const FORGOTTEN = new WeakSet<SimRun>();

const QUEUED_MAX_MS = 24 * 3_600_000;
const RERUN_MAX_MS = 30 * 24 * 3_600_000;

export function queueRun(state: State, plan: RunPlan): SimRun {
  const repository: Repository = repositoryOf(state, plan.repository);
  const nowMs = plan.forgottenSinceMs ?? state.clock.nowMs();
  repository.pushedAtMs = nowMs;
  const id = newId(state);
  const run: SimRun = {
    id,
    workflow: plan.workflow ?? 'CI',
    headSha: plan.headSha ?? id.toString(16).padStart(40, '0'),
    number: state.runs.size + 1,
    repository,
    event: plan.event ?? (plan.fork === undefined ? 'push' : 'pull_request'),
    headRepository: plan.fork === undefined ? repository.fullName : plan.fork,
    plans: plan.jobs,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    attempt: 1,
    attempts: new Map([[1, []]]),
    isCancelled: false,
  };
  state.runs.set(run.id, run);
  state.liveRuns.add(run);
  if (plan.forgottenSinceMs !== undefined) FORGOTTEN.add(run);
  else announceRun(state, 'requested', run);
  advance(state, run);
  return run;
}

/** Makes every job whose needs are met; those whose needs failed are skipped. */
function advance(state: State, run: SimRun): void {
  for (const plan of run.plans) {
    const jobs = jobsOf(run);
    if (jobs.some((job) => job.plan.name === plan.name)) continue;
    const needed = (plan.needs ?? []).map((name) => jobs.find((job) => job.plan.name === name));
    if (needed.some((job) => (job?.conclusion ?? 'success') !== 'success')) {
      make(state, run, plan, 'skipped');
      advance(state, run);
    } else if (needed.every((job) => job?.conclusion === 'success')) {
      make(state, run, plan, null);
    }
  }
}

function make(state: State, run: SimRun, plan: JobPlan, conclusion: 'skipped' | null): SimJob {
  const nowMs = FORGOTTEN.has(run) ? run.createdAtMs : state.clock.nowMs();
  const job: SimJob = {
    id: newId(state),
    run,
    attempt: run.attempt,
    plan,
    createdAtMs: nowMs,
    status: conclusion === null ? 'queued' : 'completed',
    conclusion,
    runner: null,
    startedAtMs: conclusion === null ? null : nowMs,
    completedAtMs: conclusion === null ? null : nowMs,
  };
  state.jobs.set(job.id, job);
  run.attempts.get(run.attempt)?.push(job);
  if (conclusion !== null) announceJob(state, 'completed', job);
  else if (plan.environmentGate === true) gate(state, job);
  else enqueue(state, job);
  return job;
}

/** octokit's examples: a gated job is announced as `queued` with status `waiting`, and as `waiting`. */
function gate(state: State, job: SimJob): void {
  job.status = 'waiting';
  announceJob(state, 'queued', job);
  announceJob(state, 'waiting', job);
}

/** The reviewer's yes: `queued` is announced a second time. */
export function approve(state: State, jobId: number): void {
  const job = state.jobs.get(jobId);
  if (job?.status !== 'waiting') throw new Error(`job ${jobId} waits for no review`);
  enqueue(state, job);
}

function enqueue(state: State, job: SimJob): void {
  job.status = 'queued';
  if (FORGOTTEN.has(job.run)) return;
  state.queue.add(job);
  announceJob(state, 'queued', job);
  assignSoon(state);
  state.clock.after(QUEUED_MAX_MS, () => {
    if (job.status === 'queued') endJob(state, job, 'failure');
  });
}

export function endJob(state: State, job: SimJob, conclusion: Conclusion): void {
  if (job.status === 'completed') return;
  const { run } = job;
  state.queue.delete(job);
  job.status = 'completed';
  job.conclusion = conclusion;
  job.completedAtMs = state.clock.nowMs();
  run.updatedAtMs = job.completedAtMs;
  announceJob(state, 'completed', job);
  if (!run.isCancelled) advance(state, run);
  if (runStatus(run) !== 'completed') return;
  state.liveRuns.delete(run);
  announceRun(state, 'completed', run);
}

/** `rerun-failed-jobs`: the failed, the cancelled, the skipped, and what needed them. */
export function rerunFailed(state: State, run: SimRun): void {
  const names = jobsOf(run)
    .filter(({ conclusion }) => conclusion !== 'success')
    .map(({ plan }) => plan.name);
  if (names.length === 0) throw new Refusal(403, 'This workflow run cannot be retried');
  rerun(state, run, new Set(names));
}

/** `jobs/{id}/rerun`: that job, and what needed it. */
export function rerunJob(state: State, job: SimJob): void {
  if (!jobsOf(job.run).includes(job)) throw new Refusal(403, 'This job cannot be retried');
  rerun(state, job.run, new Set([job.plan.name]));
}

/** RunsOn issue 259: refused while the run is in progress. A job that is run again gets a new id. */
function rerun(state: State, run: SimRun, names: Set<string>): void {
  if (runStatus(run) !== 'completed') throw new Refusal(403, 'This workflow is already running');
  if (state.clock.nowMs() > run.createdAtMs + RERUN_MAX_MS) {
    throw new Refusal(403, 'Unable to re-run this workflow run because it was created over a month ago');
  }
  for (const { name, needs = [] } of run.plans) {
    if (needs.some((needed) => names.has(needed))) names.add(name);
  }
  const kept = jobsOf(run).filter(({ plan }) => !names.has(plan.name));
  run.attempt++;
  run.isCancelled = false;
  run.updatedAtMs = state.clock.nowMs();
  run.attempts.set(run.attempt, [...kept]);
  state.liveRuns.add(run);
  announceRun(state, 'requested', run);
  advance(state, run);
}
