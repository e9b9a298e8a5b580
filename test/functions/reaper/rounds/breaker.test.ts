import { describe, expect, test } from 'vitest';
import { openBreakers, opening, type Strike } from '../../../../functions/reaper/rounds/money/breaker.ts';
import {
  BREAKER_FAMILY_OPEN_MS,
  BREAKER_HALVED_MAX_MS,
  BREAKER_OPEN_MS,
} from '../../../../functions/reaper/rounds/money/limits.ts';
import { keysOf } from '../../../../shared/advisor/rank.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import type { Candidate } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { inProcess } from '../../../shared/ledger/transports.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 12);
const MINUTE_MS = 60_000;
const strike = (name: string, offering: string, agoMs = 0, family = 'f'): Strike => ({
  ...{ runner: name, offering, family, atMs: NOW_MS - agoMs },
});
const candidate = {
  ...{ placement: 0, region: 'cn-hangzhou', zone: 'cn-hangzhou-k', instanceType: 'ecs.c8y.2xlarge' },
  ...{ capacityType: 'spot', arch: 'arm64', cpu: 8, memoryGiB: 16, pricePerHour: 1, onDemandPricePerHour: 2 },
  ...{ priceLimit: 1.2, expectedCostPerHour: 1, because: '' },
} as Candidate;

