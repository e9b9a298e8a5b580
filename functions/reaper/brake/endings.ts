/** Runners that came to their end without a job, though their job waits: judged by the outcome alone. Pure. */
import type { Ending, JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { VERSION_REFUSED_STATUS, versionRefused } from '../../../shared/runner/exit.ts';
import { isHeld } from '../events/held.ts';
import { GIVEN_NOTHING } from '../repair/diagnose.ts';
import { isStopped } from '../survey/machine-status.ts';
import type { Observation } from '../survey/observe.ts';

export interface Waste {
  readonly runner: RunnerEntry;
  readonly job: Held<JobEntry>;
  readonly ending: Ending;
  /** As they were seen. */
  readonly instances: Observation['instances'];
  /** Of the runner, where it is known. */
  readonly version?: string | null;
}

/**
 * `spent`: runners that can take no job any more; `uncovered`: waiting jobs with no runner coming. A surplus runner is no
 * waste, because its job has ended, or has another; nor is a launch that never had an instance.
 */
export function wastesIn(
  spent: readonly Observation[],
  uncovered: readonly Held<JobEntry>[],
): readonly Waste[] {
  const waiting = new Map(uncovered.map((held) => [held.entry.job.id, held]));
  return spent.flatMap((observation): Waste[] => {
    const runner = observation.held?.entry;
    if (runner === undefined || !isWithoutJob(runner, observation)) return [];
    const job = runner.for === null ? undefined : waiting.get(runner.for);
    if (job === undefined || isCharged(runner, job.entry) || isOfHold(runner, job.entry)) return [];
    return [{ runner, job, ending: endingOf(runner, observation), instances: observation.instances }];
  });
}

/**
 * The same of jobs that GitHub holds back: no waste of theirs, but a machine that failed says of its offering what it would of
 * any. Told again by each sweep until the runner is closed.
 */
export function failedWhileHeld(
  spent: readonly Observation[],
  jobs: readonly Held<JobEntry>[],
): readonly Pick<Waste, 'runner' | 'ending'>[] {
  const held = new Set(jobs.filter(({ entry }) => isHeld(entry)).map(({ entry }) => entry.job.id));
  return spent.flatMap((observation) => {
    const runner = observation.held?.entry;
    if (runner === undefined || !isWithoutJob(runner, observation)) return [];
    if (runner.for === null || !held.has(runner.for)) return [];
    const ending = endingOf(runner, observation);
    return isOfTheMachine(ending) ? [{ runner, ending }] : [];
  });
}

/**
 * What a person ended, or what its job's end made unwanted, says nothing about anything; nor does a stopped machine whose start
 * never came.
 */
export function isWithoutJob(runner: RunnerEntry, { instances, registration }: Observation): boolean {
  const { state, busyWith, ran, isUnwanted, instanceId, standby } = runner;
  if (standby === 'starting') return false;
  const hadJob = state === 'busy' || busyWith !== null || ran !== null || registration?.isBusy === true;
  return !hadJob && !isUnwanted && (instanceId !== null || instances.length > 0);
}

/** A crash, or the next sweep, finds it charged: the job's entry names the runner. */
export const isCharged = ({ name }: Pick<RunnerEntry, 'name'>, { wastes = [] }: JobEntry): boolean =>
  wastes.some(({ runner }) => runner === name);

/** It was taken off GitHub while its job was held, which may have been let go since. */
const isOfHold = ({ removedAtMs }: RunnerEntry, job: JobEntry): boolean =>
  isHeld(job) || (removedAtMs !== null && removedAtMs < (job.releasedAtMs ?? 0));

/** What it came to before we retired it: that its machine is gone after that is our own doing. */
export function endingOf(runner: RunnerEntry, { instances, registration, isGone }: Observation): Ending {
  const { onlineAtMs, state } = runner;
  if (instances.some(({ isRecycling }) => isRecycling)) return 'taken back';
  if (isGone && state !== 'retiring') return 'gone';
  // Taken off GitHub for that, it ends, and its machine stops.
  if (isGivenNothing(runner)) return 'given nothing';
  if (instances.some(isStopped)) return onlineAtMs === null ? 'stopped in its boot' : 'stopped';
  if (onlineAtMs === null) return 'never online';
  return endingOnline(runner, registration?.isOnline === true);
}

const isGivenNothing = ({ removedAtMs, because }: RunnerEntry): boolean =>
  removedAtMs !== null && because === GIVEN_NOTHING;

function endingOnline({ removedAtMs, state }: RunnerEntry, isOnline: boolean): Ending {
  if (removedAtMs !== null) return 'given nothing';
  return state === 'idle' && !isOnline ? 'offline' : 'ended';
}

/** Lower-case clauses that complete "was of no use: …". */
const ENDING_WORDS: Readonly<Record<Ending, string>> = {
  'taken back': 'the spot market takes its machine back',
  gone: 'its machine is gone',
  'stopped in its boot': 'its machine stopped before it was online',
  'never online': 'it never came online',
  stopped: 'it was online, and its machine stopped without a job',
  'version refused': versionRefused(null),
  offline: 'it was online, and went offline without a job',
  'given nothing': GIVEN_NOTHING,
  ended: 'it ended without a job',
};

export const ENDINGS = Object.keys(ENDING_WORDS) as [Ending, ...Ending[]];

export const wordsOf = (ending: Ending, version: string | null = null): string =>
  ending === 'version refused' ? versionRefused(version) : ENDING_WORDS[ending];

/** Endings that a machine's console can tell more of. */
export const isTold = (ending: Ending): boolean =>
  ending === 'stopped' || ending === 'stopped in its boot' || ending === 'offline';

/** What the runner did before, as the console has it: GitHub refused its version, or it ended without a job. */
export function endingWith(ending: Ending, exit: number | null): Ending {
  if (exit === null || !isTold(ending)) return ending;
  if (exit === VERSION_REFUSED_STATUS) return 'version refused';
  return ending === 'stopped in its boot' ? ending : 'ended';
}

const OF_THE_MACHINE: ReadonlySet<Ending> = new Set([
  ...(['taken back', 'gone', 'stopped in its boot', 'never online'] as const),
]);

/** The machine was of no use, whatever GitHub would have given it. */
export const isOfTheMachine = (ending: Ending): boolean => OF_THE_MACHINE.has(ending);
