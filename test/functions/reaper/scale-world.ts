/** A deployment of many runners: each call takes 50 ms of the virtual clock, and is counted. */

import { newLooks } from '../../../functions/reaper/looks.ts';
import { sweep } from '../../../functions/reaper/sweep.ts';
import { ledgerOn } from '../../../shared/adapters/tablestore/ledger.ts';
import type { Table } from '../../../shared/adapters/tablestore/table.ts';
import { HISTORY_TABLE, LEDGER_TABLE } from '../../../shared/adapters/tablestore/tables.ts';
import { HOURS_NOTE } from '../../../shared/job/hours.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { TAG } from '../../../shared/names.ts';
import type { Instance, JobId, Registration } from '../../../shared/nouns.ts';
import type { Instances } from '../../../shared/ports.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import { createTable, createTableStore, tableOf } from '../../../simulator/tablestore/index.ts';
import { build } from '../../shared/ledger/builders.ts';
import { configOf, START_MS } from '../../world/in-process.ts';
import { NO_MIRRORS, PUBLISHED } from '../../world/release.ts';
import { FREE } from './fixture.ts';

const CALL_MS = 50;
const PAGE = 100;

/** Counts calls, each taking 50 ms of the virtual clock; a list costs one a page. */
function fixture(clock: VirtualClock) {
  const calls: Record<string, number> = {};
  const call = async <Answer>(
    name: string,
    times: number,
    answer: () => Answer | Promise<Answer>,
  ): Promise<Answer> => {
    calls[name] = (calls[name] ?? 0) + times;
    await clock.sleep(CALL_MS * times);
    return answer();
  };
  return { calls, call };
}

/**
 * `instancesOf`: what stands for the cloud; absent: lists that the test itself makes up. `waiting`: jobs without a runner,
 * behind as many slots as runners.
 */
export async function worldOf(
  live: number,
  broken: number,
  historyRows: number,
  instancesOf?: InstancesOf,
  waiting?: number,
) {
  const clock = new VirtualClock(START_MS);
  const { calls, call } = fixture(clock);
  const store = createTableStore({ clock, credentials: () => null });
  for (const shape of [LEDGER_TABLE, HISTORY_TABLE]) createTable(store, shape);
  const counted = (name: string): Table => {
    const table = tableOf(store, name);
    return {
      get: (key) => call(`${name} get`, 1, () => table.get(key)),
      put: (...asked) => call(`${name} write`, 1, () => table.put(...asked)),
      update: (...asked) => call(`${name} write`, 1, () => table.update(...asked)),
      delete: (...asked) => call(`${name} write`, 1, () => table.delete(...asked)),
      range: (...asked) => call(`${name} range`, 1, () => table.range(...asked)),
    };
  };
  let token = 0;
  const newToken = () => `token-${++token}`;
  const quick = ledgerOn({ ledger: tableOf(store, 'ledger'), history: tableOf(store, 'history') }, newToken);
  const { instances, registrations, entries } = await fill(quick, live, broken, historyRows);
  if (waiting !== undefined) await fillUp(quick, entries, waiting);
  // What is learned of history once an hour is known.
  await quick.notes.add(HOURS_NOTE, { text: '{}', untilMs: START_MS + 3_600_000 });
  const made = instancesOf?.(entries, clock, (ask) => call('ecs', 1, ask));
  const world = {
    config: configOf({ limits: { runners: 5000 } }),
    ...{ clock, pause: (ms: number) => clock.sleep(ms) },
    looks: newLooks(),
    log: () => undefined,
    ledger: ledgerOn({ ledger: counted('ledger'), history: counted('history') }, newToken),
    ...vendors(call, instances, registrations),
    ...(made === undefined ? {} : { instances: made }),
    alerts: { post: async () => undefined },
    queue: { launch: () => call('launch', 1, () => undefined) },
    ...{ bills: { ofDay: async () => [] }, refreshMarket: async () => '' },
    mirrors: NO_MIRRORS,
  };
  return { clock, calls, world: world as unknown as Parameters<typeof sweep>[0] };
}

type Call = ReturnType<typeof fixture>['call'];

export type InstancesOf = (
  entries: readonly RunnerEntry[],
  clock: VirtualClock,
  counted: <Answer>(ask: () => Answer) => Promise<Answer>,
) => Instances;

