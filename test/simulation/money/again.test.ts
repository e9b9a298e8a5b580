/** The count of what was run again: a day whose interrupted runs are left alone shows nothing of what they cost. */
import { expect, test } from 'vitest';
import type { Bill } from '../../../simulator/ecs/index.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { againOf } from './again.ts';
import { missedOf } from './bars.ts';

const bill = (runner: string, isTakenBack: boolean) =>
  ({ isTakenBack, tags: { 'ci-runner-name': runner } }) as unknown as Bill;

const job = (run: number, name: string, attempt: number, conclusion: 'success' | 'failure', runner: string) =>
  ({ run: { id: run }, plan: { name }, attempt, conclusion, runner: { name: runner } }) as unknown as SimJob;

test('a job that was interrupted twice counts twice, one that ended in time not at all, and what is left says why', () => {
  const bills = [...'abcdef'].map((runner) => bill(runner, runner !== 'c'));
  const jobs = [
    job(1, 'build', 1, 'failure', 'a'),
    job(1, 'build', 2, 'failure', 'b'),
    job(1, 'build', 3, 'success', 'c'),
    job(2, 'build', 1, 'success', 'd'),
    job(3, 'build', 1, 'failure', 'e'),
    job(4, 'build', 1, 'failure', 'f'),
    job(5, 'build', 1, 'failure', 'not ours'),
  ];
  expect(againOf(bills, jobs, new Map([[3, 'a newer run']]))).toEqual({
    takenBack: 5,
    interrupted: 4,
    again: 2,
    left: new Map([
      ['a newer run', 1],
      ['nobody decided', 1],
    ]),
  });
});

const day = (jobs: number, spent: number, again: number) => ({
  jobs,
  again: { takenBack: 80, interrupted: 80, again, left: new Map() },
  money: { spent, oracle: 100 },
});

// biome-ignore format: a table reads best as a table.
test.each<[what: string, day: Parameters<typeof missedOf>[0], missed: RegExp[]]>([
  ['within both bars',                 day(10_000, 105, 40),  []],
  ['too dear',                         day(10_000, 105.1, 40), [/1\.0510 of what/]],
  ['most of what it lost is left alone', day(10_000, 104, 39), [/39 of 80/]],
  ['a small day is luck',              day(2_000, 110, 0),    []],
])('a day: %s', (_what, played, missed) => {
  expect(missedOf(played)).toEqual(missed.map((line) => expect.stringMatching(line)));
});
