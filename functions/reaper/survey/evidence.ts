/** What only GitHub's own job records can prove. Asked for at most once a sweep. */
import { amend } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import { STARTED_CHECK_MS } from '../../../shared/limits.ts';
import type { Job, JobId, JobRecord } from '../../../shared/nouns.ts';
import { recordOf } from '../events/record.ts';
import { settleEnd } from '../events/record-end.ts';
import { recordStart } from '../events/record-start.ts';
import { holdForReview } from '../events/release-held.ts';
import type { ReaperWorld } from '../world.ts';
import { namingOf } from './naming.ts';
import { type Runs, runsOf } from './runs.ts';

export interface Evidence {
  readonly runs: Runs;
  jobEntry(id: JobId): Promise<JobEntry | null>;
  /** The job that names this runner; null: there is none in any repository that we know; 'unknown': not all could be asked yet. */
  jobNaming(runner: RunnerEntry): Promise<JobRecord | null | 'unknown'>;
}

/** After `deadlineMs` nothing further is asked for a job that names a runner. */
export function gatherEvidence(deadlineMs: number, world: ReaperWorld): Evidence {
  const runs = runsOf(world);
  const naming = namingOf(runs, deadlineMs, world);
  return {
    runs,
    jobNaming: naming,
    jobEntry: async (id) => (await world.ledger.jobs.read(id))?.entry ?? null,
  };
}

/** Asks for a job's own record and takes it as an event. A record that GitHub does not have (null) proves nothing. */
export async function askRecord(job: Job, world: ReaperWorld): Promise<JobRecord['status'] | null> {
  const record = await recordOf(job, world);
  world.log('job.asked', { job: job.id, status: record?.status ?? 'absent' });
  if (record === null) await putOff(job, world);
  else await takeAsEvent(record, world);
  return record?.status ?? null;
}

/** What we saw ourselves goes the same way as what a delivery says. */
export async function takeAsEvent(record: JobRecord, world: ReaperWorld): Promise<void> {
  const { job, status, runner, startedAtMs, completedAtMs } = record;
  const nowMs = world.clock.nowMs();
  if (status === 'completed') {
    const conclusion = record.conclusion ?? 'unknown';
    await settleEnd(
      {
        kind: 'completed',
        job,
        delivery: 'look',
        runner,
        conclusion,
        startedAtMs,
        completedAtMs: completedAtMs ?? nowMs,
      },
      world,
    );
  } else if (status === 'in_progress' && runner !== null) {
    await recordStart(
      { kind: 'in_progress', job, delivery: 'look', runner, startedAtMs: startedAtMs ?? nowMs },
      world,
    );
  } else if (status === 'queued') {
    await queuedAgain(job, world);
  } else if (status !== 'waiting' || !(await holdForReview(job, world))) {
    await putOff(job, world);
  }
}

/** GitHub takes a job back from a runner that does not answer: it waits again. */
async function queuedAgain(job: Job, { ledger, clock }: ReaperWorld): Promise<void> {
  const nextTryAtMs = clock.nowMs();
  await amend(ledger.jobs, job.id, (entry) =>
    entry.startedOn === null
      ? undefined
      : { ...entry, startedOn: null, startedAtMs: null, nextTryAtMs, because: 'GitHub queued it again' },
  );
}

/** Not known now: asked again after a while. */
export async function putOff(job: Job, { ledger, clock }: ReaperWorld): Promise<void> {
  const nextTryAtMs = clock.nowMs() + STARTED_CHECK_MS;
  await amend(ledger.jobs, job.id, (entry) =>
    entry.startedOn === null ? undefined : { ...entry, nextTryAtMs },
  );
}
