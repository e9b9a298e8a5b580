/** What bounds launches bounds the starts of stopped runners, too. */
import { expect, test } from 'vitest';
import { isOver, linesOf, MINUTE_MS, queue } from './fixture.ts';
import { ready } from './stopped-fixture.ts';

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
