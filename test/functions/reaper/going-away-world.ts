/** Many idle runners at once whose jobs were cancelled, GitHub's removals at their pace; each call takes 50 ms of the virtual clock. */

import { newLooks } from '../../../functions/reaper/looks.ts';
import type { ReaperWorld } from '../../../functions/reaper/world.ts';
import { ecsInstances } from '../../../shared/adapters/ecs/instances.ts';
import { pacing } from '../../../shared/adapters/github/limits/pacing.ts';
import { ledgerOn } from '../../../shared/adapters/tablestore/ledger.ts';
import type { Table } from '../../../shared/adapters/tablestore/table.ts';
import { HISTORY_TABLE, LEDGER_TABLE } from '../../../shared/adapters/tablestore/tables.ts';
import { TAG } from '../../../shared/names.ts';
import type { Registration } from '../../../shared/nouns.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import { createEcs, type Ecs } from '../../../simulator/ecs/index.ts';
import { seeded } from '../../../simulator/random.ts';
import { createTable, createTableStore, tableOf } from '../../../simulator/tablestore/index.ts';
import { build } from '../../shared/ledger/builders.ts';
import { configOf, START_MS } from '../../world/in-process.ts';
import { NO_MIRRORS } from '../../world/release.ts';
import { smallRegion } from '../../world/small-region.ts';
import { completeList, QUIET } from './fixture.ts';
import { swept } from './scale-world.ts';

export const MINUTE_MS = 60_000;
const CALL_MS = 50;
const REGION = 'cn-hangzhou';

function createCloud(clock: VirtualClock): Ecs {
  const ecs = createEcs({
    ...{ clock, random: seeded(1), credentials: () => null, regions: [smallRegion()], soldOut: 0 },
    ...{ interruptions: 0, callsPerMinute: { RunInstances: 10_000 }, delays: { listLagMs: [0, 0] } },
  });
  ecs.setQuota({ vcpusPerFamily: 100_000, instances: 10_000 });
  const { network } = ecs.region(REGION);
  for (const vSwitch of network.vSwitches.values()) Object.assign(vSwitch, { freeIps: 10_000 });
  for (const group of network.securityGroups.values()) Object.assign(group, { instancesMax: 10_000 });
  ecs.setStock('cn-hangzhou-h', 'ecs.c8y.2xlarge', 10_000);
  return ecs;
}

function launch(ecs: Ecs, name: string): string {
  const answer = ecs.call(REGION, 'RunInstances', {
    ...{ InstanceType: 'ecs.c8y.2xlarge', VSwitchId: 'vsw-cn-hangzhou-h', SecurityGroupId: 'sg-cn-hangzhou' },
    ...{ ImageFamily: 'acs:ubuntu_24_04_arm64', 'SystemDisk.Category': 'cloud_essd', InstanceName: name },
    ...{ 'Tag.1.Key': TAG.deployment, 'Tag.1.Value': 'ci', 'Tag.2.Key': TAG.name, 'Tag.2.Value': name },
  }) as { InstanceIdSets: { InstanceIdSet: string[] } };
  return answer.InstanceIdSets.InstanceIdSet[0] as string;
}

/** GitHub's runners, with removals at the pace that the client keeps to. */
function gitHubOf(registrations: Map<number, Registration>, clock: VirtualClock, count: () => void) {
  const pace = pacing(clock, (ms) => clock.sleep(ms));
  const call = async <Answer>(answer: () => Answer): Promise<Answer> => {
    count();
    await clock.sleep(CALL_MS);
    return answer();
  };
  return {
    ...QUIET.github,
    ...{ budget: () => null, leaveRoomFor: () => undefined },
    mayAsk: (use: 'removal') => use !== 'removal' || pace.hasRoom('acme', 'removal'),
    registrations: () => call(() => completeList(...registrations.values())),
    liveRuns: () => call(() => completeList()),
    async removeRunner(_: object, id: number) {
      const leave = await pace.enter('acme', 'DELETE /orgs/acme/actions/runners/1', 'removal');
      return call(() => {
        leave();
        registrations.delete(id);
        return 'removed' as const;
      });
    },
  };
}

