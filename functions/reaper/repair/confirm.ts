/** Is there a job that names a runner which was taken off GitHub? */

import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { markBusy } from '../events/record-start.ts';
import type { Evidence } from '../survey/evidence.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';
import { retire } from './retire.ts';

/** The third proof: after its removal, no job that GitHub knows of names it. */
export async function confirm(
  held: Held<RunnerEntry>,
  observation: Observation,
  because: string,
  evidence: Evidence,
  world: ReaperWorld,
): Promise<void> {
  const { entry } = held;
  const named = await evidence.jobNaming(entry);
  if (named === 'unknown') return;
  if (named === null) return retire(held, observation, because, world);
  const next = markBusy(entry, named.job.id, entry.runnerId, world.clock.nowMs());
  if (next !== undefined) await world.ledger.runners.replace(entry.name, held, next);
}
