/** Jobs that are queued for longer than GitHub lets a job be queued, or that nobody can say the end of: nothing is done for them any more. */
import { alertOnce } from '../../../shared/alert-once.ts';
import { isTurnedAway } from '../../../shared/budget.ts';
import { amend, removeEntry } from '../../../shared/ledger/amend.ts';
import type { JobEntry, TrailLine } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import {
  LIFETIME_MAX_MS,
  OVERDUE_PER_SWEEP_MAX,
  QUEUED_MAX_MS,
  UNANSWERED_MAX_MS,
} from '../../../shared/limits.ts';
import { targetOf } from '../../../shared/names.ts';
import type { Job, JobRecord } from '../../../shared/nouns.ts';
import { recordOf } from '../events/record.ts';
import { askRecord, putOff, takeAsEvent } from '../survey/evidence.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';

/**
 * Pure. Counted from the latest moment at which it may have become queued, as far as anything tells: an environment, a
 * dependency or max-parallel may have held it for long after it was created, and its run changes when it is let go.
 * Where nothing tells of its run, it is not given up.
 */
export function isGivenUp(
  { createdAtMs }: Pick<Job, 'createdAtMs'>,
  heardAtMs: number | null,
  runChangedAtMs: number | null,
  nowMs: number,
): boolean {
  if (runChangedAtMs === null) return false;
  return nowMs - Math.max(createdAtMs, heardAtMs ?? 0, runChangedAtMs) > QUEUED_MAX_MS;
}

/** A few each sweep, in turn: what is kept for good reason takes nobody else's. */
export async function dropExpired(jobs: readonly Held<JobEntry>[], world: ReaperWorld): Promise<void> {
  const nowMs = world.clock.nowMs();
  const old = jobs.filter(({ entry }) => isOld(entry, nowMs));
  const max = OVERDUE_PER_SWEEP_MAX;
  const from = old.length <= max ? 0 : (Math.floor(nowMs / 60_000) * max) % old.length;
  const inTurn = [...old.slice(from), ...old.slice(0, from)].slice(0, max);
  for (const { entry } of inTurn) await dropUnlessAlive(entry, nowMs, world);
}

/** Counted from when we first tried, or it started: no runner lives for so long. */
function isOld({ startedOn, startedAtMs, firstTryAtMs }: JobEntry, nowMs: number): boolean {
  if (startedOn === null) return nowMs - firstTryAtMs > QUEUED_MAX_MS;
  return nowMs - Math.max(startedAtMs ?? 0, firstTryAtMs) > LIFETIME_MAX_MS + QUEUED_MAX_MS;
}

async function dropUnlessAlive(entry: JobEntry, nowMs: number, world: ReaperWorld): Promise<void> {
  const { job, firstTryAtMs, trail, startedOn } = entry;
  const seen = await lookAt(entry, world);
  if (seen === 'unknown' || seen.record === null) {
    // Where GitHub cannot be asked at all, twice the time says the same.
    const isLong = seen !== 'unknown' || nowMs - firstTryAtMs >= 2 * QUEUED_MAX_MS;
    if (startedOn !== null) await drop(job, UNHEARD, trail, world, (now) => now.startedOn === startedOn);
    else if (isLong) await drop(job, UNKNOWN, trail, world);
    return;
  }
  if (seen.record.status !== 'queued' || startedOn !== null) return takeAsEvent(seen.record, world);
  if (isGivenUp(job, firstTryAtMs, seen.runChangedAtMs, nowMs)) await giveUp(job, trail, world);
}

/** By the ledger as the sweep found it. */
export function onOurs({ runners }: Survey): (entry: JobEntry) => boolean {
  const theirs = runners.flatMap(({ entry }) => [
    entry.busyWith,
    entry.state === 'launching' ? entry.for : null,
  ]);
  const found = new Set(theirs);
  const names = new Set<string>(runners.map(({ entry }) => entry.name));
  return ({ job, startedOn }) => found.has(job.id) || (startedOn !== null && names.has(startedOn));
}

/**
 * Jobs of elsewhere that a runner of ours was given: nobody looks at their repositories. Where GitHub says nothing of one to
 * us, and its machine is gone, its end will never be heard.
 */
