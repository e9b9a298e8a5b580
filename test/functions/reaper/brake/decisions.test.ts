/** What counts as a runner of no use, what that means for its job, and when launches are held back. */
import { describe, expect, test } from 'vitest';
import { charged, forgiven, type Terms } from '../../../../functions/reaper/brake/charge.ts';
import { wastesIn } from '../../../../functions/reaper/brake/endings.ts';
import {
  BRAKE_JOBS_MIN,
  BRAKE_PROBE_MS,
  BRAKE_WINDOW_MS,
} from '../../../../functions/reaper/brake/limits.ts';
import {
  gateOf,
  NO_STREAK,
  parseStreak,
  type Streak,
  streakAfter,
} from '../../../../functions/reaper/brake/streak.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import type { Ending, JobEntry, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import { QUEUED_MAX_MS } from '../../../../shared/limits.ts';
import type { Job, JobId } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { machine, observed, online } from '../repair/diagnose-rows.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 12, 0, 0);
const MINUTE_MS = 60_000;

describe('a runner of no use', () => {
  const entry = (some: Partial<RunnerEntry> = {}) =>
    build.runnerEntry('1-1', { state: 'booting', instanceId: 'i-1', leaseUntilMs: 0, ...some });
  const idle = (some: Partial<RunnerEntry> = {}) => entry({ state: 'idle', onlineAtMs: 1, ...some });
  const seen = (runner: RunnerEntry, some: Partial<Observation> = {}) => observed(runner, some);
  const waiting = { entry: build.jobEntry(1), rev: 'r' };
  const judged = (observation: Observation, jobs = [waiting]) =>
    wastesIn([observation], jobs).map(({ ending }) => ending)[0] ?? null;

  // biome-ignore format: a table reads best as a table.
  test.each<[string, Observation, Ending | null]>([
    ['taken back in its boot',    seen(entry(), { instances: [machine({ status: 'Running', isRecycling: true })] }), 'taken back'],
    ['taken back while idle',     seen(idle(), { instances: [machine({ status: 'Running', isRecycling: true })], registration: online }), 'taken back'],
    ['gone',                      seen(idle(), { isGone: true }), 'gone'],
    ['stopped in its boot',       seen(entry(), { instances: [machine({ status: 'Stopped' })] }), 'stopped in its boot'],
    ['stopped after 2 s or 200 s',seen(idle(), { instances: [machine({ status: 'Stopped' })] }), 'stopped'],
    ['never online',              seen(entry(), { instances: [machine({ status: 'Running' })] }), 'never online'],
    ['went offline',              seen(idle(), { instances: [machine({ status: 'Running' })] }), 'offline'],
    ['given nothing, taken off',  seen(idle({ removedAtMs: 5 }), { instances: [machine({ status: 'Running' })] }), 'given nothing'],
    ['its lifetime was over',     seen(idle({ state: 'retiring' }), { instances: [machine({ status: 'Running' })], registration: online }), 'ended'],
    ['so, and its machine stopped then', seen(idle({ removedAtMs: 5, because: 'GitHub gives it no job' }), { instances: [machine({ status: 'Stopped' })] }), 'given nothing'],
    ['so, and gone by our deletion', seen(idle({ state: 'retiring', removedAtMs: 5 }), { isGone: true }), 'given nothing'],
    ['busy, GitHub says',         seen(idle(), { registration: { ...online, isBusy: true } }), null],
    ['busy, the ledger says',     seen(idle({ state: 'busy', busyWith: 3 as JobId }), { isGone: true }), null],
    ['has run a job',             seen(idle({ state: 'retiring', ran: build.job(3) as Job }), { isGone: true }), null],
    ['unwanted, or by hand',      seen(idle({ isUnwanted: true }), { isGone: true }), null],
    ['never had an instance',     seen(entry({ state: 'launching', instanceId: null })), null],
    ['for no job',                seen(idle({ for: null }), { isGone: true }), null],
  ])('%s', (_, observation, ending) => {
    expect(judged(observation)).toBe(ending);
  });

  test('is none when its job has another, or has ended, or is held, or has been charged with it', () => {
    const observation = seen(idle(), { isGone: true });
    expect(judged(observation, [])).toBeNull();
    const held = { by: 'run' as const, width: 1, sinceMs: 1 };
    expect(judged(observation, [{ entry: build.jobEntry(1, { held }), rev: 'r' }])).toBeNull();
    const wastes = [{ runner: build.runnerName('1-1'), atMs: 1, ending: 'gone' as const }];
    expect(judged(observation, [{ entry: build.jobEntry(1, { wastes }), rev: 'r' }])).toBeNull();
  });

  test('is none when it was taken off GitHub while its job was held, also after that', () => {
    const removed = seen(idle({ removedAtMs: 5 }), { instances: [machine()] });
    const releasedAt = (releasedAtMs: number) => [{ entry: build.jobEntry(1, { releasedAtMs }), rev: 'r' }];
    expect(judged(removed, releasedAt(6))).toBeNull();
    expect(judged(removed, releasedAt(5))).toBe('given nothing');
  });
});

