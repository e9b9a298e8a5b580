/** A job that the rules refuse, on a runner of ours nevertheless: GitHub gives a runner what its labels cover. */
import { alertOnce } from '../../../shared/alert-once.ts';
import { forgetCodes } from '../../../shared/code-note.ts';
import { FORK_REFUSED } from '../../../shared/job/forks.ts';
import { guardsOf } from '../../../shared/job/guards.ts';
import { isAllowed, parseLabels, whyNotAllowed } from '../../../shared/job/labels.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { parseJobId, runnerGroupOf, targetOf } from '../../../shared/names.ts';
import type { Job } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';
import type { EndedEvent } from './history.ts';
import { reportRenamed } from './renamed.ts';
import { askForUnknownCode, forkRefusalOf, noteUnknownCode } from './unknown-code.ts';

interface Refused {
  /** Lower-case clause that completes "because …". */
  readonly because: string;
  /** Its author may not have a machine at all; else a mistake in labels, which harms nobody. */
  readonly isForbidden: boolean;
}

/**
 * Its machine has ended it before its first step; here a person is told, and the rest of its run is cancelled, so that
 * nothing of it lies in wait for the next runner.
 */
export async function reportForeignJob(
  job: Job,
  entry: JobEntry | null,
  runner: RunnerEntry,
  world: ReaperWorld,
): Promise<void> {
  if (await reportRenamed(job, entry?.job ?? null, runner, world)) return;
  const refused = await whyRefused(job, entry, runner, world);
  if (refused === 'unknown') await noteUnknownCode(job, runner.name, world);
  else if (refused !== null) await tellOfRefused(job, runner.name, refused, world);
}

/** In each sweep, with the jobs that the ledger has. How many are not known yet. */
export async function reportUnknownCode(
  jobs: readonly Held<JobEntry>[],
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  await forgetCodes(new Set(jobs.map(({ entry }) => entry.job.runId)), world);
  return askForUnknownCode(
    deadlineMs,
    (job, runner, because) => tellOfRefused(job, runner, { because, isForbidden: true }, world),
    world,
  );
}

async function tellOfRefused(job: Job, runner: string, refused: Refused, world: ReaperWorld): Promise<void> {
  const { because, isForbidden } = refused;
  const cancelled = isForbidden ? await cancel(job, world) : 'left';
  const { id, repository, runId } = job;
  const fields = { job: id, repository, run: runId, runner, because, cancelled };
  world.log('security.foreign_job', fields);
  const text = `The runner ${runner} was given the job ${id} of ${repository}, which is refused because ${because}. ${advice(job, refused, cancelled, world)}`;
  await alertOnce(`foreign-${repository}-${because}`.slice(0, 200), text, world);
}

async function whyRefused(
  job: Job,
  entry: JobEntry | null,
  { name }: RunnerEntry,
  world: ReaperWorld,
): Promise<Refused | null | 'unknown'> {
  const { config, ledger } = world;
  const notAllowed = whyNotAllowed(job, config);
  if (notAllowed !== null) return { because: notAllowed, isForbidden: true };
  const parsed = parseLabels(job.labels, job.repository, config);
  if (parsed.kind === 'refused') return parsed;
  if (config.repositories.forks === 'allow') return null;
  const row = await ledger.history.read(job.createdAtMs, job.id);
  if (row?.because === FORK_REFUSED) return { because: FORK_REFUSED, isForbidden: true };
  // Before a launcher has or takes a runner for a job, it asks; another's runner it has not asked for.
  if (parseJobId(name) === job.id || entry?.took === name) return null;
  const because = await forkRefusalOf(job, world);
  return because === FORK_REFUSED ? { because, isForbidden: true } : because;
}

/** That it could not be is told, and stops nothing. */
async function cancel(job: Job, { github, config, log }: ReaperWorld): Promise<'asked' | 'over' | 'refused'> {
  try {
    return await github.cancelRun(targetOf(job, config), job.repository, job.runId);
  } catch (error) {
    log('run.not_cancelled', {
      job: job.id,
      run: job.runId,
      error: error instanceof Error ? error.message : 'unknown',
    });
    return 'refused';
  }
}

function advice(job: Job, { isForbidden }: Refused, cancelled: string, { config }: ReaperWorld): string {
  if (!isForbidden)
    return 'It runs on it, as GitHub allows. Fix its runs-on, or give this deployment a base label of its own.';
  const ended =
    cancelled === 'refused'
      ? 'Its machine ended it, but its run could not be cancelled: cancel it, or give the App `actions: write`.'
      : 'Its machine ended it, and its run is cancelled.';
  if (config.github.scope === 'repository') return ended;
  return `${ended} Restrict the runner group ${runnerGroupOf(job, config)} to the repositories that may use it.`;
}

/**
 * Pure. A machine that is kept for some repositories ends the jobs of all others, for it cannot see their labels: also one
 * that never asked for it. That job did nothing wrong, and is run again.
 */
export function wasTurnedAway(
  { job, conclusion }: EndedEvent,
  runner: RunnerEntry | null,
  { config }: Pick<ReaperWorld, 'config'>,
): boolean {
  if (runner === null || conclusion !== 'failure' || whyNotAllowed(job, config) !== null) return false;
  if (parseLabels(job.labels, job.repository, config).kind === 'refused') return false;
  const machine = parseLabels(runner.labels, null, config);
  if (machine.kind !== 'ours') return false;
  return guardsOf(machine.requirements, config).some(
    ({ repositories }) => !isAllowed(job.repository, repositories),
  );
}
