/** What one sweep costs: by what is alive, not by what has been. */
import { expect, test } from 'vitest';
import { ecsInstances } from '../../../shared/adapters/ecs/instances.ts';
import { TAG } from '../../../shared/names.ts';
import type { Job, JobRecord, RunId } from '../../../shared/nouns.ts';
import { createEcs } from '../../../simulator/ecs/index.ts';
import { seeded } from '../../../simulator/random.ts';
import { build } from '../../shared/ledger/builders.ts';
import { START_MS } from '../../world/in-process.ts';
import { smallRegion } from '../../world/small-region.ts';
import { completeList, runOf } from './fixture.ts';
import { type InstancesOf, sweepOf, swept, worldOf } from './scale-world.ts';

test('2,000 live runners, 500 to repair: lists, not a call a runner, and within its time', async () => {
  const { calls, account } = await sweepOf(2_000, 500, 0);
  expect(account).toMatchObject({ runners: 2_000, retire: 500, keep: 1_500 });
  // 20 pages a list; what is left over for time is taken up by the next sweep.
  // Each is deleted, asked for once more as proof, and its console read where its runner was gone.
  expect(calls.ecs).toBeLessThan(20 + 3 * 500 + 10);
  expect(calls.github).toBeLessThan(20 + 20 + 60);
  expect(account.tookMs).toBeLessThan(60_000);
  expect(process.memoryUsage().heapUsed).toBeLessThan(700 * 1024 * 1024);
  if (process.env.FIGURES)
    process.stdout.write(
      `${JSON.stringify({ calls, account, heapMb: Math.round(process.memoryUsage().heapUsed / 1e6) })}\n`,
    );
});

test('a sweep costs the same with 200, 2,000 and 20,000 rows of history', async () => {
  const costs = [];
  for (const rows of [200, 2_000, 20_000]) {
    const { calls, account } = await sweepOf(50, 5, rows);
    costs.push({ ...calls, tookMs: account.tookMs });
  }
  expect(costs[1]).toEqual(costs[0]);
  expect(costs[2]).toEqual(costs[0]);
});

test('a thousand jobs that nobody told us of take no more than their time, and the next sweeps find the rest', async () => {
  const { clock, world } = await worldOf(10, 0, 0);
  const known = Array.from({ length: 10 }, (_, at) => build.job(at + 1, { createdAtMs: START_MS }));
  const untold = Array.from({ length: 1_000 }, (_, at) =>
    build.job(5_000 + at, { createdAtMs: START_MS, runId: 1 as RunId }),
  );
  const record = (job: Job, runner: JobRecord['runner']): JobRecord => ({
    ...{ job, runner, status: runner === null ? 'queued' : 'in_progress', conclusion: null },
    ...{ startedAtMs: null, completedAtMs: null },
  });
  const things = [
    ...known.map((job) => record(job, { id: job.id, name: build.runnerName(`${job.id}-1`) })),
    ...untold.map((job) => record(job, null)),
  ];
  const liveRuns = async () =>
    completeList(...[...known.map(({ runId }) => runId), 1].map((id) => runOf(id)));
  const jobsOfRun = async (_: object, __: string, id: number) =>
    completeList(...things.filter(({ job }) => job.runId === id));
  const asked = { ...world, github: { ...world.github, liveRuns, jobsOfRun } };
  await clock.runUntil(clock.nowMs() + 10 * 60_000);
  const found: number[] = [];
  for (let sweeps = 0; sweeps < 5; sweeps++) {
    const account = await swept(clock, asked as typeof world);
    expect(account.tookMs).toBeLessThan(60_000);
    found.push(Number(account.found));
    await clock.runUntil(clock.nowMs() + 60_000);
  }
  expect(found[0]).toBeLessThan(1_000);
  expect(found.reduce((sum, each) => sum + each, 0)).toBe(1_000);
});

/** One instance for each entry, at the simulated ECS, which refuses what ECS refuses of so many. */
const atEcs: InstancesOf = (entries, clock, counted) => {
  const ecs = createEcs({
    ...{ clock, random: seeded(1), credentials: () => null, regions: [smallRegion()], soldOut: 0 },
    ...{ interruptions: 0, callsPerMinute: { RunInstances: 10_000 }, delays: { listLagMs: [0, 0] } },
  });
  ecs.setQuota({ vcpusPerFamily: 100_000, instances: 10_000 });
  const { network } = ecs.region('cn-hangzhou');
  for (const vSwitch of network.vSwitches.values()) Object.assign(vSwitch, { freeIps: 10_000 });
  for (const group of network.securityGroups.values()) Object.assign(group, { instancesMax: 10_000 });
  ecs.setStock('cn-hangzhou-h', 'ecs.c8y.2xlarge', 10_000);
  const words = {
    ...{ InstanceType: 'ecs.c8y.2xlarge', VSwitchId: 'vsw-cn-hangzhou-h', SecurityGroupId: 'sg-cn-hangzhou' },
    ...{ ImageFamily: 'acs:ubuntu_24_04_arm64', 'SystemDisk.Category': 'cloud_essd' },
    ...{ 'Tag.1.Key': TAG.deployment, 'Tag.1.Value': 'ci', 'Tag.2.Key': TAG.name },
  };
  const idOf = new Map<string, string>();
  for (const { name, instanceId } of entries) {
    const params = { ...words, InstanceName: name, 'Tag.2.Value': name };
    const answer = ecs.call('cn-hangzhou', 'RunInstances', params) as {
      InstanceIdSets: { InstanceIdSet: string[] };
    };
    idOf.set(answer.InstanceIdSets.InstanceIdSet[0] ?? '', instanceId ?? '');
  }
  const instances = ecsInstances({
    call: (region, action, params) =>
      counted(() => ecs.call(region, action, params) as Record<string, unknown>),
    ...{ deployment: 'ci', clock, log: () => undefined, pause: (ms) => clock.sleep(ms) },
    ...{ placements: [], images: {}, spotDuration: 1, ramRole: null, diskEncryption: null },
  });
  return {
    ...instances,
    async list(region) {
      const { things, complete } = await instances.list(region);
      return { complete, things: things.map((each) => ({ ...each, id: idOf.get(each.id) ?? each.id })) };
    },
  };
};

test.each([
  [2_000, 12_000],
  [5_000, 30_000],
])(
  'a sweep over %i instances at ECS asks for pages of a hundred, and takes less than %i ms',
  async (live, maxMs) => {
    const { clock, calls, world } = await worldOf(live, 0, 0, atEcs);
    await clock.runUntil(clock.nowMs() + 30_000);
    const account = await swept(clock, world);
    expect(account).toMatchObject({ runners: live, instances: live, keep: live });
    expect(calls.ecs).toBe(live / 100);
    expect(account.tookMs).toBeLessThan(maxMs);
    if (process.env.FIGURES)
      process.stdout.write(`${JSON.stringify({ live, calls, tookMs: account.tookMs })}\n`);
  },
  120_000,
);
