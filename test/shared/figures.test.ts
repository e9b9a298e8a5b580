/** What reports count with. */
import { expect, test } from 'vitest';
import { groupedBy, median } from '../../shared/figures.ts';

test.each([
  [[], null],
  [[3], 3],
  [[9, 1], 1],
  [[10, 9, 1], 9],
  [[4, 3, 2, 1], 2],
])('the median of %j is %j, one that was seen', (values, middle) => {
  const before = [...values];
  expect(median(values)).toBe(middle);
  expect(values).toEqual(before);
});

test('groups come in the order of their first, and keep the order in each', () => {
  expect([...groupedBy(['b1', 'a1', 'b2'], ([letter]) => letter)]).toEqual([
    ['b', ['b1', 'b2']],
    ['a', ['a1']],
  ]);
});
