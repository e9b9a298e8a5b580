/** Runners that wait for jobs: over the whole system. */
import { expect, test } from 'vitest';
import {
  ARM,
  isOver,
  isWaiting,
  linesOf,
  MINUTE_MS,
  machines,
  openWarm,
  queue,
  waitedMs,
  waitingIn,
} from './fixture.ts';

test('a job has the runner that waits in seconds, no machine is launched for it, and another waits in its place', async () => {
  const world = await openWarm([{ labels: ['arm64'], hot: 1 }]);
  expect(await world.until(isWaiting(world, 1), 5 * MINUTE_MS)).toBe(true);
  await world.pass(3 * MINUTE_MS);
  const [waited] = waitingIn(world);
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(jobs[0]?.runner?.name).toBe(waited?.name);
  expect(waitedMs(jobs)[0]).toBeLessThan(8_000);
  expect(await world.until(isWaiting(world, 1), 5 * MINUTE_MS)).toBe(true);
  expect(machines(world), 'the first, and the one in its place').toBe(2);
  world.fc.close();
});

test('of 30 jobs on a pool of 10, ten are served warm and twenty cold, none twice, and the pool is filled again', async () => {
  const world = await openWarm([{ labels: ['arm64'], hot: 10 }]);
  expect(await world.until(isWaiting(world, 10), 6 * MINUTE_MS)).toBe(true);
  await world.pass(2 * MINUTE_MS);
  const warm = new Set(waitingIn(world).map(({ name }) => name));
  const jobs = queue(world, 30);
  expect(await world.until(() => isOver(jobs), 20 * MINUTE_MS)).toBe(true);
  expect(jobs.filter(({ runner }) => warm.has(runner?.name ?? '')).length).toBe(10);
  expect(await world.until(isWaiting(world, 10), 10 * MINUTE_MS)).toBe(true);
  await world.pass(5 * MINUTE_MS);
  expect(machines(world)).toBe(10 + 20 + 10);
  expect(world.ecs.alive().length).toBe(10);
  world.fc.close();
});

test('a job whose labels a waiting runner covers is served by it, and one that it does not cover is launched for', async () => {
  const world = await openWarm([{ labels: ['arm64', '4cpu', 'disk-60gb'], hot: 2 }]);
  await world.until(isWaiting(world, 2), 5 * MINUTE_MS);
  await world.pass(2 * MINUTE_MS);
  const covered = queue(world, 1, { labels: [...ARM, '4cpu'] });
  const other = queue(world, 1, { labels: [...ARM, '16cpu'] });
  await world.until(() => isOver([...covered, ...other]), 10 * MINUTE_MS);
  expect(linesOf(world, 'launch.warm').map(({ job }) => job)).toEqual(covered.map(({ id }) => id));
  expect(waitedMs(covered)[0]).toBeLessThan(8_000);
  expect(waitedMs(other)[0]).toBeGreaterThan(20_000);
  world.fc.close();
});

test('outside its hours nothing waits, and nothing is left', async () => {
  // The world begins on a Monday at 16:00 in Shanghai.
  const world = await openWarm([{ labels: ['arm64'], hot: 2, when: 'Mon-Fri 08:30-17:00' }]);
  expect(await world.until(isWaiting(world, 2), 5 * MINUTE_MS)).toBe(true);
  await world.pass(54 * MINUTE_MS);
  expect(waitingIn(world)).toHaveLength(2);
  await world.pass(14 * MINUTE_MS);
  expect(world.github.runners()).toEqual([]);
  expect(world.ecs.alive()).toEqual([]);
  expect(machines(world)).toBe(2);
  world.fc.close();
});

test('what spot takes back while it waits is replaced, and nothing is run again', async () => {
  const world = await openWarm([{ labels: ['arm64'], hot: 1 }]);
  await world.until(isWaiting(world, 1), 5 * MINUTE_MS);
  const [first] = world.ecs.alive();
  world.ecs.interrupt(first?.id ?? '');
  await world.pass(8 * MINUTE_MS);
  expect(world.ecs.alive().map(({ id }) => id)).not.toContain(first?.id);
  expect(waitingIn(world)).toHaveLength(1);
  expect(machines(world)).toBe(2);
  world.fc.close();
});

test('a job that waits at its own repository’s limit keeps nobody’s pool empty', async () => {
  const limits = { runners: 20, runnersPerRepository: 1 };
  const world = await openWarm([{ labels: ['arm64'], hot: 1 }], { config: { limits } });
  const jobs = queue(world, 2, { labels: [...ARM, '16cpu'], durationMs: 30 * MINUTE_MS });
  await world.until(() => jobs.some(({ status }) => status === 'in_progress'), 5 * MINUTE_MS);
  expect(await world.until(isWaiting(world, 1), 10 * MINUTE_MS)).toBe(true);
  expect(jobs.map(({ status }) => status).sort()).toEqual(['in_progress', 'queued']);
  world.fc.close();
});
