/** What becomes of a job when its launch is refused, put off, or not wanted any more: over the whole system. */
import { expect, test } from 'vitest';
import { ACCOUNT_FATAL_RETRY_MS } from '../../../shared/limits.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { openWorld, seedRunnerRelease, type World, type WorldOptions } from '../../world/in-process.ts';
import { smallRegion } from '../../world/small-region.ts';

const MINUTE_MS = 60_000;
const SHORT = { name: 'build', labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: MINUTE_MS };

async function open(options: WorldOptions = {}): Promise<World> {
  const world = openWorld(options);
  await seedRunnerRelease(world);
  return world;
}

function queue({ github }: World, plan = {}): SimJob {
  const run = github.queueRun({ repository: 'acme/app', jobs: [{ ...SHORT, ...plan }] });
  return github.jobsOf(run)[0] as SimJob;
}

const entryOf = async (world: World, job: SimJob) =>
  (await world.adapters().ledger.jobs.read(job.id as never))?.entry;
const linesOf = ({ lines }: World, event: string) =>
  lines.filter((line) => line.includes(`"event":"${event}"`)).map((line) => JSON.parse(line));
const isOver = (...jobs: SimJob[]) => jobs.every(({ status }) => status === 'completed');

async function isEmpty(world: World): Promise<void> {
  await world.pass(4 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  expect(world.github.runners()).toEqual([]);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
  world.fc.close();
}

test('an account that cannot pay: no candidate is tried after the first, jobs are kept, a person is told once', async () => {
  let isPoor = true;
  const alerts: string[] = [];
  const world = await open({
    ecs: {
      faults: (action) => (isPoor && action === 'RunInstances' ? { code: 'InsufficientBalance' } : null),
    },
    post: async (text) => void alerts.push(text),
  });
  const jobs = [queue(world), queue(world)];
  await world.pass(MINUTE_MS / 2);
  expect(world.ecs.calls.get('RunInstances')).toBe(2);
  expect(alerts).toEqual([expect.stringMatching(/refuses every launch \(InsufficientBalance\): top up/)]);
  for (const job of jobs) {
    const { nextTryAtMs = 0, because } = (await entryOf(world, job)) ?? {};
    expect(because).toMatch(/top up the Alibaba Cloud account/);
    expect(nextTryAtMs - world.clock.nowMs()).toBeGreaterThan(ACCOUNT_FATAL_RETRY_MS - MINUTE_MS);
  }
  expect(world.github.runners()).toEqual([]);
  isPoor = false;
  expect(await world.until(() => isOver(...jobs), 20 * MINUTE_MS)).toBe(true);
  expect(alerts).toHaveLength(1);
  await isEmpty(world);
});

test('a refusal that nobody knows moves to the next candidate, loudly', async () => {
  const alerts: string[] = [];
  const world = await open({ post: async (text) => void alerts.push(text) });
  world.ecs.failNext('RunInstances', { code: 'Strange.NewRule', status: 403 });
  const job = queue(world);
  expect(await world.until(() => isOver(job), 10 * MINUTE_MS)).toBe(true);
  expect(linesOf(world, 'ecs.surprised')).toEqual([
    expect.objectContaining({ code: 'Strange.NewRule', status: 403 }),
  ]);
  const tried = linesOf(world, 'launch.attempted').map(({ outcome }) => outcome);
  expect(tried).toEqual(['refused', 'running']);
  expect(alerts).toEqual([
    expect.stringMatching(/with the code Strange\.NewRule, which has no meaning here yet/),
  ]);
  await isEmpty(world);
});

test('GitHub’s Retry-After is the job’s next try, and nothing is left of the launch', async () => {
  let mints = 0;
  const world = await open({
    github: {
      faults: (_, path) =>
        path.endsWith('generate-jitconfig') && ++mints === 1
          ? { kind: 'secondary-limit', retryAfterS: 400 }
          : null,
    },
  });
  const job = queue(world);
  await world.pass(10_000);
  const { nextTryAtMs = 0, because } = (await entryOf(world, job)) ?? {};
  expect(because).toBe('GitHub asks us to slow down');
  expect(Math.round((nextTryAtMs - world.clock.nowMs()) / 10_000)).toBe(39);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
  await world.pass(6 * MINUTE_MS);
  expect(mints).toBe(1);
  expect(await world.until(() => isOver(job), 10 * MINUTE_MS)).toBe(true);
  await isEmpty(world);
});

test('a job that is cancelled before its launch starts nothing', async () => {
  const world = await open({ config: { limits: { runners: 1 } } });
  const first = queue(world, { durationMs: 5 * MINUTE_MS });
  await world.pass(10_000);
  const waiting = queue(world);
  await world.pass(10_000);
  world.github.cancelJob(waiting);
  await world.until(() => isOver(first), 20 * MINUTE_MS);
  expect(world.ecs.paid()).toHaveLength(1);
  expect(await entryOf(world, waiting)).toBeUndefined();
  await isEmpty(world);
});

test('a job that is cancelled while it is launched: its launch is marked, and undone by its holder', async () => {
  const world = await open({ github: { behaviour: { answerMs: [5_000, 5_000] } } });
  const job = queue(world);
  await world.until(() => linesOf(world, 'launch.ranked').length > 0, MINUTE_MS);
  world.github.cancelJob(job);
  await world.pass(40_000);
  expect(linesOf(world, 'launch.unwanted')).toHaveLength(1);
  expect(linesOf(world, 'launch.minted')).toHaveLength(1);
  expect(linesOf(world, 'sweep.done'), 'its holder did it').toEqual([]);
  expect([world.ecs.paid(), world.github.runners()]).toEqual([[], []]);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
  await isEmpty(world);
});

test('the runner of a job that is cancelled while it boots is given to a waiting job that it covers', async () => {
  const world = await open({ config: { limits: { runners: 1 } } });
  const cancelled = queue(world);
  await world.until(() => world.ecs.alive().length === 1, MINUTE_MS);
  const waiting = queue(world);
  await world.pass(5_000);
  world.github.cancelJob(cancelled);
  expect(await world.until(() => isOver(waiting), 10 * MINUTE_MS)).toBe(true);
  expect(world.ecs.paid()).toHaveLength(1);
  expect(waiting.runner?.name).toContain(cancelled.id);
  await isEmpty(world);
});

test('an error that ECS itself calls unknown: no second machine, and history has what the first one was', async () => {
  const world = await open({ ecs: { regions: [smallRegion()] } });
  const first = queue(world);
  await world.until(() => isOver(first), 10 * MINUTE_MS);
  await world.pass(3 * MINUTE_MS);
  world.ecs.failNext('RunInstances', '400-after-success', 3);
  const job = queue(world, { durationMs: 6 * MINUTE_MS });
  expect(await world.until(() => isOver(job), 20 * MINUTE_MS)).toBe(true);
  await world.pass(3 * MINUTE_MS);
  const [, paid, ...others] = world.ecs.paid();
  expect(others).toEqual([]);
  const row = await world.adapters().ledger.history.read(job.createdAtMs, job.id as never);
  expect(row).toMatchObject({
    outcome: 'success',
    instanceId: paid?.instanceId,
    instanceType: paid?.instanceType,
    zone: paid?.zone,
    capacityType: 'spot',
    pricePerHour: expect.any(Number),
    goneAtMs: expect.any(Number),
  });
  await isEmpty(world);
});

test('a launch that found no offer is not undone while GitHub calls its registration busy', async () => {
  let isBusy = true;
  const world = await open({
    ecs: {
      regions: [smallRegion()],
      faults: (action) => (action === 'RunInstances' ? { code: 'Strange.No' } : null),
    },
    github: {
      faults: (method, path) =>
        isBusy && method === 'DELETE' && path.includes('/runners/') ? { kind: 'status', status: 422 } : null,
    },
  });
  const job = queue(world);
  await world.until(() => linesOf(world, 'launch.waited').length > 0, 2 * MINUTE_MS);
  const { ledger } = world.adapters();
  expect((await ledger.capacity.view()).total).toBe(1);
  const { things } = await ledger.runners.list(10);
  expect(things.map(({ entry }) => entry.state)).toEqual(['launching']);
  expect(world.github.runners().map(({ id }) => id)).toEqual([things[0]?.entry.runnerId]);
  isBusy = false;
  world.github.cancelJob(job);
  await world.pass(12 * MINUTE_MS);
  await isEmpty(world);
});
