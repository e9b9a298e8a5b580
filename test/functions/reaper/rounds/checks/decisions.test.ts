/** Which runs are told of, in which order, and when again: tables. */
import { describe, expect, test } from 'vitest';
import { isDone, isDue } from '../../../../../functions/reaper/rounds/checks/decide.ts';
import { placesInLine } from '../../../../../functions/reaper/rounds/checks/places.ts';
import { lapsedRefusals, runsToTell } from '../../../../../functions/reaper/rounds/checks/runs.ts';
import { at, nextTry } from '../../../../../functions/reaper/rounds/checks/times.ts';
import type { CheckEntry, CheckLine } from '../../../../../shared/check-runs/check-entry.ts';
import type { JobEntry } from '../../../../../shared/ledger/entries.ts';
import type { Job, JobId, JobState, RunId } from '../../../../../shared/nouns.ts';
import {
  CHECK_AFTER_MS,
  CHECK_APART_MS,
  CHECK_REFUSAL_KEPT_MS,
  CHECK_REPEAT_MS,
} from '../../../../../shared/story/limits.ts';
import { build, CREATED_MS } from '../../../../shared/ledger/builders.ts';
import { configOf } from '../../../../world/in-process.ts';

const NOW_MS = CREATED_MS + 3_600_000;
const config = configOf();
const ofRun = (id: number, run: number, some: Partial<Job> = {}) =>
  build.job(id, { runId: run as RunId, repository: 'acme/app', ...some });
const held = <Entry>(entry: Entry) => ({ entry, rev: 'r' });
const job = (
  id: number,
  run: number,
  waitedMs: number,
  some: Partial<JobEntry> = {},
  of: Partial<Job> = {},
) => held(build.jobEntry(id, { job: ofRun(id, run, of), firstTryAtMs: NOW_MS - waitedMs, ...some }));
const refusal = (id: number, run: number, agoMs = 0, of: Partial<Job> = {}) =>
  held({ job: ofRun(id, run, of), because: 'x', atMs: NOW_MS - agoMs });
const line = (id: number, state: JobState, isFinal = false): CheckLine => ({
  ...{ id: id as JobId, createdAtMs: CREATED_MS, name: 'a', state, text: state, isFinal },
});
const check = (run: number, some: Partial<CheckEntry> = {}): CheckEntry => ({
  ...{ runId: run as RunId, attempt: 1, repository: 'acme/app', isPublic: false, installationId: 7 },
  ...{ headSha: 'a'.repeat(40), name: 'runners: CI (push)', checkId: 1, lines: [line(1, 'waits')] },
  ...{ said: 'before', saidAtMs: NOW_MS, refusals: 0, isClosed: false, ...some },
});
const told = (known: Partial<Parameters<typeof runsToTell>[0]>) =>
  runsToTell({ jobs: [], refusals: [], checks: [], ...known }, NOW_MS, { config }).map(({ key }) => key);

describe('which runs are told of', () => {
  // biome-ignore format: a table reads best as a table.
  const RUNS: readonly [what: string, keys: readonly string[], known: Parameters<typeof told>[0]][] = [
    ['one that waits for a minute', ['1-1'], { jobs: [job(1, 1, CHECK_AFTER_MS)] }],
    ['none that waits for less', [], { jobs: [job(1, 1, CHECK_AFTER_MS - 1)] }],
    ['one that runs, however soon', ['1-1'], { jobs: [job(1, 1, 0, { startedOn: 'r' })] }],
    ['one of which a job was refused', ['1-1'], { refusals: [refusal(1, 1)] }],
    ['each attempt for itself', ['1-1', '1-2'], { jobs: [job(1, 1, 90_000), job(2, 1, 90_000, {}, { runAttempt: 2 })] }],
    ['one for all jobs of an attempt', ['1-1'], { jobs: [job(1, 1, 90_000), job(2, 1, 90_000)], refusals: [refusal(3, 1)] }],
    ["nobody else's", [], { jobs: [job(1, 1, 90_000, {}, { labels: ['ubuntu-latest'] })] }],
    ['none of a repository that is not allowed', [], { jobs: [job(1, 1, 90_000, {}, { repository: 'eve/app' })], refusals: [refusal(2, 2, 0, { repository: 'eve/app' })] }],
    ['none of a public repository that is not allowed', [], { refusals: [refusal(2, 2, 0, { isPublic: true })] }],
    ['one that was told of, though nothing of it is alive', ['1-1'], { checks: [held(check(1))] }],
    ['the refused, then those that wait untold, then the longest untold, then what runs', ['5-1', '4-1', '3-1', '2-1', '1-1'],
      { refusals: [refusal(5, 5)], jobs: [job(4, 4, 90_000), job(1, 1, 0, { startedOn: 'r' })], checks: [held(check(2, { saidAtMs: 2 })), held(check(3, { saidAtMs: 1 }))] }],
  ];

  test.each(RUNS)('%s', (_, keys, known) => {
    expect(told(known)).toEqual(keys);
  });

  test('a refusal that nobody may tell, or that is old, lapses', () => {
    const all = [
      refusal(1, 1),
      refusal(2, 2, CHECK_REFUSAL_KEPT_MS + 1),
      refusal(3, 3, 0, { repository: 'eve/app' }),
    ];
    expect(lapsedRefusals(all, NOW_MS, { config }).map(({ entry }) => entry.job.id)).toEqual([2, 3]);
  });
});

