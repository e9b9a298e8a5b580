/** Looks at GitHub for jobs that nobody told us of, and for those that ended or started unnoticed. */

import { isForUs } from '../../../shared/job/labels.ts';
import { removeEntry } from '../../../shared/ledger/amend.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { hasEnded } from '../../../shared/ledger/read-history.ts';
import { LOST_JOB_MS, OVERDUE_PER_SWEEP_MAX } from '../../../shared/limits.ts';
import { isRunnerName } from '../../../shared/names.ts';
import type { Job, JobRecord } from '../../../shared/nouns.ts';
import { released } from '../brake/charge.ts';
import { askRecord, type Evidence, putOff, takeAsEvent } from '../survey/evidence.ts';
import { type KnownRepository, rememberRepositories } from '../survey/known.ts';
import type { Survey } from '../survey/survey.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { dropExpired } from './expired.ts';
import { openLost } from './lost.ts';
import { listRepositories, nextInTurn, rememberTurn } from './turn.ts';

/** How many jobs were found that the ledger did not know so. */
export async function lookForJobs(
  survey: Survey,
  evidence: Evidence,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  await rememberRepositories(
    survey.jobs.map(({ entry }) => entry.job),
    world,
  );
  await listRepositories(world);
  const { inTurn, from, known } = await nextInTurn(world);
  let found = 0;
  const failures: string[] = [];
  const left = await untilDeadline(inTurn, deadlineMs, world.clock, async (repository) => {
    try {
      found += await lookInto(repository, survey, evidence, deadlineMs, world);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : 'unknown');
    }
  });
  await rememberTurn(from + inTurn.length - (left?.count ?? 0), known, world);
  await askOverdue(survey, new Set(inTurn.map(({ repository }) => repository)), world);
  await dropExpired(survey.jobs, world);
  if (failures.length > 0) throw new Error(`${failures.length} repositories: ${failures[0]}`);
  return found;
}

async function lookInto(
  repository: KnownRepository,
  survey: Survey,
  evidence: Evidence,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  const { things, complete, isGone } = await evidence.activeJobs(repository);
  const jobs = survey.jobs.filter(({ entry }) => entry.job.repository === repository.repository);
  if (isGone) return dropJobs(jobs, world);
  const known = new Map(jobs.map((held) => [held.entry.job.id, held]));
  const found = await countInTime(things, deadlineMs, world, (record) =>
    takeRecord(record, known.get(record.job.id), world),
  );
  return complete ? found + (await askEnded(things, jobs, deadlineMs, world)) : found;
}

/** How many `act` says yes to. One that fails does not stop the rest. */
async function countInTime<Thing>(
  things: readonly Thing[],
  deadlineMs: number,
  { clock }: ReaperWorld,
  act: (thing: Thing) => Promise<boolean>,
): Promise<number> {
  let count = 0;
  const failures: unknown[] = [];
  await untilDeadline(things, deadlineMs, clock, async (thing) => {
    try {
      if (await act(thing)) count++;
    } catch (error) {
      failures.push(error);
    }
  });
  if (failures.length > 0) throw failures[0];
  return count;
}

/** Nothing is written of their end: should we see their repository again, they are found again. */
async function dropJobs(jobs: readonly Held<JobEntry>[], { ledger, log }: ReaperWorld): Promise<number> {
  for (const held of jobs) {
    const { id: job, repository } = held.entry.job;
    const removed = await ledger.jobs.remove(job, held);
    log('job.dropped', { job, repository, removed });
  }
  return jobs.length;
}

/** Jobs of elsewhere that a runner of ours was given: nobody looks at their repositories. */
async function askOverdue(
  { jobs }: Survey,
  lookedAt: ReadonlySet<string>,
  world: ReaperWorld,
): Promise<void> {
  const nowMs = world.clock.nowMs();
  const overdue = jobs.filter(
    ({ entry }) =>
      entry.startedOn !== null && entry.nextTryAtMs <= nowMs && !lookedAt.has(entry.job.repository),
  );
  for (const { entry } of overdue.slice(0, OVERDUE_PER_SWEEP_MAX)) {
    await putOff(entry.job, world);
    try {
      await askRecord(entry.job, world);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      world.log('look.failed', { repository: entry.job.repository, error: reason });
    }
  }
}

/** True: the ledger did not know this. */
async function takeRecord(
  record: JobRecord,
  held: Held<JobEntry> | undefined,
  world: ReaperWorld,
): Promise<boolean> {
  if (record.status === 'in_progress') {
    if (record.runner === null || held?.entry.startedOn === record.runner.name || !concernsUs(record, world))
      return false;
    await takeAsEvent(record, world);
    return true;
  }
  if (record.status !== 'queued' || !isOurs(record, world)) return false;
  if (held !== undefined) return takeQueued(record, held, world);
  // Where no delivery comes, there is none to wait for.
  const { clock, config } = world;
  if (!config.github.polling && clock.nowMs() - record.job.createdAtMs < LOST_JOB_MS) return false;
  return openLost(record, world);
}

/** GitHub took a job back from a runner that it had started on, or has changed what it says of it. */
async function takeQueued(record: JobRecord, held: Held<JobEntry>, world: ReaperWorld): Promise<boolean> {
  if (held.entry.startedOn === null) return takeChange(record, held, world);
  await takeAsEvent(record, world);
  return true;
}

/** What was only looked at is launched for again. */
async function takeChange(
  { job }: JobRecord,
  held: Held<JobEntry>,
  { ledger, clock }: ReaperWorld,
): Promise<boolean> {
  const isSame = String(job.labels) === String(held.entry.job.labels) && job.name === held.entry.job.name;
  if (held.entry.obstacle !== 'cap' || isSame) return false;
  const because = 'GitHub’s record of it changed';
  const { labels, name } = job;
  const next = released({ ...held.entry, job: { ...held.entry.job, labels, name } }, because, clock.nowMs());
  return (await ledger.jobs.replace(job.id, held, next)) !== null;
}

/** Jobs that the ledger has and GitHub does not list as active: their own records tell how they ended. */
async function askEnded(
  active: readonly JobRecord[],
  jobs: readonly Held<JobEntry>[],
  deadlineMs: number,
  world: ReaperWorld,
): Promise<number> {
  const listed = new Set(active.map(({ job }) => job.id));
  const nowMs = world.clock.nowMs();
  const missing = jobs.filter(
    ({ entry }) => !listed.has(entry.job.id) && nowMs - entry.job.createdAtMs > LOST_JOB_MS,
  );
  return countInTime(missing, deadlineMs, world, async ({ entry }) => {
    await settle(entry.job, world);
    return true;
  });
}

/** An entry in both tables was left by a crash between the two writes of an end: GitHub need not be asked. */
async function settle(job: Job, world: ReaperWorld): Promise<void> {
  if (await hasEnded(job, world.ledger)) await removeEntry(world.ledger.jobs, job.id);
  else await askRecord(job, world);
}

const isOurs = ({ job }: JobRecord, { config }: ReaperWorld): boolean => isForUs(job, config);

/** A job of ours, or anybody's job on a runner of ours. */
function concernsUs(record: JobRecord, world: ReaperWorld): boolean {
  return (
    isOurs(record, world) || (record.runner !== null && isRunnerName(world.config.name, record.runner.name))
  );
}
