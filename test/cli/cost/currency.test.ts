/** The report of an account that pays in dollars: what is in yuan is in no sum. */
import { expect, test } from 'vitest';
import { NOTHING, spentIn } from '../../../cli/cost/sums.ts';
import { inCurrency } from '../../../shared/advisor/machine-cost.ts';
import { billedOf } from '../../../shared/ledger/bills.ts';

const HOUR_MS = 3_600_000;
const machine = { pricePerHour: 1, onDemandPricePerHour: 4, diskGiB: 100 };

// biome-ignore format: a table reads best as a table.
test.each([
  ['of dollars',                         { currency: 'USD', diskPerGiBHour: 0.001 }, { instance: 1, disk: 0.1, total: 1.1, onDemand: 4.1 }],
  ['of dollars, the disk not known',     { currency: 'USD' },                        { instance: 1, total: 1, onDemand: 4, diskless: 1 }],
  ['of an earlier release',              {},                                         { instance: 1, total: 1, onDemand: 4, diskless: 1 }],
  ['of the catalogue, before a market',  { currency: 'CNY', diskPerGiBHour: 0.001 }, { unpriced: 1 }],
])('a machine %s', (_what, money, sums) => {
  expect(spentIn(inCurrency({ ...machine, ...money }, 'USD'), HOUR_MS)).toEqual({ ...NOTHING, hours: 1, ...sums });
});

test('a day that was billed in yuan is in no sum of dollars', () => {
  const bills = [
    { currency: 'CNY', amounts: { 'i-1': 7 } },
    { currency: 'USD', amounts: { 'i-1': 1, 'i-2': 2 } },
    { currency: null, amounts: {} },
    { currency: 'USD', amounts: { 'i-2': 0.5 } },
  ];
  expect(Object.fromEntries(billedOf(bills, 'USD'))).toEqual({ 'i-1': 1, 'i-2': 2.5 });
});
