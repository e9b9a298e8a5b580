/** On proof only: from here on the instance is deleted until the cloud says that it is gone. */
import { mergeTrail } from '../../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { RECORD_ASKS_MAX } from '../../../shared/limits.ts';
import { targetOf } from '../../../shared/names.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { interruptionLine, noteInterrupted } from '../ending/interrupted.ts';
import { terminate } from '../ending/terminate.ts';
import { takeAsEvent } from '../survey/evidence.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';
import { keepConsoleTail } from './console-tail.ts';

export async function retire(
  held: Held<RunnerEntry>,
  { instances, isGone }: Observation,
  because: string,
  world: ReaperWorld,
): Promise<void> {
  const { entry } = held;
  const word = isGone ? await lastWord(held, world) : 'none';
  if (word === 'ask again') return;
  const atMs = world.clock.nowMs();
  const trail = mergeTrail(...entry.trail, { atMs, text: `${entry.name} was retired because ${because}` });
  const isInterrupted = entry.isInterrupted || (isGone && entry.state === 'busy' && word !== 'ended');
  const next: RunnerEntry = { ...entry, state: 'retiring', stateAtMs: atMs, because, trail, isInterrupted };
  const written = await world.ledger.runners.replace(entry.name, held, next);
  if (written === null) return;
  if (word === 'runs') await noteInterruptedJob(entry.busyWith, world);
  if (isGone || instances.length === 0) return;
  if (isTelling(entry, instances)) await keepConsoleTail({ ...entry, trail }, instances, because, world);
  await terminate(written.entry, world, instances);
}

/** Its console says why it had no job: it never came online, or its machine stopped by itself. */
const isTelling = ({ onlineAtMs, state }: RunnerEntry, instances: Observation['instances']): boolean =>
  onlineAtMs === null || (state === 'idle' && instances.every(({ status }) => status === 'Stopped'));

/**
 * The machine is gone under its job. A job that ended before, unheard, was not interrupted: its record is asked for,
 * sweep after sweep; a record that cannot be had for long keeps the slot no longer.
 */
async function lastWord(
  held: Held<RunnerEntry>,
  world: ReaperWorld,
): Promise<'none' | 'ended' | 'runs' | 'ask again'> {
  const id = held.entry.busyWith;
  if (id === null) return 'none';
  const job = (await world.ledger.jobs.read(id))?.entry.job;
  if (job === undefined) return 'ended';
  try {
    const record = await world.github.job(targetOf(job, world.config), job.repository, id);
    if (record?.status !== 'completed') return 'runs';
    await takeAsEvent(record, world);
    return 'ended';
  } catch (error) {
    const { entry } = held;
    world.log('job.unasked', { job: id, error: error instanceof Error ? error.message : 'unknown' });
    if (entry.absentLooks >= RECORD_ASKS_MAX) return 'runs';
    await world.ledger.runners.replace(entry.name, held, { ...entry, absentLooks: entry.absentLooks + 1 });
    return 'ask again';
  }
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
