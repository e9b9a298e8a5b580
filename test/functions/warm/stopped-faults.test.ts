/** What may go wrong with runners that stand stopped while nobody needs them: none is left, or taken for what it is not. */
import { expect, test } from 'vitest';
import { stopping } from '../../../shared/ledger/stop.ts';
import type { Machine } from '../../../simulator/ecs/index.ts';
import { statusNow } from '../../../simulator/ecs/machine.ts';
import { configOf } from '../../world/in-process.ts';
import { isOver, linesOf, MINUTE_MS, machines, openWarm, queue, waitedMs } from './fixture.ts';
import { calls, endsEmpty, isAtRest, ONE, ready, restingIn } from './stopped-fixture.ts';

const REGION = 'cn-hangzhou';

test('it is deleted by hand: a job that comes does not wait for it, and another is made', async () => {
  const world = await ready();
  const [machine] = restingIn(world) as [Machine];
  world.ecs.call(REGION, 'DeleteInstance', { InstanceId: machine.id, Force: 'true' });
  await world.pass(15_000);
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(waitedMs(jobs)[0]).toBeLessThan(120_000);
  expect(linesOf(world, 'warm.paused'), 'no fault of the pool').toEqual([]);
  expect(await world.until(isAtRest(world, 1), 10 * MINUTE_MS)).toBe(true);
  await endsEmpty(world);
});

test('somebody starts it by hand: nothing runs on it, and it goes', async () => {
  const world = await ready();
  const [machine] = restingIn(world) as [Machine];
  world.ecs.call(REGION, 'StartInstance', { InstanceId: machine.id });
  await world.pass(5 * MINUTE_MS);
  expect(world.ecs.alive().map(({ id }) => id)).not.toContain(machine.id);
  await endsEmpty(world);
});

test('its stop never ends: it is given up, and the pool pauses longer each time', async () => {
  const alerts: string[] = [];
  const world = await openWarm(ONE, {
    ecs: { faults: (action: string) => (action === 'StopInstance' ? 'timeout-before' : null) },
    post: async (text) => void alerts.push(text),
  });
  await world.pass(90 * MINUTE_MS);
  expect(machines(world)).toBeLessThanOrEqual(6);
  expect(restingIn(world)).toEqual([]);
  expect(
    alerts.filter((text) => /billing/.test(text)),
    'it stopped itself',
  ).toEqual([]);
  const pauses = linesOf(world, 'warm.paused').map(({ seconds }) => seconds);
  expect(pauses.slice(0, 3)).toEqual([120, 240, 480]);
  await endsEmpty(world, 20 * MINUTE_MS);
});

test('types that go on billing are given up, left out, and told; another serves', async () => {
  const alerts: string[] = [];
  const billing = new Set<string>();
  const world = await openWarm(ONE, {
    ecs: {
      ways: {
        economicalMode: (type: string) => {
          if (billing.size === 0) billing.add(type);
          return !billing.has(type);
        },
      },
    },
    post: async (text) => void alerts.push(text),
  });
  expect(await world.until(isAtRest(world, 1), 60 * MINUTE_MS)).toBe(true);
  expect(billing).not.toContain(restingIn(world)[0]?.type.id);
  expect(alerts).toEqual([expect.stringMatching(/goes on billing when it is stopped/)]);
  await endsEmpty(world);
});

test('the operator stops everything: those that stand stopped go, too', async () => {
  const world = await ready(2);
  const { capacity } = world.adapters().ledger;
  await capacity.stop((stop) => stopping(stop, null, world.clock.nowMs()), world.clock.nowMs());
  await world.pass(10 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  expect(calls(world, 'RunInstances')).toBe(2);
  await endsEmpty(world);
});

test('a deploy that changes what it is made of replaces it, and one stands stopped all the time', async () => {
  const world = await ready();
  const [before] = restingIn(world) as [Machine];
  world.state.config = configOf({ warm: ONE, defaults: { packages: ['git-lfs'] } });
  let fewest = 1;
  for (let minute = 0; minute < 12; minute++) {
    await world.pass(MINUTE_MS);
    fewest = Math.min(fewest, restingIn(world).length);
  }
  expect(fewest).toBe(1);
  expect(restingIn(world).map(({ id }) => id)).not.toContain(before.id);
  expect([restingIn(world).length, machines(world)]).toEqual([1, 2]);
  await endsEmpty(world);
});

test('what ran a job is no stopped runner: it is deleted when it stops', async () => {
  const world = await ready();
  const [machine] = restingIn(world) as [Machine];
  const jobs = queue(world);
  await world.until(() => isOver(jobs), 6 * MINUTE_MS);
  await world.pass(3 * MINUTE_MS);
  expect(world.ecs.alive().filter(({ id }) => id === machine.id)).toEqual([]);
  expect(world.ecs.alive().every((each) => statusNow(each) !== null && each.id !== machine.id)).toBe(true);
  await endsEmpty(world);
});
