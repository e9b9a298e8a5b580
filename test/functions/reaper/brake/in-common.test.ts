/** What runners of no use have in common is judged by its own last success: others' jobs run meanwhile. */
import { describe, expect, test } from 'vitest';
import { groupsOfJobs, heldGateOf, whyHeld } from '../../../../functions/reaper/brake/held-back.ts';
import {
  badIn,
  heldGroups,
  type InCommon,
  inCommonAfter,
  letGoIn,
  NOTHING_IN_COMMON,
  type Seen,
} from '../../../../functions/reaper/brake/in-common.ts';
import {
  BRAKE_JOBS_MIN,
  BRAKE_PROBE_MS,
  BRAKE_WINDOW_MS,
  HELD_PAUSE_MAX_MS,
  MARKS_OF_ONE_MAX,
} from '../../../../functions/reaper/brake/limits.ts';
import type { Mark, Success } from '../../../../functions/reaper/brake/mark.ts';
import type { Coming } from '../../../../functions/reaper/brake/streak.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';

const MINUTE_MS = 60_000;
const PAY = 'repository acme/pay';
const mark = (job: number, some: Partial<Mark> = {}): Mark => ({
  ...{ runner: build.runnerName(`${job}-1`), job, repository: 'acme/pay', atMs: START_MS },
  ...{ ending: 'given nothing' as const, offering: null, image: 'arm64', version: null },
  ...some,
});
const marks = (count: number, some: Partial<Mark> = {}) =>
  Array.from({ length: count }, (_, at) => mark(at + 1, some));
const success = (some: Partial<Success>): Success => ({
  ...{ repository: null, image: null, offering: null, atMs: START_MS + 1 },
  ...some,
});

const EVERYBODY = Array.from({ length: 300 }, (_, at) => at + 1);
type Then = Partial<Omit<Seen, 'fresh' | 'waiting'>> & { readonly waiting?: readonly number[] };
const next = (
  before: InCommon,
  fresh: readonly Mark[],
  { waiting = EVERYBODY, ...then }: Then = {},
): InCommon =>
  inCommonAfter(before, {
    ...{ fresh, successes: [], isBraked: false, over: null, circumstances: 'abc', nowMs: START_MS, ...then },
    waiting: new Set(waiting),
  });
const FIVE = next(NOTHING_IN_COMMON, marks(BRAKE_JOBS_MIN), { successes: [success({ image: 'arm64' })] });

describe('jobs of one repository, or on one image, are tried one at a time', () => {
  test('from so many on that had a runner of no use, not by one job’s runners', () => {
    expect(FIVE.held).toEqual({ [PAY]: START_MS });
    expect(next(NOTHING_IN_COMMON, marks(BRAKE_JOBS_MIN - 1)).held).toEqual({});
    const one = Array.from({ length: 9 }, (_, at) => mark(1, { runner: build.runnerName(`1-${at}`) }));
    expect(next(NOTHING_IN_COMMON, one).held).toEqual({});
    const apart = marks(BRAKE_JOBS_MIN).map((each) => ({ ...each, repository: `acme/${each.job}` }));
    expect(next(NOTHING_IN_COMMON, apart).held).toEqual({ 'image arm64': START_MS });
  });

  test('until a runner of theirs gets a job; that others’ do says nothing of them', () => {
    const others = [success({ repository: 'acme/app', image: 'amd64' }), success({ image: 'arm64' })];
    expect(next(FIVE, [], { successes: others }).held).toEqual({ [PAY]: START_MS });
    const theirs = next(FIVE, [], { successes: [success({ repository: 'ACME/Pay' })] });
    expect(theirs.held).toEqual({});
    expect([...letGoIn(FIVE, theirs)]).toEqual(FIVE.marks.map(({ runner }) => runner));
    expect(next(theirs, [])).toEqual({ ...NOTHING_IN_COMMON, under: 'abc' });
    const early = [success({ repository: 'acme/pay', atMs: START_MS - 1 })];
    expect(next(FIVE, [], { successes: early }).held, 'it got its job before').toEqual({ [PAY]: START_MS });
  });

  test('whatever the repository is called by now, where its id is known', () => {
    const before = next(NOTHING_IN_COMMON, marks(5, { repositoryId: 7 }), {
      successes: [success({ image: 'arm64' })],
    });
    expect(heldGroups(before).map(({ name }) => name)).toEqual([PAY]);
    const byId = [success({ repository: 'acme/till', repositoryId: 7 })];
    expect(next(before, [], { successes: byId }).held).toEqual({});
    expect(next(before, [], { successes: [success({ repository: 'acme/pay' })] }).held).toEqual({});
  });

  test('also the last one of them that waits, and through a trouble of all, which begins none', () => {
    expect(next(FIVE, [], { waiting: [4] }).held).toEqual({ [PAY]: START_MS });
    expect(next(FIVE, [], { waiting: [] }).held).toEqual({});
    expect(next(FIVE, [], { isBraked: true }).held).toEqual({ [PAY]: START_MS });
    expect(next(NOTHING_IN_COMMON, marks(9), { isBraked: true })).toMatchObject({ held: {} });
  });

  test('what held all back and is over for one is over for all, but for what all of it had in common', () => {
    const wastes = marks(BRAKE_JOBS_MIN);
    const braked = next(NOTHING_IN_COMMON, wastes, { isBraked: true });
    const over = { wastes, atMs: START_MS + 1 };
    expect(Object.keys(next(braked, [], { over }).held)).toEqual([PAY, 'image arm64']);
    const mixed = { ...over, wastes: [...wastes, mark(9, { repository: 'acme/app' })] };
    expect(Object.keys(next(braked, [], { over: mixed }).held)).toEqual(['image arm64']);
    const after = next(FIVE, [], { over: { ...mixed, wastes: [mark(9, { repository: 'acme/app' })] } });
    expect([...letGoIn(FIVE, after)], 'who was held before').toHaveLength(5);
  });

  test('what is remembered is bounded, in time and number; that more get jobs is nothing new', () => {
    const many = next(NOTHING_IN_COMMON, [...marks(90), mark(200, { repository: 'acme/app' })]);
    expect(many.marks).toHaveLength(MARKS_OF_ONE_MAX + 1);
    const later = { waiting: [], nowMs: START_MS + BRAKE_WINDOW_MS };
    expect(next(FIVE, [], later).marks).toEqual([]);
    const more = [success({ image: 'arm64', atMs: START_MS + 99 })];
    expect(next(FIVE, [], { successes: more })).toEqual(FIVE);
  });
});

