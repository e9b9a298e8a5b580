/** Who gets a runner before whom: as the plan of starts has it. */
import type { Config } from '../../../../shared/config/config.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import type { CapacityView, Held } from '../../../../shared/ledger/ledger.ts';
import { RETRY_MS } from '../../../../shared/limits.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { lineOf } from '../plan.ts';

/** How many are ahead of each that waits. What is under a lease, pauses, or stands aside is in no line. */
export function placesInLine(
  uncovered: readonly Held<JobEntry>[],
  view: CapacityView,
  config: Config,
  nowMs: number,
): ReadonlyMap<JobId, number> {
  const soon = uncovered.filter(({ entry }) => entry.nextTryAtMs <= nowMs + RETRY_MS);
  return new Map(lineOf(soon, view, config).map(({ entry }, at) => [entry.job.id, at]));
}
