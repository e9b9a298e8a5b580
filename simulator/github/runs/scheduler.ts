/**
 * Who gets which job. GitHub docs, "Using self-hosted runners in a workflow": any runner that is online, idle, in
 * scope, whose group serves the repository and which has all of the job's labels. Nothing binds a job to the runner
 * that was started for it, so the choice is drawn.
 */

import { groupServes } from '../accounts.ts';
import { announceJob } from '../announcements.ts';
import type { SimJob, SimRunner } from '../model.ts';
import type { State } from '../state.ts';
import { jobsOf } from './status.ts';

/** Asks for a pass soon; one at a time is enough. */
export function assignSoon(state: State): void {
  if (state.passIsDue || state.queue.size === 0 || state.idle.size === 0) return;
  state.passIsDue = true;
  const [min, max] = state.behaviour.assignMs;
  const waitMs = Math.max(0, state.assignsNothingUntilMs - state.clock.nowMs());
  state.clock.after(waitMs + state.random.whole(min, max), () => {
    state.passIsDue = false;
    if (state.clock.nowMs() < state.assignsNothingUntilMs) assignSoon(state);
    else assignAll(state);
  });
}

function assignAll(state: State): void {
  for (const job of [...state.queue]) {
    if (isMatrixFull(job)) continue;
    const fitting = [...state.idle].filter((runner) => fits(state, runner, job));
    if (fitting.length > 0 && job.status === 'queued') assign(state, state.random.pick(fitting), job);
    if (state.idle.size === 0) return;
  }
}

function fits(state: State, runner: SimRunner, job: SimJob): boolean {
  if (runner.isDeaf) return false;
  const { repository } = job.run;
  if (runner.scope.kind === 'repository') {
    if (runner.scope.repository.toLowerCase() !== repository.fullName.toLowerCase()) return false;
  } else {
    if (runner.scope.organization.toLowerCase() !== repository.owner.login.toLowerCase()) return false;
    const group = state.groups.get(runner.groupId);
    if (group === undefined || !groupServes(group, repository)) return false;
  }
  return job.plan.labels.every((label) => runner.labels.includes(label.toLowerCase()));
}

/** `max-parallel`: GitHub gives out the next when one ends; what it holds so looks like any other queued job. */
function isMatrixFull({ run, plan: { strategy } }: SimJob): boolean {
  if (strategy?.maxParallel === undefined) return false;
  const siblings = jobsOf(run).filter(({ plan }) => plan.strategy?.matrix === strategy.matrix);
  return siblings.filter(({ status }) => status === 'in_progress').length >= strategy.maxParallel;
}

function assign(state: State, runner: SimRunner, job: SimJob): void {
  state.idle.delete(runner);
  state.queue.delete(job);
  runner.job = job;
  if (runner.isVanished) {
    state.clock.after(state.behaviour.pickupMs, () => requeue(state, runner, job));
    return;
  }
  runner.isBusyHidden = state.random.chance(state.behaviour.hiddenBusy);
  runner.isListed = !state.random.chance(state.behaviour.consumedAtAssignment);
  start(state, runner, job);
  runner.listener?.onJob({
    id: job.id,
    runId: job.run.id,
    name: job.plan.name,
    repository: job.run.repository.fullName,
    repositoryId: job.run.repository.id,
    labels: job.plan.labels,
    durationMs: job.plan.durationMs ?? 60_000,
    fails: job.plan.fails === true,
    event: { name: job.run.event, payload: job.run.payload },
  });
}

function start(state: State, runner: SimRunner, job: SimJob): void {
  job.status = 'in_progress';
  job.startedAtMs = state.clock.nowMs();
  job.run.updatedAtMs = job.startedAtMs;
  job.runner = {
    id: runner.id,
    name: runner.name,
    groupId: runner.groupId,
    groupName: state.groups.get(runner.groupId)?.name ?? 'Default',
  };
  announceJob(state, 'in_progress', job);
}

/** GitHub docs: a job that its runner did not pick up within 60 seconds is queued again. */
function requeue(state: State, runner: SimRunner, job: SimJob): void {
  runner.job = null;
  if (job.status !== 'queued') return;
  state.queue.add(job);
  assignSoon(state);
}
