/** Runners of a pool that end before any job has them: the pool pauses, and a person is told. */
import { expect, test } from 'vitest';
import { pausePool } from '../../../shared/warm/pause.ts';
import { openReaper } from '../reaper/fixture.ts';
import { linesOf, MINUTE_MS, machines, openWarm } from './fixture.ts';

const ONE = [{ labels: ['arm64'], hot: 1 }];

async function after(minutes: number, options: Parameters<typeof openWarm>[1]) {
  const alerts: string[] = [];
  const world = await openWarm(ONE, { ...options, post: async (text) => void alerts.push(text) });
  await world.pass(minutes * MINUTE_MS);
  world.fc.close();
  const pauses = linesOf(world, 'warm.paused');
  return { alerts, machines: machines(world), pauses };
}

test('online, and ended by themselves a moment later: a few machines in 90 minutes (30 before), and one alert', async () => {
  const found = await after(90, { boots: { endsAfterMs: () => 90_000, exitStatus: () => 7 } });
  expect(found.machines).toBeLessThanOrEqual(7);
  expect(found.pauses.slice(0, 4).map(({ seconds }) => seconds)).toEqual([120, 240, 480, 960]);
  expect(found.pauses[0].because).toMatch(/^its last runner was of no use: it was online, and/);
  expect(found.alerts).toEqual([expect.stringMatching(/^No runner waits in the pool acme/)]);
});

test('one that waits, and is not spent, is no failure', async () => {
  const found = await after(30, {});
  expect([found.machines, found.pauses, found.alerts]).toEqual([1, [], []]);
});

test('a runner that is long in going makes one pause, however often it is seen; the next one makes a longer one', async () => {
  const { world, pass } = openReaper();
  const seconds = async (runner: string) =>
    (await pausePool('acme, arm64', runner, 'it never came online', world)).forMs / 1000;
  expect([await seconds('ci-1'), await seconds('ci-2')]).toEqual([120, 120]);
  await pass(3 * MINUTE_MS);
  expect([await seconds('ci-1'), await seconds('ci-2'), await seconds('ci-3')]).toEqual([120, 120, 240]);
});
