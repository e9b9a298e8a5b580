/**
 * Ends what is stopped: the operator's command does it, and each sweep does it again. It needs the ledger and the cloud,
 * and no word of GitHub's.
 */
import { inParallel } from '../../../shared/in-parallel.ts';
import { amend } from '../../../shared/ledger/amend.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView } from '../../../shared/ledger/ledger.ts';
import { isStopped, type Stop } from '../../../shared/ledger/stop.ts';
import { INSTANCE_VISIBLE_MS, LEDGER_SCAN_MAX, SWEEP_PARALLEL_MAX } from '../../../shared/limits.ts';
import { TAG } from '../../../shared/names.ts';
import type { Instance, Job, Listing } from '../../../shared/nouns.ts';
import { isLaunched, type Networks, ownNetworks, whyNotOurs } from '../own-instance.ts';
import { regionsToSurvey } from '../survey/known.ts';
import type { ReaperWorld } from '../world.ts';
import { stoppedEntry } from './stopped-entry.ts';

export type StopWorld = Pick<ReaperWorld, 'config' | 'clock' | 'log' | 'ledger'> & {
  readonly instances: Pick<ReaperWorld['instances'], 'list' | 'find' | 'terminate'>;
};

/** One that a stop is meant for. `repository`: whose job it runs, or else for whom it was launched. */
export type IsMeant = (runner: { readonly name: string; readonly repository: string }) => boolean;

export interface Ended {
  /** Machines that were there a moment ago; all of them were asked to be deleted. */
  readonly machines: number;
  /** Launches that may yet make one, though the holder of each undoes it. */
  readonly launches: number;
  /** Runners of the ledger that are meant. */
  readonly entries: readonly RunnerEntry[];
  /** What could not be looked at or deleted, a clause each; with any of them 0 machines prove nothing. */
  readonly failures: readonly string[];
}

/** How many machines were there to be ended. */
export async function endStopped(
  { stop = null }: Pick<CapacityView, 'stop'>,
  world: ReaperWorld,
): Promise<number> {
  if (stop === null) return 0;
  const { machines, failures } = await endMachines(isMeantBy(stop), STOPPED, world);
  if (failures.length > 0) throw new Error(failures.slice(0, 3).join('; '));
  return machines;
}

export const STOPPED = 'the operator has stopped it';

export const isMeantBy =
  (stop: Stop): IsMeant =>
  ({ repository }) =>
    isStopped(stop, repository);

/** What is written down first is not interrupted, charged or run again by any sweep. */
export async function endMachines(isMeant: IsMeant, because: string, world: StopWorld): Promise<Ended> {
  const nowMs = world.clock.nowMs();
  const failures: string[] = [];
  const entries = await mark(isMeant, because, failures, world);
  const networks = await ownNetworks(world);
  const regions = await regionsToSurvey(world);
  const found = await inParallel(regions, SWEEP_PARALLEL_MAX, (region) =>
    attempt(`the instances of ${region}`, failures, async () => {
      const { things, complete } = await machinesIn(region, entries, isMeant, networks, world);
      if (!complete) failures.push(`${region} has more instances than can be looked at`);
      return things;
    }),
  );
  const machines = found.flatMap((each) => each ?? []);
  await inParallel(machines, SWEEP_PARALLEL_MAX, async ({ region, id, name }) => {
    const outcome = await attempt(`the deletion of ${id}`, failures, () =>
      world.instances.terminate(region, id),
    );
    world.log('instance.stopped', { runner: name, instance: id, outcome: outcome ?? 'failed', because });
  });
  const meant = [...entries.values()].filter(({ isOne }) => isOne).map(({ entry }) => entry);
  return {
    machines: machines.length,
    launches: meant.filter(mayStill(nowMs)).length,
    entries: meant,
    failures,
  };
}

/** A launch whose holder is gone may have asked for a machine that is not listed yet. */
const mayStill =
  (nowMs: number) =>
  ({ state, instanceId, isUnwanted, leaseUntilMs, walks }: RunnerEntry): boolean =>
    instanceId === null &&
    (state === 'launching' || (isUnwanted && walks != null)) &&
    leaseUntilMs + INSTANCE_VISIBLE_MS > nowMs;

type Entries = ReadonlyMap<string, { readonly entry: RunnerEntry; readonly isOne: boolean }>;

/** Writes the intention into each runner's entry; all entries, and whether each is meant. */
async function mark(
  isMeant: IsMeant,
  because: string,
  failures: string[],
  world: StopWorld,
): Promise<Entries> {
  const { ledger, clock } = world;
  const runners = await ledger.runners.list(LEDGER_SCAN_MAX);
  if (!runners.complete) failures.push('the ledger holds more runners than can be looked at');
  const known = await inParallel(runners.things, SWEEP_PARALLEL_MAX, async ({ entry, rev }) => {
    const { name, repository } = entry;
    const marked = await attempt(`the entry of ${name}`, failures, async () => {
      const job = await jobOf(entry, world);
      // GitHub binds nothing: what it runs counts, not for whom it was launched.
      if (!isMeant({ name, repository: job?.repository ?? repository })) return null;
      const change = (now: RunnerEntry) => stoppedEntry(now, job, because, clock.nowMs());
      return (await amend(ledger.runners, name, change, { entry, rev }))?.entry ?? entry;
    });
    // What cannot be written down is ended all the same.
    const isOne = marked === undefined ? isMeant({ name, repository }) : marked !== null;
    return { entry: marked ?? entry, isOne };
  });
  return new Map(known.map((each) => [each.entry.name, each]));
}

async function jobOf({ busyWith }: RunnerEntry, { ledger }: StopWorld): Promise<Job | null> {
  return busyWith === null ? null : ((await ledger.jobs.read(busyWith))?.entry.job ?? null);
}

/** Only what is ours by its whole shape, or by a launch of ours that has its id. A list lags: those are asked for by id. */
async function machinesIn(
  region: string,
  entries: Entries,
  isMeant: IsMeant,
  networks: Networks,
  world: StopWorld,
): Promise<Listing<Instance>> {
  const { things, complete } = await world.instances.list(region);
  const listed = new Set(things.map(({ id }) => id));
  const missing = [...entries.values()].flatMap(({ entry, isOne }) => {
    const isHere = isOne && entry.region === region && isLaunched(entry);
    return isHere && entry.instanceId !== null && !listed.has(entry.instanceId) ? [entry.instanceId] : [];
  });
  const unlisted = missing.length === 0 ? [] : await world.instances.find(region, missing);
  const machines = [...things, ...unlisted].filter((instance) => {
    const name = instance.tags[TAG.name] ?? '';
    const known = entries.get(name) ?? null;
    if (whyNotOurs(instance, known?.entry ?? null, networks, world.config.name) !== null) return false;
    return known?.isOne ?? isMeant({ name, repository: instance.tags[TAG.repository] ?? '' });
  });
  return { things: machines, complete };
}

/** Undefined: it failed, and says so. */
async function attempt<Answer>(
  what: string,
  failures: string[],
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    failures.push(`${what}: ${error instanceof Error ? error.message : 'unknown'}`);
    return undefined;
  }
}
