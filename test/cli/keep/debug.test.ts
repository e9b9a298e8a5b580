/** A job with the label `debug` that fails: its machine stays, and goes. */
import { expect, test } from 'vitest';
import { isOver, open, PLAIN, queue } from '../../functions/fixture.ts';
import { entryIn, HOUR_MS, MINUTE_MS, statusesOf } from './fixture.ts';

async function ended(failures: 0 | 1, debug = 'allow') {
  const { world } = await open({
    config: { defaults: { debug } },
    boots: { bootMs: [10_000, 20_000], failures },
  });
  const [job] = queue(world, { labels: [...PLAIN, 'debug'], plan: { durationMs: MINUTE_MS } });
  await world.until(() => isOver(job), 10 * MINUTE_MS);
  return { world, job };
}

test('the machine runs on for half an hour, its slot taken, and is deleted then', async () => {
  const { world, job } = await ended(1);
  const failedMs = world.clock.nowMs();
  expect(job.conclusion).toBe('failure');
  await world.pass(20 * MINUTE_MS);
  expect(statusesOf(world)).toEqual(['Running']);
  expect(await entryIn(world)).toMatchObject({ state: 'retiring', keep: { by: 'debug' } });
  expect((await world.adapters().ledger.capacity.view()).total).toBe(1);
  await world.until(() => world.ecs.alive().length === 0, HOUR_MS);
  expect(world.clock.nowMs() - failedMs).toBeGreaterThan(29 * MINUTE_MS);
  expect(world.clock.nowMs() - failedMs).toBeLessThan(33 * MINUTE_MS);
});

test('that of a job that succeeds goes at once', async () => {
  const { world, job } = await ended(0);
  expect(job.conclusion).toBe('success');
  await world.until(() => world.ecs.alive().length === 0, 3 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
});

test('where it is refused, so is the job, which gets no machine', async () => {
  const { world } = await ended(1, 'refuse');
  expect(world.ecs.paid()).toEqual([]);
});
