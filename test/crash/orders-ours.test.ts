/** Each order in which GitHub's six deliveries of two jobs can come: exhaustive. */
import { expect, test } from 'vitest';
import { EVENTS, inOrder, permutations } from './orders.ts';

/** In this seed each of the two jobs runs on the runner that was launched for the other. */
const SEED = 5;

test('two jobs with swapped runners: in whatever order events come, late or repeated, nothing is left and nothing is launched twice', async () => {
  const orders = permutations(EVENTS);
  expect(orders).toHaveLength(720);
  const broken: string[] = [];
  for (const order of orders) {
    const wrong = await inOrder({ seed: SEED, isOurs: true, order, gapMs: 2_000 });
    if (wrong.length > 0) broken.push(`${order.join(', ')}: ${wrong.join('; ')}`);
  }
  expect(broken).toEqual([]);
});
