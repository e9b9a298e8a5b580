/** Money: never above a bound, never counted twice, given back when a machine ends. */
import { describe, expect, test } from 'vitest';
import type { SlotLimits, SlotRequest } from '../../../../shared/ledger/ledger.ts';
import type { RunnerName } from '../../../../shared/nouns.ts';
import { build } from '../builders.ts';
import { type Open, on } from './opening.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 12, 0, 30);
const NEXT_DAY_MS = Date.UTC(2026, 4, 5, 0, 0, 30);
const CNY = 1_000_000;
const spend = (some: Partial<NonNullable<SlotLimits['spend']>>): SlotLimits =>
  build.limits({ spend: { perHour: null, perHourRepository: null, perDay: null, ...some } });
const slot = (name: number, perHour: number, some: Partial<SlotRequest> = {}): SlotRequest =>
  build.slot(name, { cost: { perHour: perHour * CNY, forDay: perHour * CNY }, ...some });

export function moneyContract(open: Open): void {
  describe('money', () => {
    test(
      'of an hour is given up to its bound, to the last bit of it, and the rest when some is handed back',
      on(open, async ({ capacity }) => {
        const take = (name: number, perHour: number) =>
          capacity.take(slot(name, perHour), spend({ perHour: 10 * CNY }), NOW_MS);
        expect([await take(1, 6), await take(2, 4)]).toEqual([{ kind: 'taken' }, { kind: 'taken' }]);
        expect(await take(3, 0.000001)).toEqual({
          kind: 'spend',
          because: 'machines that live cost as much as limits.spendPerHour allows (10.00)',
        });
        await capacity.handBack(build.runnerName(1));
        await capacity.handBack(build.runnerName(1));
        expect(await take(4, 6.1)).toMatchObject({ kind: 'spend' });
        expect(await take(5, 6)).toEqual({ kind: 'taken' });
      }),
    );

    test(
      'that many want at once is given up to its bound',
      on(open, async ({ capacity }) => {
        const names = Array.from({ length: 12 }, (_, at) => at);
        const limits = spend({ perHour: 10 * CNY, perDay: 100 * CNY });
        const answers = await Promise.all(names.map((name) => capacity.take(slot(name, 3), limits, NOW_MS)));
        expect(answers.filter(({ kind }) => kind === 'taken')).toHaveLength(3);
        expect((await capacity.view()).days).toEqual({ '20260504': 9 * CNY });
      }),
    );

    test(
      'is counted once, however often a slot is taken',
      on(open, async ({ capacity }) => {
        const limits = spend({ perHour: 10 * CNY });
        for (let times = 0; times < 3; times++)
          expect(await capacity.take(slot(1, 6), limits, NOW_MS)).toEqual({ kind: 'taken' });
        expect(await capacity.take(slot(2, 4), limits, NOW_MS)).toEqual({ kind: 'taken' });
      }),
    );

    test(
      'is one repository’s up to its share, but for its first machine; others go on',
      on(open, async ({ capacity }) => {
        const limits = spend({ perHour: 10 * CNY, perHourRepository: 5 * CNY });
        const take = (name: number, perHour: number, repository: string) =>
          capacity.take(slot(name, perHour, { repository }), limits, NOW_MS);
        expect(await take(1, 7, 'acme/a')).toEqual({ kind: 'taken' });
        expect(await take(2, 1, 'ACME/a')).toEqual({
          kind: 'limited',
          because: 'machines of ACME/a cost its share of limits.spendPerHour (5.00)',
        });
        expect(await take(3, 3, 'acme/b')).toEqual({ kind: 'taken' });
      }),
    );

    test(
      'of a day is kept for what runs, set right when it ends, and new on the next day',
      on(open, async ({ capacity }) => {
        const limits = spend({ perDay: 10 * CNY });
        const take = (name: number, perHour: number, nowMs = NOW_MS) =>
          capacity.take(slot(name, perHour), limits, nowMs);
        expect(await take(1, 8)).toEqual({ kind: 'taken' });
        expect(await take(2, 3)).toMatchObject({
          kind: 'spend',
          because: expect.stringMatching(/spendPerDay allows \(10\.00\)/),
        });
        await capacity.handBack(build.runnerName(1), 1 * CNY);
        expect((await capacity.view()).days).toEqual({ '20260504': 1 * CNY });
        expect(await take(3, 9)).toEqual({ kind: 'taken' });
        expect(await take(4, 10, NEXT_DAY_MS)).toEqual({ kind: 'taken' });
        await capacity.recount(NEXT_DAY_MS);
        expect((await capacity.view()).days).toEqual({ '20260505': 10 * CNY });
      }),
    );

    test(
      'is set right by what is known later, once, and only for who still has a slot',
      on(open, async ({ capacity }) => {
        const limits = spend({ perHour: 10 * CNY, perDay: 10 * CNY });
        await capacity.take(slot(1, 8), limits, NOW_MS);
        await capacity.take(build.slot(2), limits, NOW_MS);
        const cost = { perHour: 3 * CNY, forDay: 4 * CNY };
        const costs = new Map([1, 2, 3].map((name) => [build.runnerName(name) as RunnerName, cost]));
        await Promise.all([capacity.reprice(costs), capacity.reprice(costs)]);
        expect((await capacity.view()).days).toEqual({ '20260504': 4 * CNY });
        expect(await capacity.take(slot(4, 6.5), limits, NOW_MS)).toMatchObject({ kind: 'spend' });
        expect(await capacity.take(slot(5, 6), limits, NOW_MS)).toEqual({ kind: 'taken' });
        for (const name of [1, 2, 5]) await capacity.handBack(build.runnerName(name), 0);
        expect((await capacity.view()).days).toEqual({ '20260504': 0 });
        expect(await capacity.take(slot(6, 10), limits, NOW_MS)).toEqual({ kind: 'taken' });
      }),
    );

    test(
      'is not counted where it is not bounded',
      on(open, async ({ capacity }) => {
        await capacity.take(build.slot(1), build.limits(), NOW_MS);
        expect(await capacity.view()).toMatchObject({ total: 1, days: {} });
      }),
    );
  });

  test(
    'what is written off counts for no bound of its repository: runners, matrix, and share of the hour’s money; in all others it does',
    on(open, async ({ capacity }) => {
      const limits = { ...spend({ perHour: 10 * CNY, perHourRepository: 3 * CNY }), perRepository: 1 };
      const matrix = { key: 'acme/a build', max: 1 };
      const take = (name: number) =>
        capacity.take(slot(name, 3, { repository: 'acme/a', matrix }), limits, NOW_MS);
      expect(await take(1)).toEqual({ kind: 'taken' });
      for (let told = 0; told < 2; told++) await capacity.writeOff(build.runnerName(1));
      expect(await take(2)).toEqual({ kind: 'taken' });
      expect(await capacity.view()).toMatchObject({
        total: 2,
        slots: [
          { name: build.runnerName(1), isUnassigned: true, isWithoutShare: true },
          { name: build.runnerName(2) },
        ],
      });
      expect(await capacity.take(slot(3, 5, { isInLine: false }), limits, NOW_MS)).toMatchObject({
        kind: 'spend',
      });
      for (const at of [1, 2]) await capacity.handBack(build.runnerName(at));
      await capacity.recount(NOW_MS + 600_000);
      expect(await capacity.view()).toMatchObject({ total: 0, slots: [], isAtRest: true });
    }),
  );

  test(
    'what was started in vain counts in its share of the hour’s money as it did, before and after its next start',
    on(open, async ({ capacity }) => {
      const limits = spend({ perHour: 10 * CNY, perHourRepository: 5 * CNY });
      const own = { repository: 'acme/a' };
      const another = () => capacity.take(slot(2, 4, { ...own, isInLine: false }), limits, NOW_MS);
      const again = { name: build.runnerName(1), hasTurn: true, perRepository: null, mintsPerMinute: 99 };
      await capacity.take(slot(1, 4, own), limits, NOW_MS);
      await capacity.unassign(build.runnerName(1));
      expect(await another()).toMatchObject({ kind: 'limited' });
      const [first] = (await capacity.view()).slots;
      expect(first).toMatchObject({ isUnassigned: true });
      expect(first).not.toHaveProperty('isWithoutShare');
      expect(await capacity.mintAgain({ ...again, ...own }, NOW_MS + 1)).toEqual({ kind: 'taken' });
      expect(await another()).toMatchObject({ kind: 'limited' });
      expect((await capacity.view()).slots[0]).not.toHaveProperty('isUnassigned');
    }),
  );
}