export async function askOverdue(
  survey: Survey,
  lookedAt: ReadonlySet<string>,
  world: ReaperWorld,
): Promise<void> {
  const nowMs = world.clock.nowMs();
  const isOnOurs = onOurs(survey);
  const overdue = survey.jobs.filter(
    ({ entry }) =>
      entry.startedOn !== null && entry.nextTryAtMs <= nowMs && !lookedAt.has(entry.job.repository),
  );
  for (const { entry } of overdue.slice(0, OVERDUE_PER_SWEEP_MAX)) {
    await putOff(entry.job, world);
    const said = await askRecord(entry.job, world).catch((error: unknown) => silence(error, entry, world));
    const isLong = nowMs - (entry.silentSinceMs ?? nowMs) >= UNANSWERED_MAX_MS;
    if (said === null && isLong && !isOnOurs(entry)) await dropAway(entry, world);
    else if (said !== 'failed') await noteSilence(entry.job, said === null, world);
  }
}

/** One refusal, or one record that is not there, proves nothing. */
async function noteSilence({ id }: Job, isSilent: boolean, { ledger, clock }: ReaperWorld): Promise<void> {
  const nowMs = clock.nowMs();
  await amend(ledger.jobs, id, (entry) =>
    isSilent === (entry.silentSinceMs != null)
      ? undefined
      : { ...entry, silentSinceMs: isSilent ? nowMs : null },
  );
}

/** Null: it is not for us to ask. */
function silence(error: unknown, { job: { repository } }: JobEntry, { log }: ReaperWorld): null | 'failed' {
  log('look.failed', { repository, error: error instanceof Error ? error.message : 'unknown' });
  return isTurnedAway(error) ? null : 'failed';
}

const UNKNOWN = 'GitHub does not know it any more, and gives up a queued job after 24 hours';
const AWAY =
  'GitHub shows it to us no more: its repository is gone or went to another owner, or the App was taken off or suspended there';
const UNHEARD = 'GitHub does not say how it ended, and no runner of ours lives for so long';
const STUCK =
  'GitHub calls it queued for more than 24 hours, after which it gives up a queued job itself: nothing is launched for it';

/** Should we see it again, it is found again: what was given up is no end. What was launched for since, or started, stays. */
export const dropAway = ({ job, trail, startedOn, launches }: JobEntry, world: ReaperWorld) =>
  drop(job, AWAY, trail, world, (now) => now.startedOn === startedOn && now.launches === launches);

/** Its row in `history` keeps the look from finding it again. */
export async function giveUp(job: Job, trail: readonly TrailLine[], world: ReaperWorld): Promise<void> {
  if (!(await drop(job, STUCK, trail, world))) return;
  const text = `The job ${job.id} of ${job.repository}: ${STUCK}. Cancel its run at GitHub, and run it again if it is still wanted. Others of this repository may be so too: npm run list.`;
  await alertOnce(`expired-${job.repository}`, text, world);
}

/** False: it became something else meanwhile. What the look found has no entry. */
async function drop(
  job: Job,
  because: string,
  trail: readonly TrailLine[],
  { ledger, clock, log }: ReaperWorld,
  isStill: (now: JobEntry) => boolean = ({ startedOn }) => startedOn === null,
): Promise<boolean> {
  const now = await ledger.jobs.read(job.id);
  if (now !== null && !isStill(now.entry)) return false;
  await ledger.history.merge({ job, outcome: 'expired', because, trail, completedAtMs: clock.nowMs() });
  if (!(await removeEntry(ledger.jobs, job.id, isStill))) return false;
  log('job.expired', { job: job.id, because });
  return true;
}

interface Seen {
  readonly record: JobRecord | null;
  readonly runChangedAtMs: number | null;
}

async function lookAt({ job }: JobEntry, world: ReaperWorld): Promise<Seen | 'unknown'> {
  try {
    const record = await recordOf(job, world);
    if (record?.status !== 'queued') return { record, runChangedAtMs: null };
    const run = await world.github.run(targetOf(job, world.config), job.repository, job.runId);
    return { record, runChangedAtMs: run?.changedAtMs ?? null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    world.log('look.failed', { repository: job.repository, error: reason });
    return 'unknown';
  }
}
