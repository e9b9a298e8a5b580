import { describe, expect, test } from 'vitest';
import {
  type BilledMachine,
  compare,
  isWanting,
} from '../../../../../functions/reaper/rounds/money/compare-bill.ts';
import { type BillDay, beginOf, endOf } from '../../../../../shared/ledger/bills.ts';
import type { KeptBill } from '../../../../../shared/ledger/ledger.ts';

const HOUR_MS = 3_600_000;

describe('a day of the bill', () => {
  const day = '2026-05-04' as BillDay;
  // biome-ignore format: a table reads best as a table.
  const cases: [what: string, keptMs: number | null, nowMs: number, isWanted: boolean][] = [
    ['is not asked for while it is not there',              null,    23 * HOUR_MS, false],
    ['is asked for a day after its end',                    null,    24 * HOUR_MS, true],
    ['not again, while it may still change',                25 * HOUR_MS, 71 * HOUR_MS, false],
    ['again, once it is settled',                           25 * HOUR_MS, 72 * HOUR_MS, true],
    ['and then never more',                                 73 * HOUR_MS, 900 * HOUR_MS, false],
  ];
  test.each(cases)('%s', (_what, keptMs, nowMs, isWanted) => {
    const kept = keptMs === null ? null : { atMs: endOf(day) + keptMs };
    expect(isWanting(day, kept, endOf(day) + nowMs)).toBe(isWanted);
  });
});

describe('estimates and bill', () => {
  type Days = [BillDay, BillDay, BillDay, BillDay, BillDay];
  const [one, two, three, four, five] = [4, 5, 6, 7, 8].map((day) => `2026-05-0${day}`) as Days;
  const bill = (day: BillDay, amounts: Record<string, number>): KeptBill => ({
    ...{ day, atMs: endOf(day) + 72 * HOUR_MS, currency: 'CNY', amounts },
  });
  const inUsd = (kept: KeptBill): KeptBill => ({ ...kept, currency: 'USD' });
  const USD = { currency: 'USD' };
  /** An hour at one yuan. */
  const machine = (some: Partial<BilledMachine> = {}): BilledMachine => ({
    ...{ instanceId: 'i-1', pricePerHour: 1, onDemandPricePerHour: 4, diskGiB: 0 },
    ...{ launchedAtMs: beginOf(one) + HOUR_MS, goneAtMs: beginOf(one) + 2 * HOUR_MS, ...some },
  });
  const overMidnight = { launchedAtMs: endOf(one) - HOUR_MS / 2, goneAtMs: endOf(one) + HOUR_MS / 2 };
  // biome-ignore format: a table reads best as a table.
  const cases: [what: string, bills: KeptBill[], machines: BilledMachine[], found: object][] = [
    ['that agree',                                     [bill(one, { 'i-1': 1.05 })],                     [machine()],                          { machines: 1, isApart: false }],
    ['nine percent apart are not told',                [bill(one, { 'i-1': 1 / 1.09 })],                 [machine()],                          { isApart: false }],
    ['more are',                                       [bill(one, { 'i-1': 0.8 })],                      [machine()],                          { isApart: true }],
    ['over midnight: both days together',              [bill(one, { 'i-1': 0.5 }), bill(two, { 'i-1': 0.5 })], [machine(overMidnight)],       { billed: 1, isApart: false }],
    ['over midnight, with one day missing: not held',  [bill(one, { 'i-1': 0.5 })],                      [machine(overMidnight)],              { machines: 0, isApart: false }],
    ['that lived while the first day was read: not held', [bill(one, {}), bill(two, { 'i-1': 96 }), bill(three, { 'i-1': 24 }), bill(four, { 'i-1': 24 }), bill(five, { 'i-1': 24 })], [machine({ goneAtMs: endOf(one) + 73 * HOUR_MS })], { machines: 0, unbilled: 0, isApart: false }],
    ['of a day to which more may be added: not held',  [{ ...bill(one, { 'i-1': 0.2 }), atMs: endOf(one) + 71 * HOUR_MS }], [machine()],         { machines: 0, isApart: false }],
    ['a machine that is on no bill is counted apart',  [bill(one, {})],                                  [machine()],                          { machines: 0, unbilled: 1, isApart: false }],
    ['a machine without a price is held against none', [bill(one, { 'i-1': 3 })],                        [machine({ pricePerHour: null })], { machines: 0, isApart: false }],
    ['in dollars, both',                               [inUsd(bill(one, { 'i-1': 1.1 }))],               [machine({ ...USD, diskGiB: 100, diskPerGiBHour: 0.001 })], { machines: 1, estimate: 1.1, isApart: false }],
    ['an estimate in yuan is held against no dollars', [inUsd(bill(one, { 'i-1': 0.2 }))],               [machine({ currency: 'CNY' })],       { machines: 0, isApart: false }],
    ['nor is one that lacks its disk',                 [inUsd(bill(one, { 'i-1': 0.2 }))],               [machine(USD), machine()],            { machines: 0, isApart: false }],
    ['days of two currencies: those of the newer one', [bill(one, { 'i-1': 9 }), inUsd(bill(two, { 'i-1': 1 }))], [machine({ ...USD, ...overMidnight, diskPerGiBHour: 0.001 })], { machines: 0, isApart: false }],
    ['billed for nothing at all',                      [bill(one, { 'i-1': 0 })],                        [machine()],                          { isApart: true }],
  ];
  test.each(cases)('%s', (_what, bills, machines, found) => {
    expect(compare(bills, machines)).toMatchObject(found);
  });
});