const terms: Terms = { nowMs: NOW_MS, isBraked: false, circumstances: 'abc', mayLeaveSpot: true };
const waste = (at: number, ending: Ending = 'given nothing') => ({
  runner: build.runnerEntry(`1-${at}`, { leaseUntilMs: 0 }),
  ending,
});
/** The entry after so many. */
const afterWastes = (
  count: number,
  some: Partial<Terms> = {},
  ending: Ending = 'given nothing',
): JobEntry => {
  let entry = build.jobEntry(1, { nextTryAtMs: NOW_MS });
  for (let at = 1; at <= count; at++)
    entry = charged(entry, waste(at, ending), { ...terms, ...some }) ?? entry;
  return entry;
};

describe('its job', () => {
  test('waits longer each time, leaves spot after two, and is only looked at after five', () => {
    const minutes = [1, 2, 3, 4].map((count) => (afterWastes(count).nextTryAtMs - NOW_MS) / MINUTE_MS);
    expect(minutes).toEqual([2, 4, 8, 16]);
    expect([1, 2].map((count) => afterWastes(count).offSpot)).toEqual([false, true]);
    expect([4, 5].map((count) => afterWastes(count).obstacle)).toEqual(['waste', 'cap']);
    expect(afterWastes(5)).toMatchObject({
      cappedUnder: 'abc',
      nextTryAtMs: NOW_MS + QUEUED_MAX_MS,
      wasted: 5,
    });
    expect(afterWastes(5).because).toMatch(
      /^5 runners were of no use to it, .*until something about it changes/,
    );
  });

  test('is charged once for each runner, and not when it has started', () => {
    expect(charged(afterWastes(1), waste(1), terms)).toBeUndefined();
    expect(charged({ ...afterWastes(1), startedOn: 'r' }, waste(2), terms)).toBeUndefined();
  });

  test('stays on spot where the operator allows nothing else', () => {
    expect(afterWastes(3, { mayLeaveSpot: false }).offSpot).toBe(false);
  });

  test('has nothing held against it while many end so; only machines that fail make it leave spot', () => {
    const braked = afterWastes(9, { isBraked: true });
    expect(braked).toMatchObject({ wasted: 0, obstacle: 'waste', nextTryAtMs: NOW_MS, offSpot: false });
    expect(afterWastes(2, { isBraked: true }, 'taken back').offSpot).toBe(true);
  });

  test('is forgiven once what it had while no runner got a job, and no more', () => {
    const streak = new Set(['1-1', '1-2', '1-3', '1-4', '1-5'].map((name) => String(build.runnerName(name))));
    const freed = forgiven(afterWastes(5), streak, NOW_MS) as JobEntry;
    expect(freed).toMatchObject({ wasted: 0, nextTryAtMs: NOW_MS, obstacle: 'waste', isForgiven: true });
    const again = charged(freed, waste(6), terms) as JobEntry;
    expect(forgiven(again, new Set([...streak, String(build.runnerName('1-6'))]), NOW_MS)).toBeUndefined();
    expect(charged(freed, waste(6), { ...terms, isBraked: true }), 'others got jobs, it did not').toEqual(
      again,
    );
    expect(
      forgiven(afterWastes(5), new Set([String(build.runnerName('1-5'))]), NOW_MS),
      'others ran meanwhile',
    ).toBeUndefined();
  });
});

