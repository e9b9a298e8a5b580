/** Which waiting jobs the bounds of money let start, and for whom the hour's money is reserved. */
import { describe, expect, test } from 'vitest';
import { dayOf } from '../../../../../functions/reaper/money-room.ts';
import { planStarts } from '../../../../../functions/reaper/rounds/plan.ts';
import type { JobEntry } from '../../../../../shared/ledger/entries.ts';
import { build, CREATED_MS } from '../../../../shared/ledger/builders.ts';
import { configOf } from '../../../../world/in-process.ts';

const NOW_MS = CREATED_MS + 3_600_000 + 120_000;
const nothing = { total: 0, slots: [], mints: {} };
const ids = (jobs: readonly { entry: JobEntry }[]) => jobs.map(({ entry }) => entry.job.id as number);

describe('as far as money goes', () => {
  const CNY = 1_000_000;
  const bounded = configOf({ limits: { spendPerHour: 20, spendPerDay: 100, runnersPerRepository: null } });
  const spent = (today: number) => ({ ...nothing, days: { [dayOf(NOW_MS)]: today * CNY } });
  const costing = (id: number, perHour: number, hours: number) => ({
    entry: build.jobEntry(id, {
      job: build.job(id, { repository: `acme/${id}`, createdAtMs: CREATED_MS + id }),
      nextTryAtMs: CREATED_MS,
      cost: { perHour: perHour * CNY, forDay: perHour * hours * CNY },
    }),
    rev: 'r',
  });

  test('what does not fit into the rest of the day waits alone', () => {
    const { start, line } = planStarts([costing(1, 10, 6), costing(2, 1, 1)], spent(50), bounded, NOW_MS);
    expect([ids(start), ids(line)]).toEqual([[2], [1]]);
  });

  const alive = (...costs: readonly (readonly [perHour: number, atMs: number])[]) => ({
    ...spent(0),
    slots: costs.map(([perHour, atMs], at) => ({
      ...{ name: build.runnerName(at), profile: null, repository: `acme/old-${at}`, atMs },
      cost: { perHour: perHour * CNY, forDay: 0 },
    })),
  });
  const [dear, cheap] = [costing(1, 10, 1), [costing(2, 2, 1), costing(3, 2, 1), costing(4, 2, 1)]];
  const since = { job: dear.entry.job.id, sinceMs: NOW_MS - 1 };

  test('what does not fit into the hour has it reserved, and what never takes its share of it goes on', () => {
    const all = [costing(1, 15, 1), costing(2, 10, 1), costing(3, 1, 1)];
    const { start, line, reserved } = planStarts(all, spent(0), bounded, NOW_MS);
    expect([ids(start), ids(line), reserved?.job]).toEqual([[1, 3], [2], 2]);
  });

  test.each([
    ['the hour has none left', alive([19, 0]), [], [1, 2, 3, 4]],
    ['others leave some', alive([15, 0]), [2, 3], [1, 4]],
    ['those launched since leave some of the rest', alive([7, 0], [7, NOW_MS]), [2], [1, 3, 4]],
    ['those launched since have the rest', alive([1, 0], [10, NOW_MS]), [], [1, 2, 3, 4]],
    ['those before have ended', alive([4, NOW_MS]), [1, 2, 3, 4], []],
  ] as const)('reserved by the last sweep: %s', (_what, now, started, waiting) => {
    const before = { ...now, reserved: since };
    const plan = planStarts([...cheap, dear], before, bounded, NOW_MS);
    expect([ids(plan.start), ids(plan.line)]).toEqual([started, waiting]);
    expect(plan.reserved, 'also while it is launched for').toEqual(since);
  });

  test('beside what lives longer than any job others go on again, and whoever has it reserved keeps its place (seed 940990)', () => {
    const all = [...cheap, costing(1, 19, 1)];
    const planned = (forMs: number) => {
      const reserved = { ...since, sinceMs: NOW_MS - forMs };
      const plan = planStarts(all, { ...alive([5, 0]), reserved }, bounded, NOW_MS);
      expect(plan.reserved).toEqual(reserved);
      return [ids(plan.start), ids(plan.line)];
    };
    expect(planned(bounded.limits.lifetime)).toEqual([[], [1, 2, 3, 4]]);
    expect(planned(bounded.limits.lifetime + 16 * 60_000)).toEqual([[2, 3, 4], [1]]);
  });

  test('whoever has it reserved goes first, whoever has fewer runners, and keeps it while no slot is free', () => {
    const before = { ...alive([1, 0]), reserved: since };
    const own = { ...before, slots: before.slots.map((slot) => ({ ...slot, repository: 'acme/1' })) };
    expect(ids(planStarts([...cheap, dear], own, bounded, NOW_MS).start)[0]).toBe(1);
    const one = configOf({ limits: { spendPerHour: 20, runners: 1, runnersPerRepository: null } });
    expect(planStarts([...cheap, dear], { ...own, total: 1 }, one, NOW_MS)).toMatchObject({
      start: [],
      reserved: since,
    });
  });

  test('what is not in line, or waits for the day, has none reserved', () => {
    const aside = costing(1, 15, 1);
    const jobs = [{ ...aside, entry: { ...aside.entry, obstacle: 'waste' as const } }, costing(2, 6, 1)];
    const plan = planStarts(jobs, alive([10, 0]), bounded, NOW_MS);
    expect([ids(plan.start), plan.reserved]).toEqual([[2], null]);
    const late = { ...alive([15, 0]), days: { [dayOf(NOW_MS)]: 95 * CNY } };
    expect(planStarts([dear, costing(2, 1, 1)], late, bounded, NOW_MS).reserved).toBeNull();
  });

  test.each([
    ['more than a day may cost', costing(1, 19, 6.5)],
    ['more than an hour may cost', costing(1, 21, 1)],
  ])('what alone costs %s is launched for, to be told so, and holds up nobody', (_what, dear) => {
    expect(ids(planStarts([dear, costing(2, 1, 1)], spent(50), bounded, NOW_MS).start)).toEqual([1, 2]);
  });
});
