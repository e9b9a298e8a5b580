/** Jobs of one matrix, and how wide it was seen to run. */
import { expect, test } from 'vitest';
import { MATRIX_FIRST, MATRIX_PROVEN_MS, WIDTHS_MAX } from '../../../shared/job/limits.ts';
import {
  decodeWidths,
  encodeWidths,
  matrixBound,
  matrixOf,
  widthKey,
  withWidth,
} from '../../../shared/job/matrix.ts';
import { build } from '../ledger/builders.ts';

// biome-ignore format: a table reads best as a table.
test.each([
  ['test (3)', 'test'],
  ['test (ubuntu, 20.04)', 'test'],
  ['caller / test (a) ', 'caller / test (a) '],
  ['shard 12 of 40', 'shard # of #'],
  ['node 18.2', 'node #'],
  ['build', null],
  ['', null],
])('%j is of the matrix %j', (name, matrix) => {
  expect(matrixOf({ name })).toBe(matrix === name ? null : matrix);
});

test('a matrix is the same in each run of its workflow, and another in other workflows and repositories', () => {
  const key = (some: object) => widthKey(build.job(1, { name: 'test (1)', workflow: 'CI', ...some }));
  expect(key({ name: 'test (2)', runId: 9 })).toBe(key({}));
  expect(key({ repository: 'ACME/Kernel' })).toBe(key({ repository: 'acme/kernel' }));
  expect(new Set([key({}), key({ workflow: 'Nightly' }), key({ repository: 'acme/lib' })]).size).toBe(3);
  expect(key({ name: 'build' })).toBeNull();
});

test('what is kept is read as it was written, the newest of too many; anything else teaches nothing', () => {
  const width = { most: 2, isLimit: true, seenAtMs: 60_000 };
  expect(decodeWidths(encodeWidths(new Map([['a', width]])))).toEqual(new Map([['a', width]]));
  const many = new Map(
    Array.from({ length: WIDTHS_MAX }, (_, n) => [`k${n}`, { ...width, seenAtMs: n }] as const),
  );
  const next = withWidth(many, 'new', { ...width, seenAtMs: 1e9 });
  expect([next.size, next.has('new'), next.has('k0')]).toEqual([WIDTHS_MAX, true, false]);
  for (const text of ['', '{', '[]', '{"a":2}', '{"a":[-1,1,1]}']) expect(decodeWidths(text).size).toBe(0);
});

test('a matrix is bounded by what it was seen to be bounded by, and by one more where that was long ago', () => {
  const job = build.job(1, { name: 'test (1)' });
  const known = (isLimit: boolean) => new Map([[widthKey(job) as string, { most: 2, isLimit, seenAtMs: 0 }]]);
  expect(matrixBound(job, known(true), MATRIX_PROVEN_MS)).toMatchObject({ max: 2, width: 2 });
  expect(matrixBound(job, known(true), MATRIX_PROVEN_MS + 1)).toMatchObject({ max: 3, width: 2 });
  expect(matrixBound(job, known(false), 1)).toBeNull();
  expect(matrixBound(job, new Map(), 1)).toMatchObject({ max: MATRIX_FIRST, isFirst: true });
  expect(matrixBound(build.job(1, { name: 'lint' }), new Map(), 1), 'is of none').toBeNull();
  const attempt = matrixBound({ ...job, runAttempt: 2 }, known(true), 1);
  expect(attempt?.key).not.toBe(matrixBound(job, known(true), 1)?.key);
});
