/** What one job found sold out holds back those of its like, and nobody else: by sweeps as they are played. */
import { describe, expect, test } from 'vitest';
import { planStarts } from '../../../../../functions/reaper/rounds/plan.ts';
import { scarceIn } from '../../../../../functions/reaper/scarce.ts';
import { PROBES_OF_LIKE_MAX } from '../../../../../shared/github-limits.ts';
import type { JobEntry } from '../../../../../shared/ledger/entries.ts';
import type { CapacityView } from '../../../../../shared/ledger/ledger.ts';
import { PROBES_PER_SWEEP_MAX } from '../../../../../shared/limits.ts';
import type { Candidate } from '../../../../../shared/nouns.ts';
import { build } from '../../../../shared/ledger/builders.ts';
import { configOf, START_MS } from '../../../../world/in-process.ts';
import { job, MINUTE_MS, many, NO_LIMITS, OFFER, starter, YOUNG } from './starts.ts';

const WIDE = { limits: { runners: 1_000, runnersPerRepository: null, mintsPerMinute: 240 } };
const LIMITED = { limits: { runners: 1_000, runnersPerRepository: 50, mintsPerMinute: 240 } };
const CANDIDATE = { capacityType: 'spot' } as Candidate;
const ids = (entries: readonly { job: { id: number } }[]) => entries.map((entry) => entry.job.id);

describe('what is at a limit of its own takes no try of another’s', () => {
  test('300 jobs of a repository that has all it may', async () => {
    const { first, occupy, launched } = starter(LIMITED);
    await occupy(50, 'a/x');
    await first([
      ...many(300, 1, { repository: 'a/x', obstacle: 'limit' }),
      job(900, { repository: 'a/y', ...OFFER }),
    ]);
    expect(launched).toEqual([900]);
  });

  test('those of nine such repositories, all of them older', async () => {
    const { first, occupy, launched } = starter(LIMITED);
    const backlogs = Array.from({ length: 9 }, (_, at) => `a/x${at}`).flatMap((repository, at) => [
      ...many(9, 10 * at + 1, { repository, obstacle: 'limit' }),
      job(10 * at + 10, { repository, ...OFFER }),
    ]);
    for (let at = 0; at < 9; at++) await occupy(50, `a/x${at}`, 9_000 + 100 * at);
    await first([...backlogs, job(900, { repository: 'a/y' }), job(901, { repository: 'a/z', ...OFFER })]);
    expect(launched.toSorted()).toEqual([900, 901]);
  });
});

describe('one that found nothing takes nobody out of the line', () => {
  test('while all slots are in use, who waits is waited for', async () => {
    const { first, occupy, capacity } = starter({ limits: { runners: 4, runnersPerRepository: null } });
    await occupy(4, 'acme/app');
    const started = await first([...many(9, 1), job(99, YOUNG)]);
    expect(started).toMatchObject({ count: 0, isWaiting: true });
    const other = build.slot('other', { hasTurn: false });
    expect((await capacity.take(other, NO_LIMITS, START_MS)).kind, 'others wait').not.toBe('taken');
  });

  test('the repository with the fewest runners is first', async () => {
    const { first, occupy, launched } = starter(WIDE);
    await occupy(9, 'a/x');
    await first([
      ...many(9, 1, { repository: 'a/x' }),
      ...many(9, 50, { repository: 'a/y' }),
      job(99, YOUNG),
    ]);
    expect(launched).toEqual(ids(many(PROBES_OF_LIKE_MAX, 50)));
  });

  test('once it has a machine, all the others are started', async () => {
    const { lots } = starter(WIDE, { instanceId: 'i-1', state: 'booting', candidate: CANDIDATE });
    const [first, second] = await lots([...many(39, 1), job(99, OFFER)]);
    expect(first?.toSorted((a, b) => a - b)).toEqual([...ids(many(PROBES_OF_LIKE_MAX - 1, 1)), 99]);
    expect(second).toHaveLength(40 - PROBES_OF_LIKE_MAX);
  });

  test('nor does one that has been due for minutes, and cannot be tried: what it found is of the past', async () => {
    const { first, occupy, launched } = starter(LIMITED);
    await occupy(50, 'a/x');
    const stale = job(1, { repository: 'a/x', ...OFFER, nextTryAtMs: START_MS - 3 * MINUTE_MS });
    await first([stale, ...many(30, 10, { repository: 'a/y' })]);
    expect(launched).toHaveLength(30);
  });

  test('while nobody knows what becomes of the first, only a few more of them are', async () => {
    const { lots } = starter(WIDE, {
      instanceId: null,
      state: 'launching',
      leaseUntilMs: START_MS + 9 * MINUTE_MS,
    });
    const [first, second, third] = await lots([...many(39, 1), job(99, OFFER)]);
    expect([first, second, third].map((lot) => lot?.length)).toEqual(Array(3).fill(PROBES_OF_LIKE_MAX));
  });
});

