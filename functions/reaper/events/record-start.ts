/** GitHub gave a job to a runner: A on R. */
import { isForUs } from '../../../shared/job/labels.ts';
import { amend, removeEntry } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Hold } from '../../../shared/ledger/entry-parts.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { hasEnded } from '../../../shared/ledger/read-history.ts';
import { STARTED_CHECK_MS } from '../../../shared/limits.ts';
import type { Job, JobId } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';
import { reportForeignJob } from './foreign-job.ts';
import { findOwnRunner } from './own-runner.ts';
import { isStartOnRecord, type StartedEvent } from './record.ts';
import { repoint } from './repoint.ts';

/**
 * The job's entry is written before `history` is read; whoever ends a job does it the other way round. So an
 * event that comes after the end leaves nothing alive.
 */
export async function recordStart(event: StartedEvent, world: ReaperWorld): Promise<void> {
  const { job, runner } = event;
  const { ledger, log } = world;
  const before = await findOwnRunner(runner, ledger);
  log('job.started', { job: job.id, runner: runner.name, isOurs: before !== null });
  // Any repository's runner may bear a name like ours: its jobs are none of our business, and leave no row.
  if (before === null && !isForUs(job, world.config)) return;
  if (before !== null && isOther(before.entry, job.id) && !(await isStartOnRecord(event, world))) {
    log('job.start_doubted', { job: job.id, runner: runner.name, busyWith: before.entry.busyWith });
    return;
  }
  const { held, hold } = await noteStart(event, world);
  if (await hasEnded(job, ledger)) {
    await removeEntry(ledger.jobs, job.id);
    return;
  }

  if (before === null) return;
  const { name } = before.entry;
  await amend(
    ledger.runners,
    name,
    (entry) => markBusy(entry, job.id, runner.id, world.clock.nowMs()),
    before,
  );
  await repoint(job, held.entry, before.entry.for, world, hold);
  await reportForeignJob(job, held.entry, before.entry, world);
}

/** Pure. An ephemeral runner runs one job: a second one is looked up, or the end of that one would take the first with it. */
const isOther = ({ busyWith }: RunnerEntry, job: JobId): boolean => busyWith !== null && busyWith !== job;

/** GitHub binds nothing, so a job that we never heard of may start on our runner, or one that was held: `hold` is what it had. */
async function noteStart(
  { job, runner, startedAtMs }: StartedEvent,
  { ledger, clock }: ReaperWorld,
): Promise<{ readonly held: Held<JobEntry>; readonly hold: Hold | null }> {
  const nowMs = clock.nowMs();
  const nextTryAtMs = nowMs + STARTED_CHECK_MS;
  const facts = {
    startedOn: runner.name,
    startedAtMs,
    nextTryAtMs,
    because: '',
    held: null,
    silentSinceMs: null,
  };
  const fresh = { ...unlaunchedEntry(job, nowMs), ...facts };
  const added = await ledger.jobs.add(job.id, fresh);
  if (added !== null) return { held: added, hold: null };
  let hold: Hold | null = null;
  const marked = await amend(ledger.jobs, job.id, (entry) => {
    hold = entry.held ?? null;
    return entry.startedOn === facts.startedOn ? undefined : { ...entry, ...facts };
  });
  return { held: marked ?? { entry: fresh, rev: '' }, hold };
}

/** The entry of a job that no launcher opened. */
export function unlaunchedEntry(job: Job, nowMs: number): JobEntry {
  return {
    job,
    nextTryAtMs: nowMs,
    because: 'it was found at GitHub',
    launches: 0,
    firstTryAtMs: nowMs,
    offSpot: false,
    startedOn: null,
    startedAtMs: null,
    trail: [],
  };
}

/** Pure. A runner that we are retiring stays so, but what it runs is known, and it is not deleted meanwhile. */
export function markBusy(
  entry: RunnerEntry,
  job: JobId | null,
  runnerId: number | null,
  nowMs: number,
): RunnerEntry | undefined {
  if (entry.busyWith === job && (entry.state === 'busy' || entry.state === 'retiring')) return undefined;
  if (entry.state === 'retiring') return { ...entry, busyWith: job };
  const since = {
    state: 'busy' as const,
    stateAtMs: nowMs,
    idleSightings: 0,
    onlineAtMs: entry.onlineAtMs ?? nowMs,
  };
  // Who it was for is told to whoever learns which job it runs: that one is without a runner.
  return { ...entry, ...since, busyWith: job, for: job ?? entry.for, runnerId: runnerId ?? entry.runnerId };
}
