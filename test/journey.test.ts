/** Read this first: the way of one job, from GitHub's delivery to the deleted instance. */
import { expect, test } from 'vitest';
import { openWorld, seedRunnerRelease } from './world/in-process.ts';

const HOUR_MS = 3_600_000;

test('a queued job gets an instance of its own, runs on it, and leaves nothing behind', async () => {
  const world = openWorld();
  await seedRunnerRelease(world);
  const labels = ['self-hosted', 'aliyun', 'arm64'];
  const run = world.github.queueRun({
    repository: 'acme/app',
    jobs: [{ name: 'build', labels, durationMs: 300_000 }],
  });
  const [job] = world.github.jobsOf(run);

  expect(await world.until(() => job?.status === 'in_progress', 5 * 60_000)).toBe(true);
  expect(world.ecs.alive()).toHaveLength(1);
  const [instance] = world.ecs.alive();
  expect(instance?.tags.get('ci-runner-job')).toBe(String(job?.id));
  expect(instance?.releaseAtMs).toBeGreaterThan(world.clock.nowMs() + 6 * HOUR_MS);

  expect(await world.until(() => job?.status === 'completed', 10 * 60_000)).toBe(true);
  expect(await world.until(() => world.ecs.alive().length === 0, 3 * 60_000)).toBe(true);
  await world.pass(3 * 60_000);

  const { ledger } = world.adapters();
  expect((await ledger.jobs.list(100)).things).toEqual([]);
  expect((await ledger.runners.list(100)).things).toEqual([]);
  expect(await ledger.capacity.view()).toMatchObject({ total: 0, slots: [] });
  expect(world.github.runners()).toEqual([]);
  const row = await ledger.history.read(job?.createdAtMs ?? 0, (job?.id ?? 0) as never);
  expect(row).toMatchObject({ outcome: 'success', capacityType: 'spot', launches: 1 });
});
