/** Slots while jobs wait: in turns. */
import { describe, expect, test } from 'vitest';
import type { SlotRequest } from '../../../../shared/ledger/ledger.ts';
import { build, CREATED_MS } from '../builders.ts';
import { type Open, on } from './opening.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 12, 0, 30);
const NEXT_MINUTE_MS = Date.UTC(2026, 4, 4, 12, 1, 0);

export function turnsContract(open: Open): void {
  describe('while jobs wait', () => {
    test(
      'only those who have a turn get a slot, whatever their age, until nobody waits any more',
      on(open, async ({ capacity }) => {
        await capacity.setWaiting({ sinceMs: CREATED_MS, because: 'other jobs wait for the same slot' });
        const take = (name: number, some: Partial<SlotRequest>) =>
          capacity.take(build.slot(name, { hasTurn: false, ...some }), build.limits(), NOW_MS);
        for (const jobCreatedAtMs of [CREATED_MS - 1, CREATED_MS + 1])
          expect(await take(1, { jobCreatedAtMs })).toEqual({
            kind: 'queue',
            because: 'other jobs wait for the same slot',
          });
        expect(await take(2, { hasTurn: true })).toEqual({ kind: 'taken' });
        await capacity.setWaiting({ sinceMs: CREATED_MS, because: 'launches are held back to one' });
        expect(await take(1, {})).toEqual({ kind: 'queue', because: 'launches are held back to one' });
        await capacity.setWaiting(null);
        expect(await take(1, {})).toEqual({ kind: 'taken' });
      }),
    );

    test.each([
      ['a slot', { runners: 1 }, NOW_MS],
      ['a mint', { mintsPerMinute: 1 }, NEXT_MINUTE_MS],
    ] as const)('nobody overtakes who was refused %s, without a sweep between', (_, some, laterMs) =>
      on(open, async ({ capacity }) => {
        const take = (name: number, nowMs: number, hasTurn = false) =>
          capacity.take(build.slot(name, { hasTurn }), build.limits(some), nowMs);
        await take(1, NOW_MS);
        expect((await take(2, NOW_MS)).kind).not.toBe('taken');
        await capacity.handBack(build.runnerName(1));
        expect(await take(3, laterMs)).toMatchObject({ kind: 'queue' });
        expect(await take(2, laterMs, true)).toEqual({ kind: 'taken' });
      })(),
    );

    test(
      'what stands aside is not waited for, when it is refused',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ runners: 1 });
        const take = (name: number, isInLine: boolean) =>
          capacity.take(build.slot(name, { hasTurn: false, isInLine }), limits, NOW_MS);
        await take(1, true);
        expect(await take(2, false)).toMatchObject({ kind: 'full' });
        await capacity.handBack(build.runnerName(1));
        expect(await take(3, true)).toEqual({ kind: 'taken' });
      }),
    );

    test(
      'a job that its profile has no slot for holds nobody back',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ perProfile: 1 });
        const take = (name: number, profile: string | null) =>
          capacity.take(build.slot(name, { profile, hasTurn: false }), limits, NOW_MS);
        await take(1, 'big');
        expect(await take(2, 'big')).toMatchObject({ kind: 'limited' });
        expect(await take(3, null)).toEqual({ kind: 'taken' });
      }),
    );
  });
}
