/** Runners that are kept stopped, and started for a job: over the whole system. */
import { expect, test } from 'vitest';
import type { World } from '../../world/in-process.ts';
import { isOver, MINUTE_MS, machines, openWarm, queue, waitedMs } from './fixture.ts';
import { isAtRest, ONE, restingIn } from './stopped-fixture.ts';

const started = ({ ecs }: World): number => ecs.calls.get('StartInstance') ?? 0;

test('a job has the stopped runner, which costs its disk until then, and another is made in its place', async () => {
  const world = await openWarm(ONE);
  expect(await world.until(isAtRest(world, 1), 6 * MINUTE_MS)).toBe(true);
  expect(world.github.runners(), 'it has no registration').toEqual([]);
  const [machine] = world.ecs.alive();
  expect([machine?.strategy, machine?.releaseAtMs]).toEqual(['NoSpot', expect.any(Number)]);
  const before = world.ecs.paid()[0]?.instanceCost;
  await world.pass(60 * MINUTE_MS);
  expect(world.ecs.paid()[0]?.instanceCost).toBe(before);
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 6 * MINUTE_MS)).toBe(true);
  expect(jobs[0]?.runner?.name).toBe(machine?.name);
  expect(waitedMs(jobs)[0]).toBeLessThan(35_000);
  expect(await world.until(isAtRest(world, 1), 8 * MINUTE_MS)).toBe(true);
  expect([machines(world), started(world)]).toEqual([2, 1]);
  expect(restingIn(world)[0]?.id).not.toBe(machine?.id);
  expect(world.ecs.alive().map(({ id }) => id)).not.toContain(machine?.id);
  world.fc.close();
});
