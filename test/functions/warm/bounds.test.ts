/** What bounds launches bounds the starts of stopped runners, too. */
import { expect, test } from 'vitest';
import { ARM, isOver, isWaiting, linesOf, MINUTE_MS, openWarm, queue, waitingIn } from './fixture.ts';
import { isAtRest, ready, restingIn } from './stopped-fixture.ts';

test.each([
  ['while launches are held back', 'launches are held back to probes', null],
  ['beyond what its repository may have', 'limits.runnersPerRepository is 1', 1],
])('none is started %s', async (_when, because, runnersPerRepository) => {
  const world = await ready(2, {
    config: { limits: runnersPerRepository === null ? {} : { runnersPerRepository } },
  });
  if (runnersPerRepository === null) {
    const { capacity } = world.adapters().ledger;
    await capacity.setWaiting({ sinceMs: world.clock.nowMs(), because, isBraked: true });
  }
  const jobs = queue(world, 2);
  await world.pass(15_000);
  expect(linesOf(world, 'launch.started')).toHaveLength(runnersPerRepository ?? 0);
  expect(linesOf(world, 'launch.waited')[0]?.because).toContain(because);
  expect(await world.until(() => isOver(jobs), 20 * MINUTE_MS), 'then they have their turn').toBe(true);
  world.fc.close();
});

const SOLD_OUT = 'ecs.g8y.2xlarge';
const TWO_SLOTS = { config: { limits: { runners: 2, runnersPerRepository: null } } };

test.each(['hot', 'stopped'] as const)(
  'a %s one makes room for jobs that found no offer, once and for all of them',
  async (kind) => {
    const world = await openWarm([{ labels: ['arm64'], [kind]: 2 }], TWO_SLOTS);
    const standing = () => (kind === 'hot' ? waitingIn(world) : restingIn(world)).length;
    const stand = kind === 'hot' ? isWaiting(world, 2) : isAtRest(world, 2);
    expect(await world.until(stand, 8 * MINUTE_MS)).toBe(true);
    await world.pass(2 * MINUTE_MS);
    for (const zone of ['h', 'i', 'k']) world.ecs.setStock(`cn-hangzhou-${zone}`, SOLD_OUT, 0);
    queue(world, 5, { labels: [...ARM, SOLD_OUT] });
    await world.pass(60 * MINUTE_MS);
    // Before they had tried, both made room, and one came back.
    expect(world.ecs.paid()).toHaveLength(3);
    expect(standing()).toBe(1);
    world.fc.close();
  },
);

test.each([
  ['is larger than all slots', 0, 2],
  ['has fewer than it should, because jobs have the other slots', 2, 4],
])('a pool makes room for a job that none of it fits, also where it %s', async (_what, busy, runners) => {
  const limits = { runners, runnersPerRepository: null };
  const world = await openWarm([{ labels: ['arm64'], hot: 3 }], { config: { limits } });
  queue(world, busy, { labels: [...ARM, '2cpu'], durationMs: 90 * MINUTE_MS });
  expect(await world.until(isWaiting(world, 2), 8 * MINUTE_MS)).toBe(true);
  await world.pass(2 * MINUTE_MS);
  const jobs = queue(world, 1, { labels: [...ARM, '4cpu'] });
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(waitingIn(world), 'one, for one job').toHaveLength(1);
  world.fc.close();
});

test('what waits at its repository’s own limit makes no pool give way', async () => {
  const limits = { runners: 3, runnersPerRepository: 1 };
  const world = await openWarm([{ labels: ['arm64', '4cpu'], stopped: 2 }], { config: { limits } });
  expect(await world.until(isAtRest(world, 2), 8 * MINUTE_MS)).toBe(true);
  await world.pass(2 * MINUTE_MS);
  queue(world, 5, { durationMs: 90 * MINUTE_MS });
  await world.pass(30 * MINUTE_MS);
  expect(restingIn(world)).toHaveLength(2);
  expect(world.ecs.paid()).toHaveLength(3);
  world.fc.close();
});