describe('what the market took back from a job', () => {
  // biome-ignore format: a table reads best as a table.
  const cases: [what: string, strikes: Strike[], opened: [key: string, minutes: number][]][] = [
    ['is left alone for a while',                        [strike('a', 'x')],                                     [['x', 1]]],
    ['for no longer, however many they were',            Array.from({ length: 9 }, (_, at) => strike(`${at}`, 'x', 9 - at - 1, `f${at}`)), [['x', 1]]],
    ['not again for one that is known',                  [strike('a', 'x', 60_000)],                             []],
    ['old ones count for little',                        [strike('a', 'x', 9 * BREAKER_HALVED_MAX_MS), strike('b', 'x')], [['x', 1]]],
    ['its family in the zone, after the third',          [strike('a', 'x', 1), strike('b', 'y', 1), strike('c', 'z')], [['z', 1], ['f', BREAKER_FAMILY_OPEN_MS / BREAKER_OPEN_MS]]],
    ['not for three in three zones',                     [strike('a', 'x', 1, 'g'), strike('b', 'y', 1, 'h'), strike('c', 'z')], [['z', 1]]],
  ];
  test.each(cases)('%s', (_what, strikes, expected) => {
    const none = { living: 0, ageMs: BREAKER_HALVED_MAX_MS };
    const opened = opening(strikes, NOW_MS, () => none).map(({ key, untilMs }) => [
      key,
      (untilMs - NOW_MS) / BREAKER_OPEN_MS,
    ]);
    expect(opened).toEqual(expected);
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['one of two',                                       1,  1,   ['x']],
    ['one of three: the others live',                    1,  2,   []],
    ['three of six, of one family',                      3,  3,   ['x', 'f']],
    ['three of sixty, as rates of a few percent have it', 3, 57,  []],
    ['thirty of sixty: the zone is short of it',        30, 30,  ['x', 'f']],
  ])('is judged by how many live there: %s', (_what, taken, living, expected) => {
    const strikes = Array.from({ length: taken }, (_, at) => strike(`${at}`, 'x'));
    expect(opening(strikes, NOW_MS, () => ({ living, ageMs: 0 })).map(({ key }) => key)).toEqual(expected);
  });

  // biome-ignore format: a table reads best as a table.
  test.each<[what: string, ages: { apart: number; mean: number }, living: number, opened: [key: string, times: number][]]>([
    ['of an hour, of machines of minutes, that come and go',          { apart: 8, mean: 6 },      3, []],
    ['and when hardly one lives there in the evening',                { apart: 8, mean: 6 },      1, [['x', 1]]],
    ['of an hour, of machines of an hour: most of them',              { apart: 8, mean: 60 },     3, [['x', 1], ['f', 3.75]]],
    ['of days: counted for no longer, however old the machines are',  { apart: 600, mean: 6000 }, 1, [['x', 1]]],
    ['within minutes, of machines of minutes: the zone is short',     { apart: 1, mean: 6 },      5, [['x', 1], ['f', 3.75]]],
    ['within minutes, of machines that were just made',               { apart: 1, mean: 0 },      5, [['x', 1], ['f', 3.75]]],
  ])('eight %s', (_what, { apart, mean }, living, expected) => {
    const strikes = Array.from({ length: 8 }, (_, at) => strike(`${at}`, 'x', at * apart * MINUTE_MS));
    const opened = opening(strikes, NOW_MS, () => ({ living, ageMs: mean * MINUTE_MS }));
    expect(opened.map(({ key, untilMs }) => [key, (untilMs - NOW_MS) / BREAKER_OPEN_MS])).toEqual(expected);
  });

  test('is held against what lives there by how long that has lived', async () => {
    const made = (name: string, minutesAgo: number, isInterrupted = true) =>
      ({
        entry: build.runnerEntry(name, {
          ...{ candidate, isInterrupted, createdAtMs: NOW_MS - minutesAgo * MINUTE_MS },
          ...(isInterrupted ? {} : { state: 'busy' as const }),
        }),
        rev: '',
      }) as Held<RunnerEntry>;
    /** One taken back twenty minutes ago and two now, while two live. */
    const opened = async (minutes: number) => {
      const { ledger } = inProcess();
      const world = { ledger, log: () => undefined };
      await openBreakers([made('a', minutes)], { ...world, clock: { nowMs: () => NOW_MS - 20 * MINUTE_MS } });
      const living = [made('alive-1', minutes, false), made('alive-2', minutes, false)];
      const now = [...living, made('b', minutes), made('c', minutes)];
      return openBreakers(now, { ...world, clock: { nowMs: () => NOW_MS } });
    };
    expect(await opened(60), 'its family, too').toBe(2);
    expect(await opened(6)).toBe(1);
  });

  test('is remembered for all launches, once, under keys that the ranking looks at', async () => {
    const { ledger, store } = inProcess();
    const world = { ledger, clock: { nowMs: () => NOW_MS }, log: () => undefined };
    const of = (name: string, some: Partial<RunnerEntry> = {}) =>
      ({
        entry: build.runnerEntry(name, { candidate, isInterrupted: true, ...some }),
        rev: '',
      }) as Held<RunnerEntry>;
    store.counts.calls.clear();
    expect(await openBreakers([of('a', { isInterrupted: false })], world)).toBe(0);
    expect(store.counts.calls.size, 'nothing is asked').toBe(0);
    expect(await openBreakers([of('a')], world)).toBe(1);
    expect(await openBreakers([of('a')], world)).toBe(0);
    expect(await openBreakers([of('a'), of('b'), of('c')], world)).toBe(2);
    const crowd = Array.from({ length: 40 }, (_, at) =>
      of(`alive-${at}`, { isInterrupted: false, state: 'busy' }),
    );
    expect(await openBreakers([...crowd, of('d')], world), 'one of many').toBe(0);
    const now = await ledger.unavailable.list(NOW_MS);
    expect(keysOf(candidate).filter((key) => now.has(key))).toHaveLength(2);
    const sibling = { ...candidate, instanceType: 'ecs.c8y.4xlarge' };
    expect(
      keysOf(sibling).filter((key) => now.has(key)),
      'its family',
    ).toHaveLength(1);
    expect(keysOf({ ...candidate, zone: 'cn-hangzhou-h' }).filter((key) => now.has(key))).toEqual([]);
    expect(keysOf({ ...candidate, capacityType: 'on-demand' }).filter((key) => now.has(key))).toEqual([]);
  });
});
