/** When the market looks whether it takes a machine back. */
import { expect, test } from 'vitest';
import { MINUTE_MS, START_MS, world } from '../../shared/adapters/ecs/fixture.ts';

// biome-ignore format: a table reads best as a table.
test.each<[what: string, isByClock: boolean, aliveUntilMin: number]>([
  ['five minutes after it was made', false, 12],
  // START_MS is half a minute after a step.
  ['when the market moves',          true,  9.5],
])('looks at one without protection %s', async (_what, isReviewedByClock, aliveUntilMin) => {
  const { ecs, clock, good, run } = world({ interruptions: 1e9, isReviewedByClock });
  await clock.runUntil(START_MS + 2 * MINUTE_MS);
  run({ ...good(), SpotStrategy: 'SpotAsPriceGo', SpotDuration: '0' });
  await clock.runUntil(START_MS + aliveUntilMin * MINUTE_MS - 1);
  expect(ecs.alive()).toHaveLength(1);
  await clock.runUntil(START_MS + aliveUntilMin * MINUTE_MS);
  expect(ecs.alive()).toEqual([]);
});
