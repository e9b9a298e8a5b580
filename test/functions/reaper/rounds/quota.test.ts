/** Who goes on while a quota is used up. */
import { describe, expect, test } from 'vitest';
import { rankingGate } from '../../../../functions/launcher/quota.ts';
import { planAdmission, tendLimits } from '../../../../functions/reaper/rounds/quota.ts';
import { survey } from '../../../../functions/reaper/survey/survey.ts';
import type { QuotaWait, RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Candidate } from '../../../../shared/nouns.ts';
import {
  afterLook,
  afterRefusal,
  decodeLimits,
  describeLimit,
  encodeLimits,
  type LearnedLimit,
  usageOf,
} from '../../../../shared/quota/learned-limits.ts';
import { changeLimits } from '../../../../shared/quota/note.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { openReaper, QUIET } from '../fixture.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 8);
const MINUTE_MS = 60_000;
const ALL = 'placement:cn-hangzhou';
const C8Y = 'family:cn-hangzhou/ecs.c8y/spot';

const limit = (some: Partial<LearnedLimit> = {}): LearnedLimit => ({
  ...{ unit: 'instances', tooMany: 21, need: 1, code: 'QuotaExceed.AfterpayInstance' },
  ...{ sinceMs: NOW_MS - 3_600_000, refusedAtMs: NOW_MS - MINUTE_MS },
  ...some,
});

const candidate = {
  ...{ placement: 0, region: 'cn-hangzhou', zone: 'cn-hangzhou-h', instanceType: 'ecs.c8y.2xlarge' },
  ...{ capacityType: 'spot', arch: 'arm64', cpu: 8, memoryGiB: 16 },
} as Candidate;

const held = (id: number, quota: QuotaWait | null, nextTryAtMs = NOW_MS) => ({
  entry: build.jobEntry(id, { quota, nextTryAtMs }),
  rev: '1',
});
const waits = (id: number, needs: QuotaWait['needs'], againAtMs = NOW_MS + MINUTE_MS) =>
  held(id, { needs, againAtMs });

/** Whoever was refused is on its way to being undone. */
const only = (made: number) => ({ made, coming: made + 1 });

const admitted = (jobs: ReturnType<typeof held>[], limits: Record<string, LearnedLimit>, used = {}) => {
  const plan = planAdmission(jobs, new Map(Object.entries(limits)), new Map(Object.entries(used)), NOW_MS);
  return { jobs: plan.jobs.map(({ entry }) => entry.job.id), within: Object.fromEntries(plan.within) };
};

describe('the sweep lets go on', () => {
  test('as many as there is room for, the oldest first, and whoever waits for no quota', () => {
    const jobs = [waits(1, { [ALL]: 1 }), waits(2, { [ALL]: 1 }), waits(3, { [ALL]: 1 }), held(4, null)];
    const plan = admitted(jobs, { [ALL]: limit() }, { [ALL]: 18 });
    expect(plan).toEqual({ jobs: [1, 2, 4], within: { 1: ALL, 2: ALL } });
  });

  test('one alone that tries the limit, after two minutes', () => {
    const jobs = [waits(1, { [ALL]: 1 }), waits(2, { [ALL]: 1 })];
    expect(admitted(jobs, { [ALL]: limit() }, { [ALL]: 20 }).jobs).toEqual([]);
    const old = limit({ refusedAtMs: NOW_MS - 2 * MINUTE_MS });
    expect(admitted(jobs, { [ALL]: old }, { [ALL]: 20 })).toEqual({ jobs: [1], within: { 1: ALL } });
  });

  test('a small job where a large one does not fit', () => {
    const vcpus = limit({ unit: 'vCPUs', tooMany: 72, need: 8 });
    const jobs = [waits(1, { [C8Y]: 16 }), waits(2, { [C8Y]: 8 })];
    expect(admitted(jobs, { [C8Y]: vcpus }, { [C8Y]: 56 })).toEqual({ jobs: [2], within: { 2: C8Y } });
  });

  test('all whose limit is forgotten, or whose time has come to be ranked again', () => {
    const jobs = [waits(1, { [C8Y]: 8 }), waits(2, { [ALL]: 1 }, NOW_MS), waits(3, { [ALL]: 1 })];
    expect(admitted(jobs, { [ALL]: limit() }, { [ALL]: 20 })).toEqual({ jobs: [1, 2], within: {} });
  });

  test('nobody before its time: that is for the plan of starts to see', () => {
    const early = held(1, { needs: { [ALL]: 1 }, againAtMs: 0 }, NOW_MS + 1);
    expect(admitted([early], { [ALL]: limit() }, { [ALL]: 0 })).toEqual({ jobs: [1], within: {} });
  });
});