describe('when it is told', () => {
  const saidAgo = (agoMs: number, some: Partial<CheckEntry> = {}) =>
    check(1, { saidAtMs: NOW_MS - agoMs, ...some });
  const [waits, runs, ended, refused] = [
    line(1, 'waits'),
    line(1, 'runs'),
    line(1, 'ended', true),
    line(2, 'refused', true),
  ];
  // biome-ignore format: a table reads best as a table.
  const DUE: readonly [isSo: boolean, what: string, before: CheckEntry | null, lines: readonly CheckLine[], digest: string][] = [
    [true, 'never told', null, [waits], 'new'],
    [true, 'begun, and not told as far as we know', saidAgo(0, { said: '' }), [waits], 'new'],
    [false, 'nothing new', saidAgo(9e9), [waits], 'before'],
    [false, 'a word has changed', saidAgo(CHECK_REPEAT_MS - 1), [waits], 'new'],
    [true, 'a word has changed, long ago', saidAgo(CHECK_REPEAT_MS), [waits], 'new'],
    [false, 'it runs, just told', saidAgo(CHECK_APART_MS - 1), [runs], 'new'],
    [true, 'it runs', saidAgo(CHECK_APART_MS), [runs], 'new'],
    [true, 'all have ended', saidAgo(1), [ended], 'new'],
    [true, 'one more is refused', saidAgo(1), [waits, refused], 'new'],
    [false, 'one more waits', saidAgo(1), [waits, line(2, 'waits')], 'new'],
  ];

  test.each(DUE)('%s: %s', (isSo, _, entry, lines, digest) => {
    expect(isDue(entry, lines, digest, NOW_MS)).toBe(isSo);
  });

  test('it is done when the last word was told, or GitHub will not have it', () => {
    expect(isDone(check(1))).toBe(false);
    expect(isDone(check(1, { lines: [ended] }))).toBe(true);
    expect(isDone(check(1, { lines: [ended], said: '' }))).toBe(false);
    expect(isDone(check(1, { isClosed: true }))).toBe(true);
  });
});

test('the place in line is that of the plan of starts, whatever is free; what is being launched, or pauses, stands in none', () => {
  const small = configOf({ limits: { runners: 1, runnersPerRepository: 1, mintsPerMinute: 1 } });
  const waiting = [0, 180_000, 60_000, 0].map((inMs, at) =>
    held(build.jobEntry(at + 1, { job: ofRun(at + 1, at + 1), nextTryAtMs: NOW_MS + inMs })),
  );
  expect([...placesInLine(waiting, { total: 0, slots: [], mints: {} }, small, NOW_MS)]).toEqual([
    [1, 0],
    [3, 1],
    [4, 2],
  ]);
});

test('times are those of everywhere, with the day where it is another', () => {
  const nowMs = Date.UTC(2026, 4, 4, 10, 3);
  expect(at(nowMs - 60_000, nowMs)).toBe('10:02 UTC');
  expect(at(nowMs - 24 * 3_600_000, nowMs)).toBe('2026-05-03 10:03 UTC');
  expect(nextTry(nowMs - 1, nowMs)).toBe('It is tried again each minute.');
  expect(nextTry(nowMs + 1_800_000, nowMs)).toBe('The next try is at 10:33 UTC.');
});