export async function idleWorld(live: number) {
  const clock = new VirtualClock(START_MS);
  const store = createTableStore({ clock, credentials: () => null });
  for (const shape of [LEDGER_TABLE, HISTORY_TABLE]) createTable(store, shape);
  const calls = { tablestore: 0, github: 0 };
  const counted = (table: Table): Table => {
    const call = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
      calls.tablestore++;
      await clock.sleep(CALL_MS);
      return ask();
    };
    return {
      get: (key) => call(() => table.get(key)),
      put: (...asked) => call(() => table.put(...asked)),
      update: (...asked) => call(() => table.update(...asked)),
      delete: (...asked) => call(() => table.delete(...asked)),
      range: (...asked) => call(() => table.range(...asked)),
    };
  };
  const [ledgerTable, history] = [tableOf(store, 'ledger'), tableOf(store, 'history')];
  let token = 0;
  const newToken = () => `token-${++token}`;
  const quick = ledgerOn({ ledger: ledgerTable, history }, newToken);
  const ecs = createCloud(clock);
  const registrations = new Map<number, Registration>();
  const limits = { runners: live, perProfile: null, perRepository: null, mintsPerMinute: live };
  for (let n = 1; n <= live; n++) {
    const name = build.runnerName(`${n}-1`);
    const entry = build.runnerEntry(`${n}-1`, {
      ...{ state: 'idle', for: null, runnerId: n, instanceId: launch(ecs, name), region: REGION },
      ...{ leaseUntilMs: START_MS - 1, stateAtMs: START_MS, releaseAtMs: START_MS + 6 * 3_600_000 },
    });
    await quick.capacity.view();
    const slot = { name, profile: null, repository: 'acme/app', jobCreatedAtMs: START_MS };
    await quick.capacity.take({ ...slot, hasTurn: true, isInLine: true }, limits, START_MS);
    await quick.runners.add(name, entry);
    registrations.set(n, { id: n, name, isOnline: true, isBusy: false, labels: [] });
  }
  const instances = ecsInstances({
    async call(region, action, params) {
      await clock.sleep(CALL_MS);
      return ecs.call(region, action, params) as Record<string, unknown>;
    },
    ...{ deployment: 'ci', clock, log: () => undefined, pause: (ms) => clock.sleep(ms) },
    ...{ placements: [], images: {}, spotDuration: 1, ramRole: null, diskEncryption: null },
  });
  const world = {
    ...{ config: configOf({ limits: { runners: live } }), clock, looks: newLooks(), log: () => undefined },
    ...{ ledger: ledgerOn({ ledger: counted(ledgerTable), history: counted(history) }, newToken), instances },
    github: gitHubOf(registrations, clock, () => calls.github++),
    ...{ alerts: { post: async () => undefined }, queue: { launch: async () => undefined } },
    bills: { ofDay: async () => [] },
    refreshMarket: async () => '',
    mirrors: NO_MIRRORS,
  } as unknown as ReaperWorld;
  return { clock, world, ecs, registrations, calls, quick };
}

interface Row {
  readonly registered: number;
  readonly machines: number;
  readonly entries: number;
  readonly slots: number;
  /** Asked for so far. */
  readonly deletions: number;
  readonly tookMs: number;
}

/** After each sweep: what is left. Ends when nothing is. */
export async function sweepsOf(live: number, sweepsMax: number) {
  const opened = await idleWorld(live);
  const { clock, world, ecs, registrations, quick } = opened;
  await clock.runUntil(START_MS + MINUTE_MS);
  const rows: Row[] = [];
  while (rows.length < sweepsMax && rows.at(-1)?.entries !== 0) {
    const { tookMs } = await swept(clock, world);
    const { things } = await quick.runners.list(10_000);
    const [machines, slots] = [ecs.alive().length, (await quick.capacity.view()).slots.length];
    rows.push({
      ...{ registered: registrations.size, machines, entries: things.length, slots },
      ...{ deletions: ecs.calls.get('DeleteInstances') ?? 0, tookMs: Number(tookMs) },
    });
    await clock.runUntil(START_MS + (rows.length + 1) * MINUTE_MS);
  }
  return { ...opened, rows };
}