test('what had nothing to ask for is tried without a bound of its like, those first that waited longest (seeds 204269, 204357)', async () => {
  const { first, launched } = starter({ limits: { runners: 100, runnersPerRepository: 3 } });
  const mistyped = (from: number, agoMs: number) =>
    many(40, from, { ...OFFER, isUntried: true, nextTryAtMs: START_MS - agoMs });
  await first([...mistyped(1, 0), ...mistyped(101, MINUTE_MS)]);
  expect(launched).toHaveLength(PROBES_PER_SWEEP_MAX);
  const younger = launched.filter((id) => id > 100);
  expect(younger).toHaveLength(40);
});

test('of those without an offer so many are tried in a sweep, whatever its lots', async () => {
  const { lots } = starter(WIDE, {
    instanceId: null,
    state: 'launching',
    leaseUntilMs: START_MS + 9 * MINUTE_MS,
  });
  const started = (await lots(many(120, 1, OFFER))).flat();
  expect(started).toHaveLength(PROBES_PER_SWEEP_MAX);
});

describe('it is about what a job may be launched on, too', () => {
  const lasting = { firstTryAtMs: START_MS - 60 * MINUTE_MS };
  // biome-ignore format: a table reads best as a table.
  test.each([
    ['pay-as-you-go alone: spot is to be had, as far as anybody knows', { ...YOUNG, offSpot: true }, {}, 30],
    ['spot alone: pay-as-you-go may be, for those whose patience is over', YOUNG, lasting, 30],
    ['spot, before its own patience was over', { ...YOUNG, firstTryAtMs: START_MS - 5 * MINUTE_MS }, lasting, 30],
    ['both: neither is', { ...YOUNG, ...lasting }, {}, PROBES_OF_LIKE_MAX],
    ['spot: for the others it is the same', YOUNG, {}, PROBES_OF_LIKE_MAX],
    ['something else', { ...YOUNG, labels: 'self-hosted aliyun amd64' }, {}, 30],
    ['what it could not ask for', { ...YOUNG, isCut: true }, {}, 30],
    ['a quota', { ...YOUNG, quota: { needs: { all: 1 }, againAtMs: START_MS + 1 } }, {}, 30],
  ])('what was refused is %s', async (_, refused, others, started) => {
    const { first, launched } = starter({ ...WIDE, spot: { patience: '5m' } });
    const { count } = await first([...many(30, 10, others), job(1, { ...refused, nextTryAtMs: START_MS + 59_000 })]);
    expect([count, launched.length]).toEqual([started, started]);
  });
});

describe('where money is bounded', () => {
  const config = configOf({ limits: { spendPerHour: 20, runnersPerRepository: null } });
  const cost = { perHour: 10_000_000, forDay: 10_000_000 };
  const waiting = (entries: readonly JobEntry[]) => entries.map((entry) => ({ entry, rev: 'r' }));
  const none = { total: 0, slots: [], mints: {} };
  const planned = (entries: readonly JobEntry[], view: CapacityView, scarceJob = job(999, YOUNG)) =>
    planStarts(waiting(entries), view, config, START_MS, {
      scarce: scarceIn(waiting([scarceJob]), START_MS, config),
    });

  test('whom it does not suffice for is in line, and waits for none of its like', () => {
    const { start, line, isProbing } = planned(many(30, 1, { cost }), none);
    expect([start.length, line.length, isProbing]).toEqual([2, 28, false]);
    const cheap = planned(many(30, 1), none);
    expect([cheap.start.length, cheap.line, cheap.isProbing]).toEqual([PROBES_OF_LIKE_MAX, [], true]);
    expect(planned(many(PROBES_OF_LIKE_MAX, 1), none).isProbing, 'nobody is left out').toBe(false);
  });

  test('whom it is kept for is started, however many of its like were tried, and keeps it', () => {
    const reserved = { job: job(50).job.id, sinceMs: START_MS - 1 };
    const plan = planned([...many(PROBES_OF_LIKE_MAX, 1, OFFER), job(50, { cost })], { ...none, reserved });
    expect(plan.start.map(({ entry }) => entry.job.id)).toContain(50);
    expect(plan.reserved).toEqual(reserved);
  });
});
