/** The count of what was run again: a day whose interrupted runs are left alone shows nothing of what they cost. */
import { expect, test } from 'vitest';
import type { Bill } from '../../../simulator/ecs/index.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { againOf } from './again.ts';

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
