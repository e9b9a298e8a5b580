/** The end of a runner: its machine is proven gone, its facts are kept, registration, slot and entry go. */

import { spentOn } from '../../../shared/advisor/spend.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { isKept } from '../../../shared/ledger/entry-parts.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { ABSENT_LOOKS_MIN } from '../../../shared/limits.ts';
import { closeAll } from '../ending/together.ts';
import { runnerFacts, unusedRow } from '../events/history.ts';
import { isLaunched } from '../own-instance.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';
import { noteInterruptedJob } from './retire.ts';

/** The cloud says that there is no such instance: registration, slot, entry. */
export async function close(
  held: Held<RunnerEntry>,
  observation: Observation,
  world: ReaperWorld,
): Promise<void> {
  const { registration } = observation;
  const { ledger, github } = world;
  const { entry } = held;
  if (!(await isProvenGone(held, observation, world))) return;
  const last =
    entry.state === 'retiring'
      ? held
      : await ledger.runners.replace(entry.name, held, { ...entry, state: 'retiring' });
  if (last === null) return;
  if (registration !== null) await github.removeRunner(registration.target, registration.id);
  if (entry.isInterrupted) await noteInterruptedJob(entry.busyWith, world);
  await keepFacts(entry, world);
  const closing = { held: last, spent: spentOn(entry, world.clock.nowMs()) };
  if (world.together === undefined) await closeAll([closing], world);
  else world.together.closings.push(closing);
}

/**
 * Two empty answers may both be wrong. Its deletion, asked for once more, says 'gone' from another side; where a job
 * may run on it, a person keeps it, or we found it instead of launching it, that is not asked for, and a second sweep
 * must see the same.
 */
async function isProvenGone(
  held: Held<RunnerEntry>,
  { isJobOpen }: Observation,
  { ledger, instances, clock }: ReaperWorld,
): Promise<boolean> {
  const { entry } = held;
  const { instanceId, region, absentLooks } = entry;
  if (instanceId === null || region === null) return true;
  const isAskable = !isJobOpen && !isKept(entry, clock.nowMs()) && isLaunched(entry);
  if (isAskable && (await instances.terminate(region, instanceId)) === 'gone') return true;
  if (absentLooks + 1 >= ABSENT_LOOKS_MIN) return true;
  await ledger.runners.replace(entry.name, held, { ...entry, absentLooks: absentLooks + 1 });
  return false;
}

/** The machine may be gone long before GitHub says that its job ended: the bill is known now. */
async function keepFacts(entry: RunnerEntry, { ledger, clock }: ReaperWorld): Promise<void> {
  const goneAtMs = clock.nowMs();
  const held = entry.busyWith === null ? null : await ledger.jobs.read(entry.busyWith);
  const job = entry.ran ?? held?.entry.job;
  if (job !== undefined) {
    await ledger.history.merge({ job, ...runnerFacts(entry), trail: entry.trail, goneAtMs });
    return;
  }
  const unused = entry.busyWith === null ? unusedRow(entry, goneAtMs) : null;
  if (unused !== null) await ledger.history.noteUnused(unused);
}
