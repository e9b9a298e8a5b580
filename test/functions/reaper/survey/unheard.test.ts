/** A machine that is gone under a job of which nobody had told us that it ran there. */
import { expect, test } from 'vitest';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';

test('it is found at GitHub, and run again off spot', async () => {
  const world = await open({
    github: {
      deliveryFaults: (_, action) => (action === 'in_progress' ? { kind: 'lose', isLogged: false } : null),
    },
  });
  const job = queue(world, OURS, { durationMs: 60 * MINUTE_MS });
  await world.until(() => job.status === 'in_progress', 5 * MINUTE_MS);
  const [machine] = world.ecs.alive();
  if (machine === undefined) throw new Error('there is no machine');
  const { id, region } = machine;
  world.ecs.call(region, 'DeleteInstance', { RegionId: region, InstanceId: id, Force: 'true' });

  expect(await world.until(() => job.status === 'completed', 20 * MINUTE_MS)).toBe(true);
  const again = () => world.github.jobsOf(job.run).find(({ attempt }) => attempt === 2);
  expect(await world.until(() => again()?.status === 'in_progress', 20 * MINUTE_MS)).toBe(true);
  const alive = world.ecs.paid().filter(({ endedAtMs }) => endedAtMs === null);
  expect(alive.map(({ isSpot }) => isSpot)).toEqual([false]);
});
