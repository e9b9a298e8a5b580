/** What a real runner does with its JIT config: connects once, takes one job, ends. */

import type { RunnerListener } from '../listener.ts';
import type { Conclusion, SimRunner } from '../model.ts';
import { dropRunner, goOffline } from '../runners.ts';
import type { State } from '../state.ts';
import { endJob } from './runs.ts';
import { assignSoon } from './scheduler.ts';

export interface RunnerSession {
  readonly runnerId: number;
  readonly name: string;
  /** Connected, and without a job. */
  isIdle(): boolean;
  /** The job's steps are over. Throws where there is no job. */
  finishJob(conclusion: 'success' | 'failure' | 'cancelled'): void;
  /** The process ends in good order (SIGTERM); a job that it was running fails at once. */
  disconnect(): void;
  /** The machine is gone: GitHub finds out by and by. */
  vanish(): void;
}

export class ConfigRefused extends Error {}

/** A config is good for one session ever; unknown, removed and used ones are refused. */
export function connectRunner(state: State, jitConfig: string, listener: RunnerListener): RunnerSession {
  const runner = state.runnersByConfig.get(jitConfig);
  if (runner === undefined) {
    throw new ConfigRefused('The runner registration has been deleted from the server, please re-configure.');
  }
  if (runner.isUsed) throw new ConfigRefused('A session for this runner already exists.');
  runner.isUsed = true;
  runner.isOnline = true;
  runner.listener = listener;
  state.idle.add(runner);
  assignSoon(state);
  return {
    runnerId: runner.id,
    name: runner.name,
    isIdle: () => runner.isOnline && runner.job === null,
    finishJob: (conclusion) => finish(state, runner, conclusion),
    disconnect: () => disconnect(state, runner),
    vanish: () => vanish(state, runner),
  };
}

function finish(state: State, runner: SimRunner, conclusion: Conclusion): void {
  if (runner.isVanished) throw new Error(`${runner.name} has vanished`);
  if (runner.job === null) throw new Error(`${runner.name} has no job to finish`);
  spend(state, runner, conclusion, 'done');
}

/** The job ends, and with it the registration: a JIT runner is ephemeral. */
export function spend(
  state: State,
  runner: SimRunner,
  conclusion: Conclusion,
  because: 'done' | 'cancelled' | null,
): void {
  const { job, listener } = runner;
  runner.job = null;
  runner.listener = null;
  dropRunner(state, runner);
  if (job !== null) endJob(state, job, conclusion);
  if (because !== null) listener?.onExit?.(because);
}

function disconnect(state: State, runner: SimRunner): void {
  if (runner.isVanished) return;
  if (runner.job !== null) spend(state, runner, 'failure', null);
  else if (runner.isOnline) goOffline(state, runner);
}

function vanish(state: State, runner: SimRunner): void {
  if (runner.isVanished) return;
  runner.isVanished = true;
  runner.listener = null;
  const { job } = runner;
  state.clock.after(state.behaviour.offlineMs, () => goOffline(state, runner));
  if (job === null) return;
  state.clock.after(state.behaviour.lostMs, () => {
    if (runner.job === job && job.status === 'in_progress') spend(state, runner, 'failure', null);
  });
}