describe('a launch leaves out', () => {
  const gate = (used: number, waited: QuotaWait['needs'] = {}, within?: string) =>
    rankingGate(new Map([[ALL, limit()]]), new Map([[ALL, used]]), waited, within).withheld(candidate);

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['nothing while there is room',                         19, {},          undefined, null],
    ['what is at its limit',                                20, {},          undefined, /no more than 20 instances in cn-hangzhou/],
    ['what it waited for, though there is room for others', 10, { [ALL]: 1 }, undefined, /no more than 20 instances/],
    ['not what the sweep keeps room in',                    20, { [ALL]: 1 }, ALL,       null],
  ] as const)('%s', (_, used, waited, within, expected) => {
    const because = gate(used, waited, within);
    if (expected === null) expect(because).toBeNull();
    else expect(because).toMatch(expected);
  });

  test('and is ranked again at the end of its patience, when that alone is in the way', () => {
    const made = rankingGate(new Map([[ALL, limit()]]), new Map([[ALL, 20]]), {}, undefined);
    const because = made.withheld(candidate) ?? '';
    const reason = { what: 'all', because };
    const onDemandAtMs = NOW_MS + 2 * MINUTE_MS;
    expect(made.waitAfter([reason], NOW_MS, onDemandAtMs)).toEqual({
      needs: { [ALL]: 1 },
      againAtMs: onDemandAtMs,
    });
    expect(made.waitAfter([reason], NOW_MS, NOW_MS)?.againAtMs).toBe(NOW_MS + 5 * MINUTE_MS);
    const soldOut = { what: 'one', because: 'it is sold out' };
    expect(made.waitAfter([reason, soldOut], NOW_MS, NOW_MS)?.againAtMs).toBe(NOW_MS + MINUTE_MS);
  });
});

describe('a limit', () => {
  const usedUp = { scope: 'placement', code: 'QuotaExceed.AfterpayInstance' } as const;

  test('is what was alive at the first refusal of a burst', () => {
    const first = afterRefusal(undefined, candidate, usedUp, { made: 20, coming: 90 }, NOW_MS);
    expect(first).toMatchObject({ tooMany: 21, unit: 'instances', sinceMs: NOW_MS });
    expect(afterRefusal(first, candidate, usedUp, only(12), NOW_MS + 1_000)).toBe(first);
    const later = afterRefusal(first, candidate, usedUp, only(12), NOW_MS + 2 * MINUTE_MS);
    expect(later).toMatchObject({ tooMany: 13, sinceMs: NOW_MS });
    const family = afterRefusal(
      undefined,
      candidate,
      { ...usedUp, scope: 'family' },
      { made: 56, coming: 64 },
      NOW_MS,
    );
    expect(family).toMatchObject({ tooMany: 64, need: 8, unit: 'vCPUs' });
  });

  test('does not shrink by launches that were let in within it, and whose answers are not written down yet', () => {
    // Nineteen are alive, the twentieth and the one that tried the limit are on their way.
    const within = { made: 19, coming: 21 };
    expect(afterRefusal(limit(), candidate, usedUp, within, NOW_MS)).toMatchObject({ tooMany: 21 });
    expect(afterRefusal(limit(), candidate, usedUp, { made: 18, coming: 40 }, NOW_MS).tooMany).toBe(21);
    expect(afterRefusal(limit(), candidate, usedUp, only(15), NOW_MS).tooMany).toBe(16);
    const outgrown = limit({ tooMany: 43, isOutgrown: true });
    expect(afterRefusal(outgrown, candidate, usedUp, { made: 25, coming: 42 }, NOW_MS).tooMany).toBe(26);
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['stays while no more are alive',                  20, 5,  { tooMany: 21 }],
    ['counts what the same burst was given',           30, 1,  { tooMany: 31 }],
    ['that is outgrown lets twice as many be tried',   21, 5,  { tooMany: 43, isOutgrown: true }],
    ['that was not met for half an hour is forgotten', 20, 31, null],
  ] as const)('%s', (_, alive, minutes, expected) => {
    const next = afterLook(limit({ refusedAtMs: NOW_MS - minutes * MINUTE_MS }), alive, NOW_MS);
    if (expected === null) expect(next).toBeNull();
    else expect(next).toMatchObject(expected);
  });

  test('counts machines with and without their offering, and what is on its way by its first candidate', () => {
    const entries = [
      build.runnerEntry(1, { instanceId: 'i-1', region: 'cn-hangzhou', candidate }),
      build.runnerEntry(2, { instanceId: 'i-2', region: 'cn-hangzhou' }),
      build.runnerEntry(3, { walks: [candidate] }),
      build.runnerEntry(4),
    ] as RunnerEntry[];
    expect(Object.fromEntries(usageOf(entries, 'made'))).toEqual({ [ALL]: 2, [C8Y]: 8 });
    expect(Object.fromEntries(usageOf(entries, 'made and coming'))).toEqual({ [ALL]: 3, [C8Y]: 16 });
  });

  test.each([
    [21, /jobs wait until an instance of ours ends: it gives no more than 20 instances/],
    [1, /gives us nothing: it gives no more than 0 instances in cn-hangzhou/],
  ])('that refused number %i is told as what it is', async (tooMany, says) => {
    const { world, alerts, clock } = openReaper(QUIET);
    const sinceMs = clock.nowMs() - 3 * MINUTE_MS;
    const known = limit({ tooMany, sinceMs, refusedAtMs: sinceMs });
    await changeLimits(world.ledger, () => new Map([[ALL, known]]));
    await tendLimits(await survey(world), world);
    expect(alerts).toEqual([expect.stringMatching(says)]);
  });

  test('is told with its scope, and survives its note', () => {
    const vcpus = limit({ unit: 'vCPUs', tooMany: 72, need: 8, code: 'QuotaExceed.ElasticQuota' });
    expect(describeLimit(C8Y, vcpus)).toBe(
      'it gives no more than 64 vCPUs of ecs.c8y (spot) in cn-hangzhou (QuotaExceed.ElasticQuota)',
    );
    const limits = new Map([[C8Y, vcpus]]);
    expect(decodeLimits(encodeLimits(limits))).toEqual(limits);
    expect(decodeLimits('')).toEqual(new Map());
  });
});
