/** Whose calls are made when there are not enough for all. */
import { expect, test } from 'vitest';
import { type CallBudget, type CallUse, levelOf, lookShare, mayCall, paceOf } from '../../shared/budget.ts';
import { MINT_PACE_MAX } from '../../shared/github-limits.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = 1_000 * HOUR_MS;
const left = (remaining: number, hourShare: number, heldMs = 0): CallBudget => ({
  limit: 5_000,
  remaining,
  resetAtMs: NOW_MS + hourShare * HOUR_MS,
  heldUntilMs: heldMs === 0 ? 0 : NOW_MS + heldMs,
});
const USES: readonly CallUse[] = ['mint', 'removal', 'proof', 'look'];
const asked = (budget: CallBudget | null) => USES.filter((use) => mayCall(use, budget, NOW_MS));

// biome-ignore format: a table reads best as a table.
test.each<[string, CallBudget | null, readonly CallUse[]]>([
  ['nothing is known yet',                        null,              USES],
  ['a new hour begins',                           left(5_000, 1),    USES],
  ['all goes evenly',                             left(2_500, 0.5),  USES],
  ['seven tenths of an even pace are left',       left(3_500, 1),    ['mint', 'removal', 'proof']],
  ['six tenths',                                  left(1_500, 0.5),  ['mint', 'removal']],
  ['half',                                        left(1_250, 0.5),  ['mint']],
  ['none at all',                                 left(0, 0.5),      ['mint']],
  ['little, and the hour is nearly over',         left(280, 0.01),   USES],
  ['two minutes’ mints, and it is nearly over',   left(230, 0.01),   ['mint']],
  ['the hour is over',                            left(0, -0.1),     USES],
  ['GitHub wants to be left alone',               left(5_000, 1, 1), []],
  ['that was a while ago',                        left(5_000, 1, -1), USES],
])('when %s', (_, budget, uses) => {
  expect(asked(budget)).toEqual(uses);
});

test('whatever others take, half of an even pace is left to mints', () => {
  for (const use of ['removal', 'proof', 'look'] as const)
    for (let share = 0.02; share <= 1; share += 0.02) {
      const reserve = Math.floor(2_500 * share);
      expect(mayCall(use, left(reserve, share), NOW_MS)).toBe(false);
    }
});

test('in the minutes before a new hour a burst of mints finds what it needs, whatever others took before it', () => {
  // As many as an hour of 2,400 jobs had in its last three minutes, of 250 calls: an even pace.
  const [bursts, most] = [[93, 61, 48], 2 * MINT_PACE_MAX];
  let remaining = 250;
  for (const [at, mints] of bursts.entries()) {
    remaining = takenBy(others, remaining, (3 - at) / 60) - mints;
    expect(remaining).toBeGreaterThanOrEqual(0);
  }
  for (let share = 0.002; share <= 1; share += 0.01)
    expect(takenBy(others, 5_000, share)).toBeGreaterThanOrEqual(most);
});

const others = ['look', 'proof', 'removal'] as const;
/** What is left when they ask for all that they may. */
function takenBy(uses: readonly CallUse[], remaining: number, hourShare: number): number {
  let now = remaining;
  while (uses.some((use) => mayCall(use, left(now, hourShare), NOW_MS))) now--;
  return now;
}

test('of a small budget the burst is a twentieth: others are not shut out', () => {
  const small = { ...left(0, 0.5), limit: 100 };
  const asks = (remaining: number) => mayCall('look', { ...small, remaining }, NOW_MS);
  expect([asks(50), asks(41), asks(40)]).toEqual([true, true, false]);
});

test('the look slows down before it stops', () => {
  const shares = [5_000, 4_980, 4_500, 4_000, 3_800, 3_730, 1_000].map((each) =>
    lookShare(left(each, 1), NOW_MS),
  );
  expect(shares.slice(0, 2)).toEqual([1, 1]);
  expect(shares.toSorted((a, b) => b - a)).toEqual(shares);
  expect(shares.at(-1)).toBe(0);
  expect(lookShare(left(5_000, 1, 1), NOW_MS)).toBe(0);
});

test('a level is an eighth of an even pace', () => {
  expect([5_000, 4_375, 4_374, 625, 0].map((each) => levelOf(left(each, 1), NOW_MS))).toEqual([
    8, 7, 6, 1, 0,
  ]);
  expect(paceOf(left(0, 0), NOW_MS)).toBe(Number.POSITIVE_INFINITY);
});
