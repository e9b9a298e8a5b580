/** A hundred seeds of days in production; the other hundred are beside this file, for the other core. */
import { expect, test } from 'vitest';
import { report, runSeeds } from './batch.ts';
import { REGRESSIONS } from './regressions.ts';

const seeds = [
  ...Array.from({ length: 100 }, (_, n) => 2 * n + 2),
  ...REGRESSIONS.map(([seed]) => seed).filter((seed) => seed % 2 === 0),
];

test('whatever goes wrong, the promises hold: seeds 1 to 200, even ones, and those that found bugs', async () => {
  const { broken } = await runSeeds(seeds);
  const [first] = broken;
  expect(first === undefined ? '' : await report(first.seed)).toBe('');
});
