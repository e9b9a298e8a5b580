/** Workflow runs: jobs that need other jobs, environment gates, fail-fast, and how all of it ends. */

import { repositoryOf } from '../accounts.ts';
import { announceJob, announceRun } from '../announcements.ts';
import type { Conclusion, Repository, SimJob, SimRun } from '../model.ts';
import { eventPayload } from '../payloads.ts';
import { newId, type State } from '../state.ts';
import { enterGroup, leaveGroup } from './concurrency.ts';
import type { JobPlan, RunPlan } from './plans.ts';
import { assignSoon } from './scheduler.ts';
import { jobsOf, runStatus } from './status.ts';

const FORGOTTEN = new WeakSet<SimRun>();

const QUEUED_MAX_MS = 24 * 3_600_000;

export function queueRun(state: State, plan: RunPlan): SimRun {
  const repository: Repository = repositoryOf(state, plan.repository);
  const nowMs = plan.forgottenSinceMs ?? state.clock.nowMs();
  repository.pushedAtMs = nowMs;
  const id = newId(state);
  const head = {
    repository,
    event: plan.event ?? (plan.fork === undefined ? 'push' : 'pull_request'),
    headRepository: plan.fork === undefined ? repository.fullName : plan.fork,
  };
  const run: SimRun = {
    id,
    workflow: plan.workflow ?? 'CI',
    headSha: plan.headSha ?? id.toString(16).padStart(40, '0'),
    number: state.runs.size + 1,
    ...head,
    payload: eventPayload(head),
    branch: plan.branch ?? 'main',
    concurrency: plan.concurrency ?? null,
    isPending: false,
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
  begin(state, run);
  return run;
}

/** A run that its concurrency group holds has no jobs before its turn. */
export function begin(state: State, run: SimRun): void {
  if (!FORGOTTEN.has(run)) announceRun(state, 'requested', run);
  if (run.concurrency === null) advance(state, run);
  else enterGroup(state, run, run.concurrency, () => advance(state, run));
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
    isPending: false,
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

/** GitHub says `queued` when a job is made, also of one that is held; RunsOn issue 347. */
function enqueue(state: State, job: SimJob): void {
  const { concurrency } = job.plan;
  job.status = 'queued';
  if (FORGOTTEN.has(job.run)) return;
  if (concurrency !== undefined) enterGroup(state, job, concurrency, () => ready(state, job));
  if (!isQueued(job)) return;
  if (!job.isPending) state.queue.add(job);
  announceJob(state, 'queued', job);
  assignSoon(state);
  state.clock.after(QUEUED_MAX_MS, () => {
    if (job.status === 'queued') endJob(state, job, 'failure');
  });
}

/** By now a newer one may have taken its place in the group. */
const isQueued = (job: SimJob): boolean => job.status === 'queued';

/** Its concurrency group holds it no longer. */
function ready(state: State, job: SimJob): void {
  if (!isQueued(job)) return;
  state.queue.add(job);
  assignSoon(state);
}

export function endJob(state: State, job: SimJob, conclusion: Conclusion): void {
  if (job.status === 'completed') return;
  const { run, plan } = job;
  state.queue.delete(job);
  job.status = 'completed';
  job.isPending = false;
  job.conclusion = conclusion;
  job.completedAtMs = state.clock.nowMs();
  run.updatedAtMs = job.completedAtMs;
  announceJob(state, 'completed', job);
  if (conclusion === 'failure') failFast(state, job);
  if (!run.isCancelled) advance(state, run);
  if (plan.concurrency !== undefined) leaveGroup(state, job, plan.concurrency);
  // Its place in the matrix is free.
  if (plan.strategy !== undefined) assignSoon(state);
  endRun(state, run);
}

/** GitHub docs, `fail-fast`: "will cancel all in-progress and queued jobs in the matrix if any job in the matrix fails". */
function failFast(state: State, { run, plan: { strategy } }: SimJob): void {
  if (strategy === undefined || strategy.failFast === false) return;
  const siblings = jobsOf(run).filter(({ plan }) => plan.strategy?.matrix === strategy.matrix);
  for (const job of siblings) state.cancel(job);
}

/** When its last job has ended, or it was cancelled before it had any. */
export function endRun(state: State, run: SimRun): void {
  if (runStatus(run) !== 'completed' || !state.liveRuns.delete(run)) return;
  run.isPending = false;
  announceRun(state, 'completed', run);
  if (run.concurrency !== null) leaveGroup(state, run, run.concurrency);
}
