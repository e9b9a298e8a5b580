/** Slots while jobs wait: in turns. */
import { describe, expect, test } from 'vitest';
import { MINT_STEP_MS, MINT_STEPS } from '../../../../shared/github-limits.ts';
import type { SlotRequest } from '../../../../shared/ledger/ledger.ts';
import { stopping } from '../../../../shared/ledger/stop.ts';
import { build, CREATED_MS } from '../builders.ts';
import { type Open, on } from './opening.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 12, 0, 30);
/** No minute holds both. */
const OVER_MS = NOW_MS + MINT_STEPS * MINT_STEP_MS;

const AGAIN = {
  ...{ name: build.runnerName(1), repository: 'acme/app', hasTurn: false },
  ...{ perRepository: 1, mintsPerMinute: 100 },
};

export function turnsContract(open: Open): void {
  test(
    'a stopped runner is its repository’s when it is started: within its limit, and no longer when that came to nothing',
    on(open, async ({ capacity }) => {
      for (const at of [1, 2, 3]) await capacity.take(build.slot(at), build.limits(), NOW_MS);
      const again = (at: number, nowMs: number, repository = 'acme/app') =>
        capacity.mintAgain({ ...AGAIN, name: build.runnerName(at), repository }, nowMs);
      expect(await again(1, NOW_MS + 1)).toEqual({ kind: 'taken' });
      expect(await again(2, NOW_MS + 2)).toMatchObject({
        kind: 'limited',
        because: expect.stringContaining('limits.runnersPerRepository is 1'),
      });
      expect(await again(2, NOW_MS + 3, 'acme/lib')).toEqual({ kind: 'taken' });
      for (let told = 0; told < 2; told++) await capacity.unassign(build.runnerName(1));
      expect(await again(3, NOW_MS + 4)).toEqual({ kind: 'taken' });
      for (const at of [1, 2, 3]) await capacity.handBack(build.runnerName(at));
      expect(await capacity.view()).toMatchObject({ total: 0, slots: [] });
    }),
  );

  test(
    'a stopped runner is started while others wait for slots, but neither past the brake without a turn, nor past a stop',
    on(open, async ({ capacity }) => {
      await capacity.take(build.slot(1), build.limits(), NOW_MS);
      const waiting = { sinceMs: CREATED_MS, because: 'launches are held back to one' };
      await capacity.setWaiting({ ...waiting, isBraked: true });
      expect(await capacity.mintAgain(AGAIN, NOW_MS + 1)).toEqual({
        kind: 'queue',
        because: waiting.because,
      });
      expect(await capacity.mintAgain({ ...AGAIN, hasTurn: true }, NOW_MS + 2)).toEqual({ kind: 'taken' });
      await capacity.setWaiting(waiting);
      await capacity.unassign(AGAIN.name);
      expect(await capacity.mintAgain(AGAIN, NOW_MS + 3)).toEqual({ kind: 'taken' });
      await capacity.stop((stop) => stopping(stop, 'acme/app', NOW_MS), NOW_MS);
      await capacity.unassign(AGAIN.name);
      expect(await capacity.mintAgain({ ...AGAIN, hasTurn: true }, NOW_MS + 4)).toMatchObject({
        kind: 'stopped',
      });
    }),
  );

  test(
    'a second mint of a runner that has its slot counts with those of this minute, once for one time, and takes no slot',
    on(open, async ({ capacity }) => {
      await capacity.take(build.slot(1), build.limits(), NOW_MS);
      const asked = { ...AGAIN, mintsPerMinute: 2 };
      const again = (nowMs: number) => capacity.mintAgain(asked, nowMs);
      for (let told = 0; told < 2; told++) expect(await again(NOW_MS + 1)).toEqual({ kind: 'taken' });
      expect(await again(NOW_MS + 2)).toMatchObject({ kind: 'paced' });
      expect(await capacity.take(build.slot(2), build.limits({ mintsPerMinute: 2 }), NOW_MS)).toMatchObject({
        kind: 'paced',
      });
      expect(await again(OVER_MS)).toEqual({ kind: 'taken' });
      expect(await capacity.view()).toMatchObject({ total: 1 });
      await capacity.handBack(build.runnerName(1));
      expect(await again(OVER_MS + 1)).toMatchObject({ kind: 'paced' });
      expect(await capacity.view()).toMatchObject({ total: 0, slots: [] });
    }),
  );

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

    test(
      'whom money is reserved for is in the view until nobody waits, or it is for nobody',
      on(open, async ({ capacity }) => {
        const reserved = { job: build.job(1).id, sinceMs: NOW_MS };
        const waiting = { sinceMs: CREATED_MS, because: 'other jobs wait for the same slot' };
        for (const none of [{ ...waiting, reserved: null }, null]) {
          await capacity.setWaiting({ ...waiting, reserved });
          expect((await capacity.view()).reserved).toEqual(reserved);
          await capacity.setWaiting(none);
          expect((await capacity.view()).reserved).toBeUndefined();
        }
      }),
    );

    test.each([
      ['a slot', { runners: 1 }, NOW_MS],
      ['a mint', { mintsPerMinute: 1 }, OVER_MS],
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
