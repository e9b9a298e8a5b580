/** Slots while the operator has stopped everything, or a repository. */
import { describe, expect, test } from 'vitest';
import type { SlotLimits, SlotRequest } from '../../../../shared/ledger/ledger.ts';
import { resuming, stopping } from '../../../../shared/ledger/stop.ts';
import { build, CREATED_MS } from '../builders.ts';
import { type Open, on } from './opening.ts';

const NOW_MS = CREATED_MS + 30_000;

export function stopsContract(open: Open): void {
  describe('while something is stopped', () => {
    test.each([true, false])('nobody gets a slot, with a turn: %s, until it is taken back', (hasTurn) =>
      on(open, async ({ capacity }) => {
        const take = (name: number) =>
          capacity.take(build.slot(name, { hasTurn }), build.limits(), NOW_MS).then(({ kind }) => kind);
        expect(await take(1)).toBe('taken');
        await capacity.stop((stop) => stopping(stop, null, NOW_MS), NOW_MS);
        expect(await take(1), 'it had one before').toBe('taken');
        expect(await take(2)).toBe('stopped');
        await capacity.setWaiting(null);
        expect(await take(2), 'a sweep does not open it').toBe('stopped');
        expect((await capacity.view()).stop).toEqual({ atMs: NOW_MS, repositories: null });
        await capacity.stop((stop) => resuming(stop, null), NOW_MS);
        await capacity.setWaiting(null);
        expect(await take(2)).toBe('taken');
        expect((await capacity.view()).stop).toBeUndefined();
      })(),
    );

    test(
      'others go on, by their turns, under every limit that there is',
      on(open, async ({ capacity }) => {
        const all: Partial<SlotLimits> = {
          ...{ perProfile: 9, perRepository: 9 },
          spend: { perHour: 9, perHourRepository: 9, perDay: 9 },
        };
        const take = (name: number, repository: string, some: Partial<SlotRequest> = {}) => {
          const asked = { repository, profile: 'big', cost: { perHour: 1, forDay: 1 }, ...some };
          return capacity.take(build.slot(name, asked), build.limits(all), NOW_MS);
        };
        await capacity.stop((stop) => stopping(stop, 'Acme/Kernel', NOW_MS), NOW_MS);
        expect(await take(1, 'acme/kernel')).toEqual({
          kind: 'stopped',
          because: expect.stringMatching(/npm run resume -- --repository acme\/kernel/),
        });
        expect(await take(2, 'acme/app')).toEqual({ kind: 'taken' });
        expect(await take(3, 'acme/app', { hasTurn: false })).toMatchObject({ kind: 'queue' });
        await capacity.stop((stop) => stopping(stop, 'acme/app', NOW_MS), NOW_MS);
        expect((await take(4, 'acme/app')).kind).toBe('stopped');
        await capacity.stop((stop) => resuming(stop, 'ACME/kernel'), NOW_MS);
        expect((await take(1, 'acme/kernel')).kind).toBe('taken');
        expect((await take(4, 'acme/app')).kind).toBe('stopped');
      }),
    );
  });
}
