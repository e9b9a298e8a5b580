/** Takes a runner off GitHub. */

import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { targetOf } from '../../../shared/names.ts';
import { markBusy } from '../events/record-start.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';

/** From now on it can take no job; whether it took one before is asked by a later sweep. */
export async function removeRegistration(
  held: Held<RunnerEntry>,
  { registration }: Observation,
  because: string,
  world: ReaperWorld,
): Promise<void> {
  const { entry } = held;
  const noted = await world.ledger.runners.replace(entry.name, held, { ...entry, because });
  if (noted === null) return;
  const runnerId = registration?.id ?? entry.runnerId;
  const outcome =
    runnerId === null
      ? 'absent'
      : await world.github.removeRunner(registration?.target ?? targetOf(entry, world.config), runnerId);
  const nowMs = world.clock.nowMs();
  const next =
    outcome === 'busy' ? markBusy(entry, null, runnerId, nowMs) : { ...entry, because, removedAtMs: nowMs };
  if (next !== undefined) await world.ledger.runners.replace(entry.name, noted, next);
}
