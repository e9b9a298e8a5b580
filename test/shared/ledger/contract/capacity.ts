/** Slots: never above a limit, never counted twice, never lost. */
import { describe, expect, test } from 'vitest';
import { build } from '../builders.ts';
import { type Open, on } from './opening.ts';

const NOW_MS = Date.UTC(2026, 4, 4, 12, 0, 30);

export function capacityContract(open: Open): void {
  describe('slots', () => {
    test(
      'are given up to the limit, and the next one when one is handed back',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ runners: 2 });
        const take = (name: number) => capacity.take(build.slot(name), limits, NOW_MS);
        expect([await take(1), await take(2)]).toEqual([{ kind: 'taken' }, { kind: 'taken' }]);
        expect(await take(3)).toEqual({
          kind: 'full',
          because: 'all runners are in use (limits.runners is 2)',
        });
        await capacity.handBack(build.runnerName(1));
        expect(await take(3)).toEqual({ kind: 'taken' });
        expect(await take(4)).toMatchObject({ kind: 'full' });
      }),
    );

    test(
      'handed back together are free together, and a second time nothing is counted',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ runners: 12 });
        for (let at = 0; at < 12; at++) await capacity.take(build.slot(at), limits, NOW_MS);
        const some = new Map(
          Array.from({ length: 11 }, (_, at) => [build.runnerName(at), undefined] as const),
        );
        await capacity.handBackAll(some);
        await capacity.handBackAll(some);
        expect(await capacity.view()).toMatchObject({ total: 1, slots: [{ name: build.runnerName(11) }] });
      }),
    );

    test(
      'of a matrix are given up to what GitHub lets run, whoever else takes one; the next when one is handed back',
      on(open, async ({ capacity }) => {
        const matrix = { key: 'acme/kernel 7 1 test', max: 2 };
        const take = (name: number, some = {}) =>
          capacity.take(build.slot(name, { matrix, ...some }), build.limits(), NOW_MS);
        expect([await take(1), await take(2)]).toEqual([{ kind: 'taken' }, { kind: 'taken' }]);
        expect(await take(3)).toMatchObject({ kind: 'held', because: expect.stringMatching(/^2 of its/) });
        expect(await take(4, { matrix: null })).toEqual({ kind: 'taken' });
        await capacity.recount(NOW_MS);
        await capacity.handBack(build.runnerName(1));
        expect(await take(3)).toEqual({ kind: 'taken' });
      }),
    );

    test(
      'that many want at once are given up to the limit',
      on(open, async ({ capacity }) => {
        const names = Array.from({ length: 12 }, (_, at) => at);
        const limits = build.limits({ runners: 5 });
        const answers = await Promise.all(
          names.map((name) => capacity.take(build.slot(name), limits, NOW_MS)),
        );
        expect(answers.filter(({ kind }) => kind === 'taken')).toHaveLength(5);
        const view = await capacity.view();
        expect([view.total, view.slots.length]).toEqual([5, 5]);
      }),
    );

    test(
      'a slot that a runner has already is taken, and counts once, even when there is no other',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ runners: 1, mintsPerMinute: 1 });
        for (let tries = 0; tries < 3; tries++)
          expect(await capacity.take(build.slot(1), limits, NOW_MS)).toEqual({ kind: 'taken' });
        expect(await capacity.view()).toMatchObject({ total: 1, slots: [{ name: build.runnerName(1) }] });
      }),
    );

    test(
      'handing back twice, or what was never taken, changes nothing',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ perProfile: 1, perRepository: 2 });
        await capacity.take(build.slot(1), limits, NOW_MS);
        await capacity.take(build.slot(2), limits, NOW_MS);
        await capacity.handBack(build.runnerName(1));
        await capacity.handBack(build.runnerName(1));
        await capacity.handBack(build.runnerName(3));
        expect(await capacity.view()).toMatchObject({ total: 1, slots: [{ name: build.runnerName(2) }] });
        expect(await capacity.take(build.slot(4), limits, NOW_MS)).toEqual({ kind: 'taken' });
        expect(await capacity.take(build.slot(5), limits, NOW_MS)).toMatchObject({ kind: 'limited' });
      }),
    );

    test(
      'count by profile and by repository where these are limited',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ perProfile: 1, perRepository: 2 });
        const take = (name: number, profile: string | null, repository: string) =>
          capacity.take(build.slot(name, { profile, repository }), limits, NOW_MS);
        expect(await take(1, 'big', 'acme/a')).toEqual({ kind: 'taken' });
        expect(await take(2, 'big', 'acme/b')).toEqual({
          kind: 'limited',
          because: 'all runners of the profile big are in use (its limit is 1)',
        });
        expect(await take(3, 'small', 'acme/a')).toEqual({ kind: 'taken' });
        expect(await take(4, null, 'ACME/a'), 'GitHub does not tell cases apart').toEqual({
          kind: 'limited',
          because: 'all runners of ACME/a are in use (limits.runnersPerRepository is 2)',
        });
        expect(await take(5, null, 'acme/b')).toEqual({ kind: 'taken' });
      }),
    );

    test(
      'names that differ in punctuation only are different',
      on(open, async ({ capacity }) => {
        const limits = build.limits({ perRepository: 1 });
        const requests = ['acme/a-b', 'acme/a_b', 'acme/a.b'].map((repository, at) =>
          build.slot(`x${'-_.'[at]}y`, { repository }),
        );
        for (const request of requests)
          expect(await capacity.take(request, limits, NOW_MS)).toEqual({ kind: 'taken' });
        expect((await capacity.view()).slots.map(({ name }) => name).sort()).toEqual(
          requests.map(({ name }) => name).sort(),
        );
      }),
    );

    test(
      'a slot taken without a limit of its repository is handed back without one',
      on(open, async ({ capacity }) => {
        await capacity.take(build.slot(1), build.limits(), NOW_MS);
        const limits = build.limits({ perRepository: 1 });
        expect(await capacity.take(build.slot(2), limits, NOW_MS)).toEqual({ kind: 'taken' });
        await capacity.handBack(build.runnerName(1));
        expect(await capacity.take(build.slot(3), limits, NOW_MS)).toMatchObject({ kind: 'limited' });
        await capacity.handBack(build.runnerName(2));
        expect(await capacity.take(build.slot(3), limits, NOW_MS)).toEqual({ kind: 'taken' });
      }),
    );
  });
}
