/** More jobs at once than runners wait: over the whole system. */
import { expect, test } from 'vitest';
import type { SimJob } from '../../../simulator/github/index.ts';
import type { World } from '../../world/in-process.ts';
import { isOver, isWaiting, MINUTE_MS, machines, openWarm, queue, waitingIn } from './fixture.ts';
import { isAtRest, restingIn } from './stopped-fixture.ts';

/** One after the other, in a few seconds. */
async function comeOneByOne(world: World, count: number): Promise<SimJob[]> {
  const jobs: SimJob[] = [];
  for (let at = 0; at < count; at++) {
    jobs.push(...queue(world));
    await world.pass(200);
  }
  return jobs;
}

test.each([
  ['ten hot', 10, 0],
  ['five hot and five stopped', 5, 5],
])(
  'of 30 jobs that come to %s, the oldest ten are served by them and twenty cold, none twice, and the pools are filled again',
  async (_what, hot, stopped) => {
    const pools = [
      { labels: ['arm64'], hot },
      { labels: ['arm64'], stopped },
    ];
    const world = await openWarm(pools.filter((pool) => Object.values(pool).every((each) => each !== 0)));
    const isReady = () => isWaiting(world, hot)() && isAtRest(world, stopped)();
    expect(await world.until(isReady, 12 * MINUTE_MS)).toBe(true);
    await world.pass(2 * MINUTE_MS);
    const warm = new Set([...waitingIn(world), ...restingIn(world)].map(({ name }) => name));
    const jobs = await comeOneByOne(world, 30);
    expect(await world.until(() => isOver(jobs), 20 * MINUTE_MS)).toBe(true);
    const served = jobs.map(({ runner }) => warm.has(runner?.name ?? ''));
    expect(served).toEqual(jobs.map((_job, at) => at < 10));
    expect(new Set(jobs.map(({ runner }) => runner?.name)).size).toBe(30);
    expect(await world.until(isReady, 12 * MINUTE_MS)).toBe(true);
    await world.pass(5 * MINUTE_MS);
    expect(machines(world)).toBe(10 + 20 + 10);
    expect(world.ecs.alive().length).toBe(10);
    world.fc.close();
  },
);
