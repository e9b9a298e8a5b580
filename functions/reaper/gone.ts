/** The end of a runner: is its machine really gone, and what is kept of it. */
import type { RunnerEntry } from '../../shared/entries.ts';
import type { Held } from '../../shared/ledger.ts';
import { ABSENT_LOOKS_MIN } from '../../shared/limits.ts';
import { factsOf } from './history.ts';
import type { Observation } from './observe.ts';
import type { ReaperWorld } from './world.ts';

/**
 * Two empty answers may both be wrong. Its deletion, asked for once more, says 'gone' from another side; where a job
 * may run on it that is not asked for, and a second sweep must see the same.
 */
export async function isProvenGone(
  held: Held<RunnerEntry>,
  { isJobOpen }: Observation,
  { ledger, instances }: ReaperWorld,
): Promise<boolean> {
  const { entry } = held;
  const { instanceId, region, absentLooks } = entry;
  if (instanceId === null || region === null) return true;
  if (!isJobOpen && (await instances.terminate(region, instanceId)) === 'gone') return true;
  if (absentLooks + 1 >= ABSENT_LOOKS_MIN) return true;
  await ledger.runners.replace(entry.name, held, { ...entry, absentLooks: absentLooks + 1 });
  return false;
}

/** The machine may be gone long before GitHub says that its job ended: the bill is known now. */
export async function keepFacts(entry: RunnerEntry, { ledger, clock }: ReaperWorld): Promise<void> {
  const goneAtMs = clock.nowMs();
  const held = entry.busyWith === null ? null : await ledger.jobs.read(entry.busyWith);
  const job = entry.ran ?? held?.entry.job;
  if (job !== undefined) await ledger.history.merge({ job, ...factsOf(entry), trail: entry.trail, goneAtMs });
}
