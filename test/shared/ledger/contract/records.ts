/** What is kept beside the entries: history, the market, and what could not be had. */
import { describe, expect, test } from 'vitest';
import type { JobId } from '../../../../shared/nouns.ts';
import { build, CREATED_MS } from '../builders.ts';
import { type Open, on } from './opening.ts';

const ONE = 1 as JobId;
const DAY_MS = 24 * 3_600_000;
const NOW_MS = CREATED_MS + 30_000;

export function recordsContract(open: Open): void {
  describe('history', () => {
    test(
      'comes together from parts: what is known wins over what is not',
      on(open, async ({ history }) => {
        const job = build.job(1);
        expect(await history.read(CREATED_MS, ONE)).toBeNull();
        await history.merge({ job, instanceId: 'i-1', startedAtMs: 5, pricePerHour: null });
        await history.merge({ job, pricePerHour: 0.12, instanceId: null });
        await history.merge({ job, outcome: 'success', completedAtMs: 9 });
        expect(await history.read(CREATED_MS, ONE)).toMatchObject({
          job,
          instanceId: 'i-1',
          startedAtMs: 5,
          pricePerHour: 0.12,
          outcome: 'success',
          completedAtMs: 9,
          zone: null,
        });
      }),
    );

    test(
      'the first outcome stays, with its reason',
      on(open, async ({ history }) => {
        const job = build.job(1);
        await history.merge({ job, outcome: 'refused', because: 'no label names an architecture' });
        await history.merge({
          job,
          outcome: 'cancelled',
          because: 'somebody cancelled it',
          completedAtMs: 9,
        });
        expect(await history.read(CREATED_MS, ONE)).toMatchObject({
          outcome: 'refused',
          because: 'no label names an architecture',
          completedAtMs: 9,
        });
      }),
    );

    test(
      'a refusal gives way to the end of a job that ran after all',
      on(open, async ({ history }) => {
        const job = build.job(1);
        await history.merge({ job, outcome: 'refused', because: 'no label names an architecture' });
        await history.merge({ job, outcome: 'success', runnerName: 'ci-runner-arm64-spot-1-1' });
        expect(await history.read(CREATED_MS, ONE)).toMatchObject({ outcome: 'success', because: null });
      }),
    );

    test(
      'loses nothing when many write one job at once',
      on(open, async ({ history }) => {
        const job = build.job(1);
        await Promise.all([
          history.merge({ job, instanceId: 'i-1' }),
          history.merge({ job, zone: 'cn-hangzhou-k' }),
          history.merge({ job, outcome: 'success' }),
          history.merge({ job, launches: 2 }),
        ]);
        expect(await history.read(CREATED_MS, ONE)).toMatchObject({
          instanceId: 'i-1',
          zone: 'cn-hangzhou-k',
          outcome: 'success',
          launches: 2,
        });
      }),
    );

    test(
      'keeps the lines of a job’s story in order, each once, whoever tells them',
      on(open, async ({ history }) => {
        const job = build.job(1);
        const [a, b, c] = [1, 2, 3].map((atMs) => ({ atMs, text: `at ${atMs}` }));
        if (!a || !b || !c) throw new Error('three lines');
        await history.merge({ job, trail: [a, c] });
        await history.merge({ job, trail: [a, b] });
        expect((await history.read(CREATED_MS, ONE))?.trail).toEqual([a, b, c]);
      }),
    );

    test(
      'is found by the day on which the job was created',
      on(open, async ({ history }) => {
        await history.merge({ job: build.job(1), outcome: 'success' });
        expect(await history.read(CREATED_MS + DAY_MS, ONE)).toBeNull();
        expect(await history.read(CREATED_MS, 2 as JobId)).toBeNull();
      }),
    );

    test(
      'is listed by that day, as far as it is asked for',
      on(open, async ({ history }) => {
        const ids = [1, 2, 3].map((id) => id as JobId);
        for (const id of ids) await history.merge({ job: build.job(id), outcome: 'refused' });
        await history.merge({ job: build.job(4, { createdAtMs: CREATED_MS - DAY_MS }), outcome: 'success' });
        const all = await history.ofDay(CREATED_MS, 100);
        expect(all.things.map(({ job, outcome }) => [job.id, outcome])).toEqual(
          ids.map((id) => [id, 'refused']),
        );
        expect(all.complete).toBe(true);
        const some = await history.ofDay(CREATED_MS, 2);
        expect([some.things.length, some.complete]).toEqual([2, false]);
        expect((await history.ofDay(CREATED_MS - 2 * DAY_MS, 100)).things).toEqual([]);
      }),
    );

    test(
      'has machines that no job ran on apart from jobs, each once',
      on(open, async ({ history }) => {
        await history.merge({ job: build.job(1), outcome: 'success' });
        await history.noteUnused(build.unused());
        await history.noteUnused(build.unused({ goneAtMs: CREATED_MS + 9 }));
        expect((await history.ofDay(CREATED_MS, 100)).things).toHaveLength(1);
        expect((await history.unusedOfDay(CREATED_MS, 100)).things).toEqual([
          build.unused({ goneAtMs: CREATED_MS + 9 }),
        ]);
        expect((await history.unusedOfDay(CREATED_MS + DAY_MS, 100)).things).toEqual([]);
      }),
    );
  });

  describe('the market', () => {
    test(
      'is the newest snapshot of its region, byte for byte',
      on(open, async ({ market }) => {
        expect(await market.read('cn-hangzhou')).toBeNull();
        await market.write('cn-hangzhou', Uint8Array.of(1, 2));
        await market.write(
          'cn-hangzhou',
          Uint8Array.from({ length: 70_000 }, (_, at) => at % 256),
        );
        await market.write('cn-beijing', new Uint8Array());
        const bytes = await market.read('cn-hangzhou');
        expect([...(bytes ?? [])]).toEqual(Array.from({ length: 70_000 }, (_, at) => at % 256));
        expect((await market.read('cn-beijing'))?.length).toBe(0);
      }),
    );

    test(
      'too large for a row is refused before it is sent',
      on(open, async ({ market }) => {
        await expect(market.write('cn-hangzhou', new Uint8Array(2 * 1024 * 1024 + 1))).rejects.toThrow(
          '2097153 bytes',
        );
      }),
    );
  });

  describe('what could not be had', () => {
    test(
      'is remembered for its time, and the longer time counts',
      on(open, async ({ unavailable }) => {
        await unavailable.remember('a', NOW_MS + 10, 'no stock');
        await unavailable.remember('b', NOW_MS + 20, 'quota');
        await unavailable.remember('a', NOW_MS + 30, 'no stock again');
        await unavailable.remember('b', NOW_MS + 5, 'no stock');
        const list = async (nowMs: number) => [...(await unavailable.list(nowMs))];
        expect(await list(NOW_MS)).toEqual([
          ['a', 'no stock again'],
          ['b', 'quota'],
        ]);
        expect(await list(NOW_MS + 20)).toEqual([['a', 'no stock again']]);
        expect(await list(NOW_MS), 'what was over has been dropped').toEqual([['a', 'no stock again']]);
      }),
    );
  });
}
