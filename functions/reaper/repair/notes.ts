/** Verdicts that only take note of what was seen. */

import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { markBusy } from '../events/record-start.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';
import { placeOf } from './seen.ts';

/** Pure: the entry after a verdict that only takes note. */
export function entryAfter(
  kind: 'found' | 'online' | 'busy' | 'unsight' | 'look-again',
  { instances, registration }: Observation,
  entry: RunnerEntry,
  stateAtMs: number,
): RunnerEntry {
  switch (kind) {
    case 'found':
      return {
        ...entry,
        state: 'booting',
        stateAtMs,
        absentLooks: 0,
        idleSightings: 0,
        ...placeOf(entry, instances[0]),
        ...(entry.standby === 'starting' ? { standby: null, startedAtMs: stateAtMs } : {}),
      };
    case 'online':
      return {
        ...entry,
        state: 'idle',
        stateAtMs,
        onlineAtMs: stateAtMs,
        idleSightings: 0,
        runnerId: registration?.id ?? entry.runnerId,
      };
    case 'busy':
      return (
        markBusy({ ...entry, ...placeOf(entry, instances[0]) }, null, registration?.id ?? null, stateAtMs) ??
        entry
      );
    case 'unsight':
      return { ...entry, idleSightings: 0 };
    case 'look-again':
      return { ...entry, absentLooks: entry.absentLooks + 1 };
  }
}

export async function countSighting(
  held: Held<RunnerEntry>,
  because: string,
  { ledger }: ReaperWorld,
): Promise<void> {
  const { name, idleSightings } = held.entry;
  await ledger.runners.replace(name, held, {
    ...held.entry,
    idleSightings: idleSightings + 1,
    because,
  });
}
