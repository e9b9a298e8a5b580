/** What runners of no use have in common is judged by its own last success: others' jobs run meanwhile. */
import { describe, expect, test } from 'vitest';
import {
  badIn,
  heldBackIn,
  type InCommon,
  inCommonAfter,
  letGoIn,
  NOTHING_IN_COMMON,
} from '../../../../functions/reaper/brake/in-common.ts';
import {
  BRAKE_JOBS_MIN,
  BRAKE_PROBE_MS,
  BRAKE_WINDOW_MS,
  HELD_PAUSE_MAX_MS,
  MARKS_MAX,
} from '../../../../functions/reaper/brake/limits.ts';
import type { Mark, Success } from '../../../../functions/reaper/brake/mark.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';

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

interface Then {
  readonly successes?: readonly Success[];
  readonly waiting?: readonly number[];
  readonly repository?: string;
  readonly isBraked?: boolean;
  readonly over?: { readonly wastes: readonly Mark[]; readonly atMs: number };
  readonly nowMs?: number;
}
const EVERYBODY = Array.from({ length: 300 }, (_, at) => at + 1);
const next = (
  before: InCommon,
  fresh: readonly Mark[],
  { waiting = EVERYBODY, repository, ...then }: Then = {},
): InCommon => {
  const own = new Map([...before.marks, ...fresh].map((each) => [each.job, each.repository]));
  const named = (id: number) => repository ?? own.get(id) ?? 'acme/pay';
  return inCommonAfter(before, {
    ...{ fresh, successes: [], isBraked: false, over: null, nowMs: START_MS, ...then },
    waiting: new Map(waiting.map((id) => [id, named(id)])),
  });
};
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
    const theirs = next(FIVE, [], { successes: [success({ repository: 'acme/pay' })] });
    expect(theirs.held).toEqual({});
    expect([...letGoIn(FIVE, theirs)]).toEqual(FIVE.marks.map(({ runner }) => runner));
    expect(next(theirs, [])).toEqual(NOTHING_IN_COMMON);
    const early = [success({ repository: 'acme/pay', atMs: START_MS - 1 })];
    expect(next(FIVE, [], { successes: early }).held, 'it got its job before').toEqual({ [PAY]: START_MS });
  });

  test('under the name that their repository has by now', () => {
    const renamed = next(FIVE, [], { repository: 'acme/till' });
    expect(renamed.held).toEqual({ 'repository acme/till': START_MS });
    const successes = [success({ repository: 'acme/till' })];
    expect(next(renamed, [], { successes, repository: 'acme/till' }).held).toEqual({});
  });

  test('not while all launches are held back, nor for jobs that wait no more', () => {
    expect(next(FIVE, [], { isBraked: true }).held).toEqual({});
    expect(next(FIVE, [], { isBraked: true }).marks).toHaveLength(BRAKE_JOBS_MIN);
    expect(next(FIVE, [], { waiting: [1, 2, 3, 4] }).held).toEqual({});
  });

  test('what held all back and is over for one is over for all, but for what all of it had in common', () => {
    const wastes = marks(BRAKE_JOBS_MIN);
    const braked = next(NOTHING_IN_COMMON, wastes, { isBraked: true });
    const over = { wastes, atMs: START_MS + 1 };
    expect(Object.keys(next(braked, [], { over }).held)).toEqual([PAY, 'image arm64']);
    const mixed = { ...over, wastes: [...wastes, mark(9, { repository: 'acme/app' })] };
    expect(Object.keys(next(braked, [], { over: mixed }).held)).toEqual(['image arm64']);
  });

  test('what is remembered is bounded, in time and number', () => {
    const many = next(NOTHING_IN_COMMON, marks(MARKS_MAX + 9), {});
    expect(many.marks).toHaveLength(MARKS_MAX);
    expect(next(FIVE, [], { waiting: [], nowMs: START_MS + BRAKE_WINDOW_MS })).toMatchObject({ marks: [] });
  });
});

describe('of those that are due', () => {
  const job = (id: number, some: Partial<JobEntry> = {}) =>
    build.jobEntry(id, { nextTryAtMs: START_MS, obstacle: 'waste', ...some });
  const five = [1, 2, 3, 4, 5].map((id) => job(id));
  const heldAt = (nowMs: number, entries = five, out: readonly JobEntry[] = [], of = FIVE) => [
    ...heldBackIn(of, entries, out, nowMs).keys(),
  ];
  const laterMs = START_MS + BRAKE_PROBE_MS;

  test('one is tried, some minutes after the last one’s end; the others wait for it, and say so', () => {
    expect(heldAt(START_MS)).toEqual([1, 2, 3, 4, 5]);
    expect(heldAt(laterMs)).toEqual([2, 3, 4, 5]);
    const [, then] = [...heldBackIn(FIVE, five, [], laterMs)][0] ?? [];
    expect(then).toEqual({
      untilMs: laterMs + BRAKE_PROBE_MS,
      because: `runners of 5 jobs of the ${PAY} came to nothing, and none of them has got one since: they are tried one at a time`,
    });
  });

  test('none while a runner is coming for one of them; others are not concerned', () => {
    expect(heldAt(laterMs, five, [job(3)])).toEqual([1, 2, 3, 4, 5]);
    expect(heldAt(START_MS, [job(77)])).toEqual([]);
  });

  test('who is only looked at, or has a pause of its own, is not tried in its place', () => {
    const entries = [job(1, { obstacle: 'cap' }), job(2, { nextTryAtMs: laterMs + 1 }), job(3), job(4)];
    expect(heldAt(laterMs, entries)).toEqual([4]);
  });

  test('the pause is as long as the trouble has lasted, up to a quarter of an hour', () => {
    const last = (minutes: number) => ({
      ...FIVE,
      marks: FIVE.marks.map((each) => ({ ...each, atMs: START_MS + minutes * MINUTE_MS })),
    });
    const isTried = (minutes: number, afterMs: number) =>
      heldAt(START_MS + minutes * MINUTE_MS + afterMs, five, [], last(minutes)).length === 4;
    expect([isTried(7, 7 * MINUTE_MS - 1), isTried(7, 7 * MINUTE_MS)]).toEqual([false, true]);
    expect([isTried(90, HELD_PAUSE_MAX_MS - 1), isTried(90, HELD_PAUSE_MAX_MS)]).toEqual([false, true]);
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
