/** Which runners may be running a job: the ledger's word and the cloud's, either is enough. */
import {
  findInstances,
  type LookUpWorld,
  listInNetwork,
  listInstances,
} from '../../shared/adapters/ecs/look-ups.ts';
import { TableError } from '../../shared/adapters/tablestore/table.ts';
import type { RunnerEntry } from '../../shared/ledger/entries.ts';
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { stopping } from '../../shared/ledger/stop.ts';
import { INSTANCE_VISIBLE_MS } from '../../shared/limits.ts';
import { TAG } from '../../shared/names.ts';
import type { DestroyWorld } from './destroy.ts';

const RUNNERS_MAX = 5_000;

/**
 * An instance that exists may be running a job, whatever the ledger says; an entry may only while its launch could yet show
 * one, for after a stop no sweep is left to remove it. `runners` null: the ledger is gone. Throws when either cannot be asked in full.
 */
export async function busyRunners(
  {
    regions: named,
    runners,
  }: { readonly regions: readonly string[]; readonly runners: Ledger['runners'] | null },
  ecs: LookUpWorld,
  nowMs: number,
): Promise<string[]> {
  const entries = runners === null ? [] : await entriesOf(runners);
  const regions = new Set([...named, ...entries.flatMap(placesOf).map(({ region }) => region)]);
  const found = await Promise.all([...regions].map((region) => instancesIn(region, entries, ecs)));
  const ids = new Set(found.flatMap(({ known }) => known));
  const ours = entries.filter((entry) => mayHaveMachine(entry, ids, nowMs)).map(({ name }) => name);
  return [...new Set([...ours, ...found.flatMap(({ tagged }) => tagged)])];
}

/** Also one that was taken out of `runners.yaml`. */
const placesOf = ({ region, walks }: RunnerEntry): readonly { readonly region: string }[] =>
  region === null ? (walks ?? []) : [{ region }];

/** Pure. `ids`: those of the ledger that the cloud still has. */
export function mayHaveMachine(
  { instanceId, leaseUntilMs }: Pick<RunnerEntry, 'instanceId' | 'leaseUntilMs'>,
  ids: ReadonlySet<string>,
  nowMs: number,
): boolean {
  if (instanceId !== null && ids.has(instanceId)) return true;
  return leaseUntilMs + INSTANCE_VISIBLE_MS > nowMs;
}

async function entriesOf(runners: Ledger['runners']): Promise<RunnerEntry[]> {
  try {
    const { things, complete } = await runners.list(RUNNERS_MAX);
    if (!complete) throw new Error('the ledger holds more runners than can be looked at');
    return things.map(({ entry }) => entry);
  } catch (error) {
    // No promise: a deploy that never came so far.
    noTable(error);
    return [];
  }
}

/** By tag, names; and by id, what lost name or tag. */
async function instancesIn(region: string, entries: readonly RunnerEntry[], ecs: LookUpWorld) {
  const { things, complete } = await listInstances(region, ecs);
  if (!complete) throw new Error(`${region} has more instances of ours than can be looked at`);
  const ids = entries.flatMap((each) => (each.region === region ? (each.instanceId ?? []) : []));
  const known = await findInstances(region, ids, ecs);
  return { tagged: things.map(({ id, tags }) => tags[TAG.name] ?? id), known: known.map(({ id }) => id) };
}

/** What a destroy asks of machines, and asks and tells of the ledger. */
export const ledgerOf = (
  ledger: () => Promise<Ledger>,
  ecs: LookUpWorld,
  nowMs: () => number,
): Pick<DestroyWorld, 'busyRunners' | 'refuseLaunches' | 'machinesIn'> => ({
  machinesIn: async (region, vpc) => {
    const { things } = await listInNetwork(region, vpc, ecs);
    return things.map(({ id, name }) => (name === '' ? id : `${id} (${name})`));
  },
  busyRunners: async (regions, hasLedger) =>
    busyRunners({ regions, runners: hasLedger ? (await ledger()).runners : null }, ecs, nowMs()),
  refuseLaunches: async () => {
    const { capacity } = await ledger();
    await capacity.stop((before) => stopping(before, null, nowMs()), nowMs()).catch(noTable);
  },
});

/** No table, nothing to launch by. */
function noTable(error: unknown): void {
  if (error instanceof TableError && error.code === 'OTSObjectNotExist') return;
  throw error;
}
