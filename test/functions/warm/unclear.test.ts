/** Launches, stops and deletions that nobody answers for, and lists that are old: what a pool may make meanwhile. */
import { expect, test } from 'vitest';
import { WARM_BEYOND_MAX } from '../../../shared/warm/limits.ts';
import { seeded } from '../../../simulator/random.ts';
import { MINUTE_MS, openWarm } from './fixture.ts';

const WANTED = 5;
const LOST = 0.8;

test('of five wanted, no more than seven are there at once (ten before: each that was unclear was made anew)', async () => {
  const random = seeded(3);
  const world = await openWarm([{ labels: ['arm64'], stopped: WANTED }], {
    seed: 3,
    ecs: {
      faults: () => (random.chance(LOST) ? 'timeout-after' : null),
      delays: { listLagMs: [270_000, 270_000] },
    },
  });
  const alive: number[] = [];
  for (let minute = 1; minute <= 15; minute++) {
    await world.pass(MINUTE_MS);
    alive.push(world.ecs.alive().length);
  }
  expect(Math.max(...alive)).toBeLessThanOrEqual(WANTED + WARM_BEYOND_MAX);
  world.fc.close();
});
