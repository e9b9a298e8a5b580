/** What may go wrong with runners that wait: no job is lost, no machine left, and none launched twice. */
import { expect, test } from 'vitest';
import { resuming, stopping } from '../../../shared/ledger/stop.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { diesAt } from '../../crash/points.ts';
import { configOf, type World, type WorldOptions } from '../../world/in-process.ts';
import { isOver, isWaiting, linesOf, MINUTE_MS, machines, openWarm, queue, waitingIn } from './fixture.ts';

const ONE = [{ labels: ['arm64'], hot: 1 }];

async function ready(warm: object[] = ONE, options: WorldOptions = {}): Promise<World> {
  const world = await openWarm(warm, options);
  expect(await world.until(isWaiting(world, 1), 6 * MINUTE_MS)).toBe(true);
  await world.pass(2 * MINUTE_MS);
  return world;
}

/** No pool any more: all that waits goes, and nothing is left. */
async function endsEmpty(world: World): Promise<void> {
  world.state.config = configOf({ warm: [] });
  await world.pass(12 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  expect(world.github.runners()).toEqual([]);
  expect((await world.adapters().ledger.runners.list(100)).things).toEqual([]);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
  world.fc.close();
}

/** The same world up to the queued job, which dies at one call of its launcher. */
async function launchedBy(
  killable: WorldOptions['killable'],
  arm: () => void,
): Promise<{ world: World; jobs: SimJob[] }> {
  const world = await ready(ONE, killable === undefined ? {} : { killable });
  arm();
  return { world, jobs: queue(world) };
}

test('the launcher dies before, and after, the pointer has moved: the job runs on it, and one more is made, not two', async () => {
  const dry = diesAt(null);
  let from = 0;
  const { world: first } = await launchedBy(dry.killable, () => {
    from = dry.calls.length;
  });
  await first.pass(5_000);
  first.fc.close();
  const opened = dry.calls.findIndex(({ name }, at) => at >= from && name === 'ledger.jobs.add');
  const run = dry.calls[opened]?.run;
  const call = dry.calls.findIndex(
    (each, at) => at > opened && each.run === run && each.name === 'ledger.runners.replace',
  );
  expect(call, 'the pointer').toBeGreaterThan(opened);
  for (const when of ['before', 'after'] as const) {
    const { world, jobs } = await launchedBy(diesAt({ call, when }).killable, () => undefined);
    expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
    expect(await world.until(isWaiting(world, 1), 6 * MINUTE_MS)).toBe(true);
    expect(machines(world), when).toBe(2);
    await endsEmpty(world);
  }
});

test('it is stolen by a job of which nobody has told us: the job that took it gets the one launched for it', async () => {
  const world = await ready();
  world.github.pauseAssignment(5_000);
  const [first, second] = [queue(world), queue(world)];
  expect(await world.until(() => isOver([...first, ...second]), 15 * MINUTE_MS)).toBe(true);
  await world.until(isWaiting(world, 1), 6 * MINUTE_MS);
  expect(machines(world), 'it, one for the other job, and one in its place').toBe(3);
  await endsEmpty(world);
});

test('while the operator has stopped everything, none waits and none is launched; then they are there again', async () => {
  const world = await ready();
  const { capacity, runners } = world.adapters().ledger;
  await capacity.stop((stop) => stopping(stop, null, world.clock.nowMs()), world.clock.nowMs());
  await world.pass(5 * MINUTE_MS);
  const before = machines(world);
  await world.pass(20 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  expect((await runners.list(100)).things).toEqual([]);
  expect(machines(world)).toBe(before);
  expect(linesOf(world, 'warm.due')).toHaveLength(before);
  await capacity.stop((stop) => resuming(stop, null), world.clock.nowMs());
  expect(await world.until(isWaiting(world, 1), 6 * MINUTE_MS)).toBe(true);
  await endsEmpty(world);
});

test('its machine is deleted by hand: the job that took it waits no longer than for a new one', async () => {
  const world = await ready();
  const [machine] = world.ecs.alive();
  world.ecs.call('cn-hangzhou', 'DeleteInstance', { InstanceId: machine?.id ?? '', Force: 'true' });
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 15 * MINUTE_MS)).toBe(true);
  await world.until(isWaiting(world, 1), 6 * MINUTE_MS);
  await endsEmpty(world);
});

