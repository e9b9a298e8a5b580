/** What a job's record at GitHub says that the ledger does not know. */
import { isForUs } from '../../../shared/job/labels.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LOST_JOB_MS } from '../../../shared/limits.ts';
import { isRunnerName } from '../../../shared/names.ts';
import type { JobRecord } from '../../../shared/nouns.ts';
import { released } from '../brake/charge.ts';
import { takeAsEvent } from '../survey/evidence.ts';
import type { ReaperWorld } from '../world.ts';
import { openLost } from './lost.ts';

/** True: the ledger did not know this. */
export async function takeRecord(
  record: JobRecord,
  held: Held<JobEntry> | undefined,
  world: ReaperWorld,
): Promise<boolean> {
  switch (record.status) {
    case 'completed':
      return held !== undefined && takeEnd(record, world);
    case 'in_progress':
      return takeStart(record, held, world);
    case 'queued':
      return (
        isOurs(record, world) &&
        (held === undefined ? openIfLost(record, world) : takeQueued(record, held, world))
      );
    default:
      return false;
  }
}

async function takeStart(
  record: JobRecord,
  held: Held<JobEntry> | undefined,
  world: ReaperWorld,
): Promise<boolean> {
  const isKnown = record.runner === null || held?.entry.startedOn === record.runner.name;
  if (isKnown || !concernsUs(record, world)) return false;
  await takeAsEvent(record, world);
  return true;
}

/** Where no delivery comes, there is none to wait for. */
async function openIfLost(record: JobRecord, world: ReaperWorld): Promise<boolean> {
  const { clock, config } = world;
  const isYoung = clock.nowMs() - record.job.createdAtMs < LOST_JOB_MS;
  return (config.github.polling || !isYoung) && openLost(record, world);
}

/** Its delivery may be on the way; its run goes on without it. */
async function takeEnd(record: JobRecord, world: ReaperWorld): Promise<boolean> {
  if (world.clock.nowMs() - (record.completedAtMs ?? 0) < LOST_JOB_MS) return false;
  await takeAsEvent(record, world);
  return true;
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

const isOurs = ({ job }: JobRecord, { config }: ReaperWorld): boolean => isForUs(job, config);

/** A job of ours, or anybody's job on a runner of ours. */
function concernsUs(record: JobRecord, world: ReaperWorld): boolean {
  return (
    isOurs(record, world) || (record.runner !== null && isRunnerName(world.config.name, record.runner.name))
  );
}