function vendors(call: Call, instances: readonly Instance[], registrations: readonly Registration[]) {
  const pagesOf = (things: readonly unknown[]) => Math.max(1, Math.ceil(things.length / PAGE));
  const none = { things: [], complete: true };
  return {
    instances: {
      list: () => call('ecs', pagesOf(instances), () => ({ things: instances, complete: true })),
      tagged: () => call('ecs', 1, () => none),
      find: (_: string, ids: readonly string[]) => call('ecs', pagesOf(ids), () => []),
      terminate: () => call('ecs', 1, () => 'asked' as const),
      terminateAll: (_: string, ids: readonly string[]) =>
        call('ecs', pagesOf(ids), () => new Map(ids.map((id) => [id, 'asked' as const]))),
      consoleOutput: () => call('ecs', 1, () => ''),
    },
    github: {
      registrations: () =>
        call('github', pagesOf(registrations), () => ({ things: registrations, complete: true })),
      removeRunner: () => call('github', 1, () => 'removed' as const),
      liveRuns: () => call('github', 1, () => none),
      ...FREE,
      repositories: () => call('github', 1, () => none),
      deliveries: () => call('github', 1, () => none),
      latestRunner: () => call('github', 1, () => PUBLISHED),
      job: () => call('github', 1, () => null),
    },
  };
}

/** All busy, but for `broken` whose machines stopped in the boot. */
async function fill(ledger: ReturnType<typeof ledgerOn>, live: number, broken: number, historyRows: number) {
  const instances: Instance[] = [];
  const registrations: Registration[] = [];
  const entries: RunnerEntry[] = [];
  for (let n = 1; n <= live; n++) {
    const isBroken = n <= broken;
    const entry: RunnerEntry = build.runnerEntry(`${n}-1`, {
      state: isBroken ? 'booting' : 'busy',
      busyWith: isBroken ? null : (n as JobId),
      for: n as JobId,
      stateAtMs: START_MS - 60_000,
      leaseUntilMs: START_MS - 1,
      runnerId: n,
      instanceId: `i-${n}`,
      region: 'cn-hangzhou',
      releaseAtMs: START_MS + 6 * 3_600_000,
    });
    await ledger.runners.add(entry.name, entry);
    entries.push(entry);
    const startedOn = isBroken ? null : entry.name;
    await ledger.jobs.add(n as JobId, build.jobEntry(n, { startedOn, nextTryAtMs: START_MS + 600_000 }));
    instances.push(instanceOf(entry, isBroken));
    registrations.push({ id: n, name: entry.name, isOnline: !isBroken, isBusy: !isBroken, labels: [] });
  }
  for (let n = 1; n <= historyRows; n++)
    await ledger.history.merge({ job: build.job(1_000_000 + n), outcome: 'success' });
  return { instances, registrations, entries };
}

/** Each runner has its slot, and more jobs wait than there are slots left. */
async function fillUp(
  ledger: ReturnType<typeof ledgerOn>,
  entries: readonly RunnerEntry[],
  waiting: number,
): Promise<void> {
  const limits = { runners: 5_000, perProfile: null, perRepository: null, mintsPerMinute: 100_000 };
  for (const { name, repository } of entries)
    await ledger.capacity.take(
      { name, repository, profile: null, jobCreatedAtMs: START_MS, hasTurn: true, isInLine: true },
      limits,
      START_MS - 600_000,
    );
  for (let n = 1; n <= waiting; n++)
    await ledger.jobs.add((100_000 + n) as JobId, build.jobEntry(100_000 + n, { nextTryAtMs: START_MS }));
}

const instanceOf = ({ name, instanceId }: RunnerEntry, isBroken: boolean): Instance => ({
  id: instanceId as string,
  region: 'cn-hangzhou',
  status: isBroken ? 'Stopped' : 'Running',
  instanceType: 'ecs.c8y.2xlarge',
  zone: 'cn-hangzhou-h',
  createdAtMs: START_MS - 120_000,
  releaseAtMs: START_MS + 6 * 3_600_000,
  capacityType: 'spot',
  name,
  securityGroupIds: ['sg-cn-hangzhou'],
  vSwitchId: 'vsw-cn-hangzhou-h',
  isRecycling: false,
  tags: { [TAG.name]: name },
});

export async function sweepOf(live: number, broken: number, historyRows: number) {
  const { clock, calls, world } = await worldOf(live, broken, historyRows);
  return { calls, account: await swept(clock, world) };
}

export async function swept(clock: VirtualClock, world: Parameters<typeof sweep>[0]) {
  let account: Awaited<ReturnType<typeof sweep>> | null = null;
  const ending = sweep(world).then((done) => {
    account = done;
  });
  await clock.runUntil(clock.nowMs() + 290_000, () => account !== null);
  await ending;
  if (account === null) throw new Error('the sweep did not end in the time of its function');
  return account as Record<string, number>;
}
