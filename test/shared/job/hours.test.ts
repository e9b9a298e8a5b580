import { describe, expect, test } from 'vitest';
import { decodeHours, encodeHours, expectedHours, learnHours } from '../../../shared/job/hours.ts';
import type { HistoryRow } from '../../../shared/ledger/history-row.ts';
import { HOURS_NAMES_MAX } from '../../../shared/limits.ts';
import { build, CREATED_MS } from '../ledger/builders.ts';

const HOUR_MS = 3_600_000;
const ran = (name: string, hours: number, some: Partial<HistoryRow> = {}): HistoryRow =>
  ({
    job: build.job(1, { name }),
    outcome: 'success',
    startedAtMs: CREATED_MS,
    completedAtMs: CREATED_MS + hours * HOUR_MS,
    ...some,
  }) as HistoryRow;
const of = (name: string, repository = 'acme/kernel') => ({ name, repository });

describe('how long a job is expected to run', () => {
  const known = learnHours([ran('build', 1), ran('build', 3), ran('build', 2), ran('lint', 0.1)], new Map());

  test('is the median of its name in its repository', () => {
    expect(expectedHours(of('build'), known)).toBe(2);
    expect(expectedHours(of('build', 'ACME/Kernel'), known)).toBe(2);
  });

  test('is the median of its repository for a name that is new', () => {
    expect(expectedHours(of('deploy'), known)).toBe(2);
  });

  test('is unknown in a repository that is new', () => {
    expect(expectedHours(of('build', 'acme/other'), known)).toBeUndefined();
  });

  // biome-ignore format: a table reads best as a table.
  test.each<[what: string, row: HistoryRow]>([
    ['was cancelled',            ran('build', 9, { outcome: 'cancelled' })],
    ['was refused',              ran('build', 9, { outcome: 'refused' })],
    ['never started',            ran('build', 9, { startedAtMs: null })],
    ['ended before it began',    ran('build', -9)],
  ])('is not learned from one that %s', (_what, row) => {
    expect(expectedHours(of('build'), learnHours([row], new Map()))).toBeUndefined();
  });

  test('is kept for names that had no job of late, and learned anew for those that had', () => {
    const later = learnHours([ran('lint', 0.5)], known);
    expect(expectedHours(of('build'), later)).toBe(2);
    expect(expectedHours(of('lint'), later)).toBe(0.5);
  });

  test('is kept for so many names only: those that ended last', () => {
    const rows = Array.from({ length: HOURS_NAMES_MAX + 5 }, (_, at) => ran(`job ${at}`, 1 + at));
    const many = learnHours(rows, new Map());
    expect(many.size).toBe(HOURS_NAMES_MAX);
    expect(expectedHours(of(`job ${HOURS_NAMES_MAX + 4}`), many)).toBe(HOURS_NAMES_MAX + 5);
  });

  test('survives being written down; what is no such note teaches nothing', () => {
    expect(expectedHours(of('build'), decodeHours(encodeHours(known)))).toBe(2);
    expect([decodeHours('').size, decodeHours('{"a":1}').size, decodeHours('[]').size]).toEqual([0, 0, 0]);
  });
});
