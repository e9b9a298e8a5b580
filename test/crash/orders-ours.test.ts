/** Each order in which GitHub's six deliveries of two jobs can come: exhaustive. */
import { expect, test } from 'vitest';
import { EVENTS, inOrder, NOT_SWAPPED, permutations } from './orders.ts';

const SEEDS_MAX = 40;

/** The first in which each of the two jobs runs on the runner that was launched for the other: who is ready first is drawn. */
async function swappingSeed(): Promise<number> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const [wrong] = await inOrder({ seed, isOurs: true, order: EVENTS, gapMs: 2_000 });
    if (wrong !== NOT_SWAPPED) return seed;
  }
  throw new Error(`in none of ${SEEDS_MAX} seeds they are swapped`);
}

test('two jobs with swapped runners: in whatever order events come, late or repeated, nothing is left and nothing is launched twice', async () => {
  const orders = permutations(EVENTS);
  expect(orders).toHaveLength(720);
  const seed = await swappingSeed();
  const broken: string[] = [];
  for (const order of orders) {
    const wrong = await inOrder({ seed, isOurs: true, order, gapMs: 2_000 });
    if (wrong.length > 0) broken.push(`${order.join(', ')}: ${wrong.join('; ')}`);
  }
  expect(broken).toEqual([]);
});