describe('of those that had a runner of no use', () => {
  const { config } = openReaper().world;
  const job = (id: number, some: Partial<JobEntry> = {}, repository = 'acme/pay') =>
    build.jobEntry(id, {
      job: build.job(id, { repository, repositoryId: null }),
      wastes: [{ runner: build.runnerName(`${id}-1`), ending: 'given nothing', atMs: START_MS }],
      ...some,
    });
  const five = [1, 2, 3, 4, 5].map((id) => job(id));
  const startedAt = (nowMs: number, entries = five, out: readonly Coming[] = [], of = FIVE) => {
    const gate = heldGateOf(groupsOfJobs(of, config), out, nowMs);
    return entries.filter(gate).map((entry) => Number(entry.job.id));
  };
  const laterMs = START_MS + BRAKE_PROBE_MS;
  const coming = (entry: JobEntry, createdAtMs: number): Coming => ({
    runner: build.runnerEntry(`${entry.job.id}-2`, { createdAtMs }),
    job: entry,
  });

  test('whoever is started first is the probe, some minutes after the last one’s end', () => {
    expect(startedAt(START_MS)).toEqual([]);
    expect(startedAt(laterMs)).toEqual([1]);
    expect(startedAt(laterMs, five.toReversed())).toEqual([5]);
    expect(whyHeld(groupsOfJobs(FIVE, config)(job(9)))).toBe(
      `runners of jobs of the ${PAY} come to nothing, and none of them gets one: they are tried one at a time`,
    );
  });

  test('others are not concerned: those that had none, and other repositories’', () => {
    expect(startedAt(START_MS, [job(7, { wastes: [] }), job(8, {}, 'acme/app')])).toEqual([7, 8]);
  });

  test('none while a probe is out; one that stays is none for ever', () => {
    expect(startedAt(laterMs, five, [coming(job(3), START_MS)])).toEqual([]);
    expect(startedAt(laterMs, five, [coming(job(3), START_MS - 1)]), 'launched before').toEqual([1]);
    expect(startedAt(laterMs, five, [coming(job(3, { wastes: [] }), START_MS)])).toEqual([1]);
    const lateMs = START_MS + HELD_PAUSE_MAX_MS;
    expect(startedAt(lateMs, five, [coming(job(3), START_MS)])).toEqual([1]);
  });

  test('the pause is as long as the trouble has lasted, up to half an hour; short again when somebody deploys', () => {
    const last = (minutes: number) => {
      const atMs = START_MS + minutes * MINUTE_MS;
      return { ...FIVE, marks: FIVE.marks.map((each) => ({ ...each, atMs })) };
    };
    const isTried = (minutes: number, afterMs: number, of = last(minutes)) =>
      startedAt(START_MS + minutes * MINUTE_MS + afterMs, five, [], of).length === 1;
    expect([isTried(7, 7 * MINUTE_MS - 1), isTried(7, 7 * MINUTE_MS)]).toEqual([false, true]);
    expect([isTried(90, HELD_PAUSE_MAX_MS - 1), isTried(90, HELD_PAUSE_MAX_MS)]).toEqual([false, true]);
    const deployed = next(last(90), [], { circumstances: 'def', nowMs: START_MS + 93 * MINUTE_MS });
    expect(isTried(90, BRAKE_PROBE_MS, deployed)).toBe(true);
  });
});

test('an offering whose machine stopped, went offline or ended for two jobs in a row is left alone, for one it is not', () => {
  const bad = (fresh: readonly Mark[], then: Then = {}) => [
    ...badIn(next(NOTHING_IN_COMMON, fresh, then), fresh),
  ];
  const on = (job: number, ending: Mark['ending']) => mark(job, { offering: 'offering:x', ending });
  expect(bad([on(1, 'stopped')])).toEqual([]);
  expect(bad([on(1, 'stopped'), on(2, 'offline')])).toHaveLength(2);
  expect(bad([on(1, 'given nothing'), on(2, 'given nothing')])).toEqual([]);
  const got = [success({ offering: 'offering:x' })];
  expect(bad([on(1, 'stopped'), on(2, 'offline')], { successes: got })).toEqual([]);
});