test('the launcher hears of it twice, or never: one machine, or the next sweep’s', async () => {
  const world = await openWarm(ONE);
  world.fc.faults.duplicate = 1;
  expect(await world.until(isWaiting(world, 1), 6 * MINUTE_MS)).toBe(true);
  await world.pass(5 * MINUTE_MS);
  expect(machines(world)).toBe(1);
  await endsEmpty(world);

  const deaf = await openWarm(ONE);
  deaf.fc.faults.drop = 1;
  await deaf.pass(3 * MINUTE_MS);
  expect(machines(deaf)).toBe(0);
  deaf.fc.faults.drop = 0;
  expect(await deaf.until(isWaiting(deaf, 1), 20 * MINUTE_MS)).toBe(true);
  await deaf.pass(3 * MINUTE_MS);
  expect(machines(deaf)).toBe(1);
  await endsEmpty(deaf);
});

test('machines that never come online: the pool pauses longer each time, and jobs are launched for meanwhile', async () => {
  const world = await openWarm(ONE, {
    boots: { hangs: ({ userData }: { userData: string }) => userData.length > 0, bootDeadlineMs: MINUTE_MS },
  });
  await world.pass(60 * MINUTE_MS);
  const pauses = linesOf(world, 'warm.paused').map(({ seconds }) => seconds);
  expect(pauses.slice(0, 4)).toEqual([120, 240, 480, 960]);
  expect(machines(world)).toBeLessThanOrEqual(6);
  await endsEmpty(world);
});

test('nothing is available for it: that is a pause, and no entry, slot or registration is left', async () => {
  const world = await openWarm(ONE, {
    ecs: {
      faults: (action: string) => (action === 'RunInstances' ? { code: 'OperationDenied.NoStock' } : null),
    },
  });
  await world.pass(20 * MINUTE_MS);
  expect(linesOf(world, 'warm.paused').length).toBeLessThanOrEqual(4);
  expect(linesOf(world, 'warm.paused').length).toBeGreaterThan(0);
  await endsEmpty(world);
});

test('a deploy that changes its image replaces it, and one waits all the time', async () => {
  const world = await ready();
  const first = waitingIn(world).map(({ name }) => name);
  world.state.config = configOf({ warm: ONE, defaults: { packages: ['git-lfs'] } });
  let fewest = 1;
  for (let minute = 0; minute < 12; minute++) {
    await world.pass(MINUTE_MS);
    fewest = Math.min(fewest, waitingIn(world).length);
  }
  expect(fewest).toBe(1);
  expect(waitingIn(world)).toHaveLength(1);
  expect(waitingIn(world).map(({ name }) => name)).not.toEqual(first);
  expect(machines(world)).toBe(2);
  await endsEmpty(world);
});

test('after twelve hours it is replaced', async () => {
  const world = await ready();
  const first = waitingIn(world).map(({ name }) => name);
  await world.pass(11 * 60 * MINUTE_MS);
  expect(waitingIn(world).map(({ name }) => name)).toEqual(first);
  await world.pass(70 * MINUTE_MS);
  expect(waitingIn(world)).toHaveLength(1);
  expect(waitingIn(world).map(({ name }) => name)).not.toEqual(first);
  await endsEmpty(world);
});

test('a pool takes no slot that a job waits for', async () => {
  const world = await openWarm([{ labels: ['arm64', '4cpu'], hot: 2 }], {
    config: { limits: { runners: 2, runnersPerRepository: null } },
  });
  const jobs = queue(world, 4, { labels: ['self-hosted', 'aliyun', 'arm64', '16cpu'] });
  expect(await world.until(() => isOver(jobs), 40 * MINUTE_MS)).toBe(true);
  const firstWarm = world.lines.findIndex((line) => line.includes('"event":"warm.due"'));
  const launched = world.lines
    .slice(0, firstWarm)
    .filter((line) => /launch\.attempted.*"outcome":"running"/.test(line));
  expect(launched, 'each job has its machine before').toHaveLength(4);
  expect(await world.until(isWaiting(world, 2), 10 * MINUTE_MS)).toBe(true);
  await endsEmpty(world);
});

test('all slots are held by what waits, and a job comes that it does not cover: one gives way', async () => {
  const world = await openWarm([{ labels: ['arm64'], hot: 2 }], { config: { limits: { runners: 2 } } });
  expect(await world.until(isWaiting(world, 2), 6 * MINUTE_MS)).toBe(true);
  const jobs = queue(world, 1, { labels: ['self-hosted', 'aliyun', 'arm64', '16cpu'] });
  expect(await world.until(() => isOver(jobs), 15 * MINUTE_MS)).toBe(true);
  await endsEmpty(world);
});
