/** An installation that ends, is suspended or made anew under living jobs, over the whole system; its events are not read. */
import { expect, test } from 'vitest';
import { leftovers } from '../../../../cli/start/leftovers.ts';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { openWorld, seedRunnerRelease, type World } from '../../../world/in-process.ts';

const MINUTE_MS = 60_000;

function queue({ github }: World, name: string, minutes: number): SimJob {
  const job = { name, labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: minutes * MINUTE_MS };
  return github.jobsOf(github.queueRun({ repository: 'acme/app', jobs: [job] }))[0] as SimJob;
}

async function opened(): Promise<World> {
  const world = openWorld({ config: { limits: { runners: 1 } } });
  await seedRunnerRelease(world);
  return world;
}

test('an App installed anew serves what the old installation had told us of, running and waiting', async () => {
  const world = await opened();
  const runs = queue(world, 'runs', 6);
  const waits = queue(world, 'waits', 1);
  await world.until(() => runs.status === 'in_progress', 5 * MINUTE_MS);
  world.github.uninstall(world.installation.id);
  await world.pass(2 * MINUTE_MS);
  world.github.install('acme');

  await world.until(() => [runs, waits].every(({ status }) => status === 'completed'), 20 * MINUTE_MS);
  expect([runs, waits].map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  await world.pass(3 * MINUTE_MS);
  expect(await leftovers(world)).toEqual([]);
});

test('what was queued while the installation was suspended runs within minutes of its return', async () => {
  const world = await opened();
  const before = queue(world, 'before', 1);
  await world.until(() => before.status === 'completed', 10 * MINUTE_MS);
  world.github.suspend(world.installation.id);
  const meanwhile = queue(world, 'meanwhile', 1);
  await world.pass(10 * MINUTE_MS);
  expect(meanwhile.status).toBe('queued');
  world.installation.isSuspended = false;

  expect(await world.until(() => meanwhile.status === 'in_progress', 4 * MINUTE_MS)).toBe(true);
  await world.pass(4 * MINUTE_MS);
  expect(meanwhile.conclusion).toBe('success');
  expect(await leftovers(world)).toEqual([]);
});
