/** On proof only: from here on the instance is deleted until the cloud says that it is gone. */
import { mergeTrail } from '../../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { RECORD_ASKS_MAX } from '../../../shared/limits.ts';
import { parseJobId } from '../../../shared/names.ts';
import type { JobId, JobRecord } from '../../../shared/nouns.ts';
import { withStoppedMs } from '../../../shared/warm/standby.ts';
import { interruptionLine, noteInterrupted } from '../ending/interrupted.ts';
import { terminate } from '../ending/terminate.ts';
import { recordOf } from '../events/record.ts';
import { takeAsEvent } from '../survey/evidence.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';
import { keepConsoleTail } from './console-tail.ts';

export async function retire(
  held: Held<RunnerEntry>,
  { instances, isGone, registration }: Observation,
  because: string,
  world: ReaperWorld,
): Promise<void> {
  const { entry } = held;
  const word = isGone ? await lastWord(held, world) : 'none';
  if (word === 'ask again') return;
  const atMs = world.clock.nowMs();
  const trail = mergeTrail(...entry.trail, { atMs, text: `${entry.name} was retired because ${because}` });
  const isInterrupted = entry.isInterrupted || (isGone && entry.state === 'busy' && word !== 'ended');
  const next: RunnerEntry = {
    ...{ ...entry, ...withStoppedMs(entry, atMs) },
    ...{ state: 'retiring', stateAtMs: atMs, because, trail, isInterrupted },
  };
  const written = await world.ledger.runners.replace(entry.name, held, next);
  if (written === null) return;
  if (word === 'runs') await noteInterruptedJob(entry.busyWith, world);
  if (isGone || instances.length === 0) return;
  if (isTelling(entry, instances, registration)) await listen(written, instances, world);
  await terminate(written.entry, world, instances);
}

/** A baked image is judged by what its machines say, as long as the entry is there. */
async function listen(
  retired: Held<RunnerEntry>,
  instances: Observation['instances'],
  world: ReaperWorld,
): Promise<void> {
  const { entry } = retired;
  const isSilent = await keepConsoleTail(entry, instances, entry.because, world);
  if (isSilent && entry.image)
    await world.ledger.runners.replace(entry.name, retired, { ...entry, isSilent });
}

/** Its console says why it had no job: it never came online, went offline, or its machine stopped by itself. */
function isTelling(
  { onlineAtMs, state }: RunnerEntry,
  instances: Observation['instances'],
  registration: Observation['registration'],
): boolean {
  const isOver = registration?.isOnline !== true || instances.every(({ status }) => status === 'Stopped');
  return onlineAtMs === null || (state === 'idle' && isOver);
}

type Word = 'none' | 'ended' | 'runs' | 'ask again';

/**
 * The machine is gone under its job. A job that ended before, unheard, was not interrupted: its record is asked for,
 * sweep after sweep; a record that cannot be had for long keeps the slot no longer. The job that it was meant for may
 * have begun on it, unheard.
 */
async function lastWord(held: Held<RunnerEntry>, world: ReaperWorld): Promise<Word> {
  const { busyWith, for: meantFor, name } = held.entry;
  const unknown = busyWith === null ? 'none' : 'ended';
  const id = busyWith ?? meantFor ?? parseJobId(name);
  const job = id === null ? undefined : (await world.ledger.jobs.read(id))?.entry.job;
  if (job === undefined) return unknown;
  try {
    const record = await recordOf(job, world);
    return await wordOf(record, held.entry, world);
  } catch (error) {
    world.log('job.unasked', { job: job.id, error: error instanceof Error ? error.message : 'unknown' });
    return askAgain(held, world);
  }
}

/** So often, and no longer. */
async function askAgain(held: Held<RunnerEntry>, { ledger }: ReaperWorld): Promise<Word> {
  const { entry } = held;
  if (entry.absentLooks >= RECORD_ASKS_MAX) return entry.busyWith === null ? 'none' : 'runs';
  await ledger.runners.replace(entry.name, held, { ...entry, absentLooks: entry.absentLooks + 1 });
  return 'ask again';
}

async function wordOf(
  record: JobRecord | null,
  { busyWith, name, runnerId }: RunnerEntry,
  world: ReaperWorld,
): Promise<Word> {
  // A name proves nothing.
  const isOwn = record?.runner?.name === name && record.runner.id === runnerId;
  if (busyWith === null && !isOwn) return 'none';
  if (busyWith !== null && record?.status !== 'completed') return 'runs';
  if (record !== null) await takeAsEvent(record, world);
  // It is known to be busy now: the next sweep sees it as interrupted.
  return busyWith === null ? 'ask again' : 'ended';
}

export async function interrupt(held: Held<RunnerEntry>, world: ReaperWorld): Promise<void> {
  const { entry } = held;
  const written = await world.ledger.runners.replace(entry.name, held, {
    ...entry,
    isInterrupted: true,
    trail: mergeTrail(...entry.trail, interruptionLine(entry, world.clock.nowMs())),
  });
  if (written !== null) await noteInterruptedJob(entry.busyWith, world);
}

/** May be done twice: a crash lies between the runner's entry and this. */
export async function noteInterruptedJob(id: JobId | null, world: ReaperWorld): Promise<void> {
  const job = id === null ? null : await world.ledger.jobs.read(id);
  if (job !== null) await noteInterrupted(job.entry.job, world);
}
