/** Does what a diagnosis asks for. Each act begins with a write on condition of the state that was diagnosed. */
import type { RunnerEntry } from '../../shared/entries.ts';
import type { Held } from '../../shared/ledger.ts';
import { targetOf } from '../../shared/names.ts';
import type { RunnerName } from '../../shared/nouns.ts';
import { tellOnce } from '../../shared/tell-once.ts';
import { adopt } from './adopt.ts';
import { askRecord, type Evidence } from './evidence.ts';
import { isProvenGone, keepFacts } from './gone.ts';
import type { Observation } from './observe.ts';
import { interrupt, noteInterruptedJob, retire } from './retire.ts';
import { busyWith } from './started.ts';
import { terminate } from './terminate.ts';
import type { Verdict } from './verdict.ts';
import { backOff } from './wasted.ts';
import type { ReaperWorld } from './world.ts';

export async function act(
  observation: Observation,
  judged: Verdict,
  evidence: Evidence,
  world: ReaperWorld,
): Promise<void> {
  const { held, instances } = observation;
  const { kind, because } = judged;
  if (held === null) return actOnStray(observation, kind, world);
  if (judged.isWasted) await backOff(held.entry, observation, because, world);
  switch (kind) {
    case 'keep':
    case 'adopt':
    case 'deregister':
      return;
    case 'warn':
      return tellOnce(
        `lifetime-${held.entry.name}`,
        `The runner ${held.entry.name} is busy, and ${because}.`,
        world,
      );
    case 'retire':
      return retire(held, observation, because, world);
    case 'terminate':
      return terminate(held.entry, world, instances);
    case 'remove':
      return removeRegistration(held, observation, because, world);
    case 'confirm':
      return confirm(held, observation, because, evidence, world);
    case 'ask':
      return ask(held, evidence, world);
    case 'interrupt':
      return interrupt(held, world);
    case 'close':
      return close(held, observation, world);
    case 'sight':
      return sight(held, because, world);
    case 'found':
    case 'online':
    case 'busy':
    case 'unsight':
    case 'look-again':
      await world.ledger.runners.replace(
        held.entry.name,
        held,
        noted(kind, observation, held.entry, world.clock.nowMs()),
      );
  }
}

async function sight(held: Held<RunnerEntry>, because: string, { ledger }: ReaperWorld): Promise<void> {
  const { name, idleSightings } = held.entry;
  await ledger.runners.replace(name, held, {
    ...held.entry,
    idleSightings: idleSightings + 1,
    because,
  });
}

/** The ledger does not know it. */
async function actOnStray(
  observation: Observation,
  kind: Verdict['kind'],
  world: ReaperWorld,
): Promise<void> {
  const { registration } = observation;
  if (kind === 'adopt') await adopt(observation, world);
  if (kind === 'deregister' && registration !== null)
    await world.github.removeRunner(registration.target, registration.id);
}

/** Pure: the entry after a verdict that only takes note. */
function noted(
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
        busyWith({ ...entry, ...placeOf(entry, instances[0]) }, null, registration?.id ?? null, stateAtMs) ??
        entry
      );
    case 'unsight':
      return { ...entry, idleSightings: 0 };
    case 'look-again':
      return { ...entry, absentLooks: entry.absentLooks + 1 };
  }
}

/** What the launcher could not write any more. */
function placeOf(
  entry: RunnerEntry,
  instance: Observation['instances'][number] | undefined,
): Partial<RunnerEntry> {
  if (instance === undefined || entry.instanceId !== null) return {};
  return { instanceId: instance.id, region: instance.region, releaseAtMs: instance.releaseAtMs };
}

/** From now on it can take no job; whether it took one before is asked by a later sweep. */
async function removeRegistration(
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
    outcome === 'busy' ? busyWith(entry, null, runnerId, nowMs) : { ...entry, because, removedAtMs: nowMs };
  if (next !== undefined) await world.ledger.runners.replace(entry.name, noted, next);
}

/** The third proof: after its removal, no job that GitHub knows of names it. */
async function confirm(
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
  const next = busyWith(entry, named.job.id, named.runner?.id ?? null, world.clock.nowMs());
  if (next !== undefined) await world.ledger.runners.replace(entry.name, held, next);
}

/** Its job's own record decides; without an open job, the job that names it; without such a job, it was seen idle. */
async function ask(held: Held<RunnerEntry>, evidence: Evidence, world: ReaperWorld): Promise<void> {
  const { entry } = held;
  const job = entry.busyWith === null ? null : await evidence.jobEntry(entry.busyWith);
  if (job !== null) return askRecord(job.job, world);
  const named = await evidence.jobNaming(entry);
  if (named === 'unknown') return;
  if (named !== null) return askRecord(named.job, world);
  const idleSightings = entry.idleSightings + 1;
  await world.ledger.runners.replace(entry.name, held, { ...entry, idleSightings });
}

/** The cloud says that there is no such instance: registration, slot, entry. */
async function close(held: Held<RunnerEntry>, observation: Observation, world: ReaperWorld): Promise<void> {
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
  await ledger.capacity.handBack(entry.name as RunnerName);
  await ledger.runners.remove(entry.name, last);
}
