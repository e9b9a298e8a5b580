/** Verdicts that only take note of what was seen. */

import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import type { Candidate, Instance } from '../../../shared/nouns.ts';
import { markBusy } from '../events/record-start.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';

/** Pure: the entry after a verdict that only takes note. */
export function entryAfter(
  kind: 'found' | 'online' | 'busy' | 'unsight' | 'look-again',
  { instances, registration }: Observation,
  entry: RunnerEntry,
  stateAtMs: number,
): RunnerEntry {
  switch (kind) {
    case 'found':
      return { ...entry, state: 'booting', stateAtMs, ...placeOf(entry, instances[0]) };
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

/** What the launcher could not write any more: which instance it is, and which of its candidates that was. */
function placeOf(entry: RunnerEntry, instance: Instance | undefined): Partial<RunnerEntry> {
  if (instance === undefined || entry.instanceId !== null) return {};
  const { id: instanceId, region, releaseAtMs } = instance;
  const candidate = entry.walks?.find((each) => isMadeFrom(each, instance)) ?? entry.candidate;
  return { instanceId, region, releaseAtMs, candidate };
}

const isMadeFrom = ({ region, zone, instanceType, capacityType }: Candidate, instance: Instance): boolean =>
  region === instance.region &&
  zone === instance.zone &&
  instanceType === instance.instanceType &&
  (instance.capacityType === null || instance.capacityType === capacityType);

/** Its launcher is gone, or its lease does not matter any more, and nobody has written down the instance yet. */
export const isUnnoted = ({ held, instances }: Observation): boolean =>
  held !== null && held.entry.state !== 'launching' && held.entry.instanceId === null && instances.length > 0;

/** For the bill: what ends next is known by it alone. Null: it has changed since. */
export async function noteInstance(
  held: Held<RunnerEntry>,
  { instances }: Observation,
  { ledger }: ReaperWorld,
): Promise<Held<RunnerEntry> | null> {
  const { entry } = held;
  return ledger.runners.replace(entry.name, held, { ...entry, ...placeOf(entry, instances[0]) });
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
