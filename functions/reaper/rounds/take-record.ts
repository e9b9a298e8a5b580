/** What a job's record at GitHub says that the ledger does not know. */
import { isForUs } from '../../../shared/job/labels.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LOST_JOB_MS } from '../../../shared/limits.ts';
import { isRunnerName } from '../../../shared/names.ts';
import type { JobRecord } from '../../../shared/nouns.ts';
import { released, triedOnChange } from '../brake/charge.ts';
import { isExplained, isHeld } from '../events/held.ts';
import { holdBack, holdForReview, release } from '../events/release-held.ts';
import { takeAsEvent } from '../survey/evidence.ts';
import type { ReaperWorld } from '../world.ts';
import { openLost } from './lost.ts';

/** True: the ledger did not know this. `jobs`: the repository's. */
export async function takeRecord(
  record: JobRecord,
  held: Held<JobEntry> | undefined,
  world: ReaperWorld,
  jobs: readonly Held<JobEntry>[] = [],
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
    case 'pending':
      return held !== undefined && takePending(held, jobs, world);
    case 'waiting':
      return held !== undefined && holdForReview(held.entry.job, world);
    default:
      return false;
  }
}

/** A concurrency group holds it. A job of another run, or of a workflow with no runner of ours, may be what it waits for. */
async function takePending(
  { entry }: Held<JobEntry>,
  jobs: readonly Held<JobEntry>[],
  world: ReaperWorld,
): Promise<boolean> {
  const others = jobs.map((each) => each.entry);
  if (entry.startedOn !== null || isHeld(entry) || isExplained(entry, others)) return false;
  await holdBack(entry, { by: 'record', width: 0 }, world);
  return true;
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
  const { entry } = held;
  if (entry.startedOn === null && isHeld(entry)) return entry.held?.by === 'record' && letGo(entry, world);
  if (entry.startedOn === null) return takeChange(record, held, world);
  await takeAsEvent(record, world);
  return true;
}

async function letGo({ job }: JobEntry, world: ReaperWorld): Promise<boolean> {
  await release(job.id, 'GitHub says that it is queued, and held back no more', world);
  return true;
}

/** What was only looked at is launched for again; for a change of its run it is tried with one runner. */
async function takeChange(
  { job, runChangedAtMs = null }: JobRecord,
  held: Held<JobEntry>,
  { ledger, clock }: ReaperWorld,
): Promise<boolean> {
  const { entry } = held;
  if (entry.obstacle !== 'cap') return false;
  const { labels, name } = job;
  const isSame = String(labels) === String(entry.job.labels) && name === entry.job.name;
  const changed = { ...entry, job: { ...entry.job, labels, name } };
  const next = isSame
    ? triedOnChange(entry, runChangedAtMs, clock.nowMs())
    : released(changed, 'GitHub’s record of it changed', clock.nowMs());
  return next !== undefined && (await ledger.jobs.replace(job.id, held, next)) !== null;
}

const isOurs = ({ job }: JobRecord, { config }: ReaperWorld): boolean => isForUs(job, config);

/** A job of ours, or anybody's job on a runner of ours. */
function concernsUs(record: JobRecord, world: ReaperWorld): boolean {
  return (
    isOurs(record, world) || (record.runner !== null && isRunnerName(world.config.name, record.runner.name))
  );
}
