/** Mints: as many as GitHub's minute bears, and what is forgotten of them. */
import { describe, expect, test } from 'vitest';
import { MINT_STEP_MS, MINT_STEPS } from '../../../../shared/github-limits.ts';
import { stepsOf } from '../../../../shared/runner/mint-pace.ts';
import { build } from '../builders.ts';
import { type Open, on } from './opening.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 12, 0, 30);
/** No minute holds both. */
const OVER_MS = NOW_MS + MINT_STEPS * MINT_STEP_MS;
/** One each second for four minutes, and twenty more, twice. */
const MINTS_WANTED = Array.from({ length: 240 }, (_, second) =>
  Array.from({ length: second % 120 === 37 ? 21 : 1 }, () => NOW_MS + second * 1_000),
).flat();

export function mintsContract(open: Open): void {
  describe('mints', () => {
    test(
      'are paced by the minute, wherever it begins, and only slots that were given count',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ runners: 3, mintsPerMinute: 2 });
        const take = (name: number, nowMs: number) => capacity.take(build.slot(name), limits, nowMs);
        await take(1, NOW_MS);
        await take(1, NOW_MS);
        expect(await take(2, NOW_MS)).toEqual({ kind: 'taken' });
        await capacity.handBack(build.runnerName(1));
        expect(await take(3, OVER_MS - 1)).toEqual({
          kind: 'paced',
          because: 'new runners are paced at 2 a minute',
        });
        expect((await capacity.view()).mints).toEqual(
          Object.fromEntries(stepsOf(NOW_MS).map((step) => [step, 2])),
        );
        expect(await take(3, OVER_MS)).toEqual({ kind: 'taken' });
        expect(await take(4, OVER_MS)).toEqual({ kind: 'taken' });
        expect(await take(5, OVER_MS)).toMatchObject({ kind: 'full' });
      }),
    );

    test(
      'never pass the pace in any minute; what a burst left unused is there for the next',
      on(open, async ({ capacity }) => {
        const limits = build.limits({
          runners: 1_000,
          perRepository: null,
          perProfile: null,
          mintsPerMinute: 8,
        });
        const given: number[] = [];
        for (const [name, atMs] of MINTS_WANTED.entries()) {
          const { kind } = await capacity.take(build.slot(name, { hasTurn: true }), limits, atMs);
          if (kind === 'taken') given.push(atMs);
        }
        const inMinute = (fromMs: number) =>
          given.filter((atMs) => atMs >= fromMs && atMs < fromMs + 60_000).length;
        expect(Math.max(...given.map(inMinute))).toBe(8);
        expect(given.length, 'hardly less than eight a minute').toBeGreaterThanOrEqual(28);
      }),
    );

    test(
      'a registration that is taken off counts as a mint, once',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ runners: 3, mintsPerMinute: 2 });
        await capacity.take(build.slot(1), limits, NOW_MS);
        for (let told = 0; told < 2; told++) await capacity.handBack(build.runnerName(1), 0, NOW_MS);
        expect((await capacity.view()).mints).toMatchObject({ [stepsOf(NOW_MS)[0] as number]: 2 });
        expect(await capacity.take(build.slot(2), limits, NOW_MS)).toMatchObject({ kind: 'paced' });
      }),
    );

    test(
      'a registration that was taken off when its step was over, to another’s mint, hands its slot back',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ runners: 3 });
        await capacity.take(build.slot(1), limits, NOW_MS);
        const removedAtMs = NOW_MS + MINT_STEP_MS - 10;
        await capacity.take(build.slot(2), limits, removedAtMs + 20);
        await capacity.handBack(build.runnerName(1), 0, removedAtMs);
        expect(await capacity.view()).toMatchObject({ total: 1, slots: [{ name: build.runnerName(2) }] });
      }),
    );

    test(
      'a repository without a runner is forgotten when the sweep recounts, and counts from nothing again',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ perRepository: 1, runners: 3 });
        await capacity.take(build.slot(1), limits, NOW_MS);
        await capacity.recount(NOW_MS);
        expect(await capacity.take(build.slot(2), limits, NOW_MS)).toMatchObject({ kind: 'limited' });
        await capacity.handBack(build.runnerName(1));
        await Promise.all([capacity.recount(NOW_MS), capacity.take(build.slot(3), limits, NOW_MS)]);
        expect(await capacity.take(build.slot(4), limits, NOW_MS)).toMatchObject({ kind: 'limited' });
        await capacity.handBack(build.runnerName(3));
        await capacity.recount(NOW_MS);
        expect(await capacity.take(build.slot(5), limits, NOW_MS)).toEqual({ kind: 'taken' });
        expect(await capacity.take(build.slot(6), limits, NOW_MS)).toMatchObject({ kind: 'limited' });
        expect(await capacity.view()).toMatchObject({ total: 1 });
      }),
    );

    test(
      'of minutes that are over are forgotten when the sweep recounts, this one’s are not',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ mintsPerMinute: 1 });
        await capacity.take(build.slot(1), limits, NOW_MS);
        await capacity.recount(NOW_MS);
        expect(await capacity.take(build.slot(2), limits, NOW_MS)).toMatchObject({ kind: 'paced' });
        await capacity.recount(OVER_MS);
        expect(await capacity.view()).toMatchObject({ total: 1, mints: {} });
        expect(await capacity.take(build.slot(2), limits, OVER_MS)).toEqual({ kind: 'taken' });
      }),
    );
  });
}
