/** What a sweep saw of a runner is kept for the next one. */
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Candidate, Instance } from '../../../shared/nouns.ts';
import { isStandingBy } from '../../../shared/warm/standby.ts';
import { stoppedLooks } from '../survey/machine-status.ts';
import type { Observation } from '../survey/observe.ts';
import type { ReaperWorld } from '../world.ts';

/** Pure. Undefined: nothing is new. While a launch is under way its entry is its launcher's. */
export function entryWithSeen({ held, instances, registration }: Observation): RunnerEntry | undefined {
  if (held === null || held.entry.state === 'launching') return undefined;
  const { entry } = held;
  // Who is to be stopped is judged by more than that.
  const looks = isStandingBy(entry) ? 0 : stoppedLooks(entry.stoppedLooks ?? 0, instances);
  const next = {
    ...entry,
    ...placeOf(entry, instances[0]),
    runnerId: entry.runnerId ?? registration?.id ?? null,
    ...(looks === (entry.stoppedLooks ?? 0) ? {} : { stoppedLooks: looks }),
    // Two looks in a row prove it gone.
    absentLooks: instances.length > 0 ? 0 : entry.absentLooks,
  };
  const isNew = (['instanceId', 'runnerId', 'stoppedLooks', 'absentLooks'] as const).some(
    (key) => next[key] !== entry[key],
  );
  return isNew ? next : undefined;
}

/** What the launcher could not write any more: which instance it is, and which of its candidates that was. */
export function placeOf(entry: RunnerEntry, instance: Instance | undefined): Partial<RunnerEntry> {
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

/** The observation with the entry as it is then. */
export async function keepSeen(observation: Observation, world: ReaperWorld): Promise<Observation> {
  const next = entryWithSeen(observation);
  const { held } = observation;
  if (next === undefined || held === null) return observation;
  const kept = await world.ledger.runners.replace(next.name, held, next);
  return kept === null ? observation : { ...observation, held: kept };
}
