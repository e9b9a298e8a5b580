/** Each kind of disagreement is made on purpose, and seen to be repaired by the sweeps alone. */
import { expect, test } from 'vitest';
import { TAG } from '../../../../shared/names.ts';
import type { JobId, RunnerName } from '../../../../shared/nouns.ts';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';
import { build } from '../../../shared/ledger/builders.ts';
import type { World } from '../../../world/in-process.ts';

const HOUR_MS = 3_600_000;

async function running(world: World, durationMs = HOUR_MS): Promise<SimJob> {
  const job = queue(world, OURS, { durationMs });
  expect(await world.until(() => job.status === 'in_progress', 5 * MINUTE_MS)).toBe(true);
  await world.pass(5_000);
  return job;
}

async function nothingLeft(world: World, withinMs: number): Promise<void> {
  await world.pass(withinMs);
  const { ledger } = world.adapters();
  expect(world.ecs.alive().map(({ id }) => id)).toEqual([]);
  expect((await ledger.runners.list(100)).things).toEqual([]);
  expect((await ledger.capacity.view()).total).toBe(0);
}

test('a boot that hangs is given up, its trace kept, and the job gets another', async () => {
  let boots = 0;
  // The machine's own deadline is out of order too.
  const world = await open({ boots: { hangs: () => ++boots === 1, bootDeadlineMs: 24 * HOUR_MS } });
  const job = queue(world, OURS);
  expect(await world.until(() => job.status === 'in_progress', 20 * MINUTE_MS)).toBe(true);
  expect(job.runner?.name).toMatch(/-2$/);
  await world.pass(2 * MINUTE_MS);
  const row = await world.adapters().ledger.history.read(job.createdAtMs, job.id as JobId);
  expect(row?.because).toBe('a boot failed: it never came online');
  await nothingLeft(world, 12 * MINUTE_MS);
});

test('a job that is cancelled leaves no runner behind', async () => {
  const world = await open();
  const job = queue(world, OURS);
  await world.until(() => world.ecs.alive().length === 1, MINUTE_MS);
  world.github.cancelJob(job);
  await nothingLeft(world, 9 * MINUTE_MS);
});

test('a machine that vanished under its job frees its slot, and the job is run again off spot', async () => {
  const world = await open();
  const job = await running(world);
  world.ecs.interrupt(world.ecs.alive()[0]?.id ?? '');
  expect(await world.until(() => job.status === 'completed', 30 * MINUTE_MS)).toBe(true);
  const again = () => world.github.jobsOf(job.run).find(({ attempt }) => attempt === 2);
  expect(await world.until(() => again()?.status === 'in_progress', 20 * MINUTE_MS)).toBe(true);
  const alive = world.ecs.paid().filter(({ endedAtMs }) => endedAtMs === null);
  expect(alive.map(({ isSpot }) => isSpot)).toEqual([false]);
});

test('an instance that the ledger forgot is adopted while it works, told once, and goes with its job', async () => {
  const alerts: string[] = [];
  const world = await open({ post: async (text) => void alerts.push(text) });
  const job = await running(world, 20 * MINUTE_MS);
  const { ledger } = world.adapters();
  const name = job.runner?.name as RunnerName;
  const held = await ledger.runners.read(name);
  if (held !== null) await ledger.runners.remove(name, held);
  await world.pass(3 * MINUTE_MS);
  expect((await ledger.runners.read(name))?.entry.state).toBe('busy');
  expect(alerts.filter((text) => text.includes('unknown to the ledger'))).toHaveLength(1);
  expect(await world.until(() => job.status === 'completed', 30 * MINUTE_MS)).toBe(true);
  expect(job.conclusion).toBe('success');
  await nothingLeft(world, 4 * MINUTE_MS);
});

test('entries, slots and registrations that crashes left behind are dropped, each by its own proof', async () => {
  const world = await open();
  const { ledger, github, config } = world.adapters();
  const nowMs = world.clock.nowMs();
  const lost = build.runnerEntry('900-1', { leaseUntilMs: nowMs - 1, createdAtMs: nowMs, stateAtMs: nowMs });
  await ledger.runners.add(lost.name, lost);
  for (const name of [lost.name, build.runnerName('901-1')])
    await ledger.capacity.take({ ...build.slot('x'), name }, build.limits(), nowMs);
  const target = { owner: 'acme', repository: null, installationId: null };
  await ledger.history.merge({ job: build.job(902, { createdAtMs: nowMs }), outcome: 'success' });
  await world.until(() => false, 1_000);
  const minting = github.mint(target, {
    name: `${config.name}-runner-arm64-spot-902-1` as RunnerName,
    labels: ['a'],
  });
  await world.pass(1_000);
  await minting;
  expect(world.github.runners()).toHaveLength(1);
  await nothingLeft(world, 9 * MINUTE_MS);
  expect(world.github.runners()).toEqual([]);
});

test('a kept machine holds its slot and is left alone, its job long over, until the cloud releases it', async () => {
  const world = await open({ config: { limits: { lifetime: '30m' } } });
  const job = await running(world, 5 * MINUTE_MS);
  for (const { tags } of world.ecs.alive()) (tags as Map<string, string>).set(TAG.keep, 'me');
  await world.until(() => job.status === 'completed', 10 * MINUTE_MS);
  await world.pass(30 * MINUTE_MS);
  expect(world.ecs.alive()).toHaveLength(1);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(1);
  await nothingLeft(world, 60 * MINUTE_MS);
});

test('a job entry that outlived its end goes without a question to GitHub', async () => {
  const world = await open();
  const job = queue(world, OURS, { durationMs: MINUTE_MS });
  await world.until(() => job.status === 'completed', 10 * MINUTE_MS);
  await world.pass(2 * MINUTE_MS);
  const { ledger } = world.adapters();
  const entry = build.jobEntry(job.id, {
    job: { ...build.job(job.id), repository: 'acme/app', installationId: null, createdAtMs: job.createdAtMs },
    startedOn: 'somebody',
  });
  await ledger.jobs.add(job.id as JobId, entry);
  await world.pass(4 * MINUTE_MS);
  expect((await ledger.jobs.list(10)).things).toEqual([]);
  expect([...world.github.calls.keys()].filter((route) => route.includes('/actions/jobs/'))).toEqual([]);
});

test('a job that GitHub does not know is given up after a day, not before', async () => {
  const world = await open();
  const { ledger } = world.adapters();
  const nowMs = world.clock.nowMs();
  const gone = (id: number, firstTryAtMs: number) => {
    const job = { ...build.job(id), repository: 'acme/app', installationId: null, createdAtMs: nowMs };
    return build.jobEntry(id, { job, firstTryAtMs, nextTryAtMs: nowMs + 48 * HOUR_MS });
  };
  await ledger.jobs.add(901 as JobId, gone(901, nowMs - 25 * HOUR_MS));
  await ledger.jobs.add(902 as JobId, gone(902, nowMs - 23 * HOUR_MS));
  await world.pass(3 * MINUTE_MS);
  expect((await ledger.jobs.list(10)).things.map(({ entry }) => entry.job.id)).toEqual([902]);
  expect((await ledger.history.read(nowMs, 901 as JobId))?.outcome).toBe('expired');
});

test('sweeps that fail are told once, after the third in a row', async () => {
  const alerts: string[] = [];
  const world = await open({ post: async (text) => void alerts.push(text) });
  world.github.setOutage(true);
  await world.pass(MINUTE_MS + 30_000);
  expect(alerts).toEqual([]);
  await world.pass(5 * MINUTE_MS);
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatch(/^The last \d sweeps failed, the last one because of this: /);
});