describe('launches', () => {
  const entryOf = (job: number, atMs: number, repository = 'acme/app') => ({
    ...{ runner: `r-${job}-${atMs}`, job, repository, atMs, ending: 'given nothing' as const },
    ...{ offering: null, image: null, version: null },
  });
  const of = (jobs: number, atMs = NOW_MS) => Array.from({ length: jobs }, (_, at) => entryOf(at + 1, atMs));
  const engaged = streakAfter(NO_STREAK, of(BRAKE_JOBS_MIN), 0, NOW_MS);

  test('are held back from so many jobs on, not by one job’s runners', () => {
    expect(engaged.sinceMs).toBe(NOW_MS);
    expect(streakAfter(NO_STREAK, of(BRAKE_JOBS_MIN - 1), 0, NOW_MS).sinceMs).toBeNull();
    const one = Array.from({ length: 20 }, (_, at) => entryOf(1, NOW_MS + at));
    expect(streakAfter(NO_STREAK, one, 0, NOW_MS + 20).sinceMs).toBeNull();
  });

  test('are let go by the first job that any of ours gets, and after two hours without', () => {
    expect(streakAfter(engaged, [], NOW_MS + 1, NOW_MS + 1)).toEqual(NO_STREAK);
    expect(streakAfter(engaged, [], 0, NOW_MS + BRAKE_WINDOW_MS).sinceMs).toBeNull();
    const busyBefore = streakAfter(engaged, [], NOW_MS - 1, NOW_MS + 1);
    expect(busyBefore.sinceMs, 'it got its job before').toBe(NOW_MS);
  });

  test('a runner counts once, and what cannot be read holds nobody back', () => {
    expect(streakAfter(engaged, of(BRAKE_JOBS_MIN), 0, NOW_MS + 1)).toEqual(engaged);
    expect(parseStreak(JSON.stringify(engaged))).toEqual(engaged);
    expect(['', '{}', '{"sinceMs":1,"wastes":[{}]}'].map(parseStreak)).toEqual(Array(3).fill(NO_STREAK));
  });

  const job = (id: number, repository: string, hasWaste: boolean): JobEntry => {
    const wastes = [{ runner: build.runnerName(`${id}-1`), atMs: 1, ending: 'gone' as const }];
    return build.jobEntry(id, { job: build.job(id, { repository }), ...(hasWaste ? { wastes } : {}) });
  };
  const passed = (streak: Streak, nowMs: number, out: readonly JobEntry[] = [], createdAtMs = NOW_MS) => {
    const coming = out.map((each) => ({
      runner: build.runnerEntry(each.job.id, { createdAtMs }),
      job: each,
    }));
    const gate = gateOf(streak, coming, nowMs);
    const jobs = [job(1, 'acme/app', true), job(2, 'acme/app', true), job(3, 'acme/app', false)];
    return [...jobs, job(4, 'acme/app', false), job(5, 'acme/pay', false)]
      .filter(gate)
      .map((each) => each.job.id as number);
  };

  test('one probe of those that had a runner of no use, and one of each repository’s others', () => {
    const laterMs = NOW_MS + BRAKE_PROBE_MS;
    expect(passed(NO_STREAK, laterMs)).toEqual([1, 2, 3, 4, 5]);
    expect(passed(engaged, laterMs)).toEqual([1, 3, 5]);
    expect(passed(engaged, NOW_MS + 1), 'some minutes after the last').toEqual([3, 5]);
    expect(passed(engaged, laterMs, [job(9, 'acme/app', true)])).toEqual([3, 5]);
    expect(passed(engaged, laterMs, [job(9, 'acme/app', false)])).toEqual([1, 5]);
    const before = passed(
      engaged,
      laterMs,
      [job(9, 'acme/app', true), job(8, 'acme/app', false)],
      NOW_MS - 1,
    );
    expect(before, 'what was launched before is no probe').toEqual([1, 3, 5]);
  });
});
