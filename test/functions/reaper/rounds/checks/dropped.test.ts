/** No check's entry stays for ever: each is a call now and then, and takes the turn of others. */
import { expect, test } from 'vitest';
import { writeChecks } from '../../../../../functions/reaper/rounds/checks/write-checks.ts';
import type { Survey } from '../../../../../functions/reaper/survey/survey.ts';
import type { JobEntry } from '../../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../../shared/ledger/ledger.ts';
import { CHECK_OWED_MAX_MS } from '../../../../../shared/story/limits.ts';
import { build } from '../../../../shared/ledger/builders.ts';
import { JOB, type OneRun, openOneRun, RUN } from './one-run.ts';

const MINUTE_MS = 60_000;
const WAITING: Held<JobEntry> = { entry: build.jobEntry(1, { job: JOB }), rev: 'r' };

async function sweep({ at }: OneRun, afterMs: number, jobs: readonly Held<JobEntry>[] = []) {
  await at.pass(afterMs);
  // What the checks are written from.
  const survey = { jobs, runners: [], ledgerComplete: true } as Partial<Survey> as Survey;
  await writeChecks(survey, [], at.clock.nowMs() + MINUTE_MS, at.world);
  return (await at.world.ledger.checks.list(10)).things.length;
}

const dropped = ({ at }: OneRun) => at.lines.filter((line) => JSON.stringify(line).includes('check.dropped'));

/** As where the App was removed: no token is to be had. */
const left = async (): Promise<never> => {
  throw new Error('404');
};

test.each([
  ['never told at all', { findCheck: left }],
  ['told before', {}],
] as const)(
  'one that was %s, and cannot be any more, is dropped after a time, and that is told once',
  async (what, github) => {
    const one = openOneRun(github);
    expect(await one.tell()).toBe(what === 'told before' ? 'written' : 'failed');
    one.at.world.github.writeCheck = left;
    expect(await sweep(one, 10 * MINUTE_MS)).toBe(1);
    expect(await sweep(one, CHECK_OWED_MAX_MS - 11 * MINUTE_MS)).toBe(1);
    expect(await sweep(one, 20 * MINUTE_MS)).toBe(0);
    expect(await sweep(one, MINUTE_MS)).toBe(0);
    expect(dropped(one)).toHaveLength(1);
  },
);

test('one with a job that is not over is kept', async () => {
  const one = openOneRun({ writeCheck: left });
  await one.tell();
  expect(await sweep(one, 2 * CHECK_OWED_MAX_MS, [WAITING])).toBe(1);
  expect(dropped(one)).toEqual([]);
});

test('where no bill is told, the words of the end are the last, and the entry hears of it', async () => {
  const one = openOneRun();
  const { history } = one.at.world.ledger;
  await one.tell();
  const ended = async () => one.tell({ ...RUN, alive: new Map(), check: await one.read() });
  const [completedAtMs, runnerName] = [one.at.clock.nowMs(), build.runnerName('1-1')];
  await history.merge({ job: JOB, outcome: 'success', runnerName, completedAtMs });
  await one.at.pass(2 * MINUTE_MS);
  expect(await ended()).toBe('written');
  await history.merge({ job: JOB, goneAtMs: one.at.clock.nowMs() });
  await one.at.pass(2 * MINUTE_MS);
  expect(await ended()).toBe('nothing');
  expect((await one.read()).entry.lines.map(({ isFinal }) => isFinal)).toEqual([true]);
});
