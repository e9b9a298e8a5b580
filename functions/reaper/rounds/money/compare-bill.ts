/** Estimates beside the bill: pure. */

import { inCurrency, machineCost, type Priced } from '../../../../shared/advisor/machine-cost.ts';
import { type BillDay, beginOf, billDayOf, billedOf, endOf, isIn } from '../../../../shared/ledger/bills.ts';
import type { KeptBill } from '../../../../shared/ledger/ledger.ts';
import { BILL_APART_SHARE, BILL_LAG_MS, BILL_SETTLED_MS } from './limits.ts';

export interface BilledMachine extends Priced {
  readonly instanceId: string;
  readonly launchedAtMs: number | null;
  readonly goneAtMs: number | null;
}

export interface Compared {
  readonly estimate: number;
  readonly billed: number;
  /** Of which both are known. */
  readonly machines: number;
  /** Of which there should be a bill, and is none. */
  readonly unbilled: number;
  readonly isApart: boolean;
}

/** It is there a day later, and may be added to for another two: it is asked for again once it is settled. */
export function isWanting(day: BillDay, kept: Pick<KeptBill, 'atMs'> | null, nowMs: number): boolean {
  const endMs = endOf(day);
  if (nowMs < endMs + BILL_LAG_MS) return false;
  if (kept === null) return true;
  const settledMs = endMs + BILL_SETTLED_MS;
  return kept.atMs < settledMs && nowMs >= settledMs;
}

/**
 * Of machines that lived within the days whose bills are there, one after the other. One whose price nobody knew at its
 * launch is estimated at pay-as-you-go, which it hardly costs: it is held against nothing, as is one whose prices are in
 * another currency than the bill, or lack its disk's.
 */
export function compare(all: readonly KeptBill[], machines: readonly BilledMachine[]): Compared {
  const currency = all.findLast((bill) => bill.currency !== null)?.currency ?? null;
  const bills = all.filter((bill) => isIn(bill, currency));
  const readAtMs = new Map(bills.map(({ day, atMs }) => [day, atMs]));
  const amounts = billedOf(bills, currency);
  const within = machines.filter((each) => isWithin(each, readAtMs));
  const both = within.flatMap((machine) => {
    const billed = amounts.get(machine.instanceId);
    const priced = inCurrency(machine, currency);
    const cost = machineCost(priced, (machine.goneAtMs ?? 0) - (machine.launchedAtMs ?? 0));
    const isKnown = cost?.isDiskKnown === true && priced.pricePerHour !== null;
    return billed === undefined || !isKnown ? [] : [{ billed, estimate: cost.instance + cost.disk }];
  });
  const estimate = both.reduce((sum, each) => sum + each.estimate, 0);
  const billed = both.reduce((sum, each) => sum + each.billed, 0);
  return {
    ...{ estimate, billed, machines: both.length },
    unbilled: within.filter(({ instanceId }) => !amounts.has(instanceId)).length,
    isApart: both.length > 0 && apart({ estimate, billed }) > BILL_APART_SHARE,
  };
}

/** Of a machine that still lived when a bill was read, nothing was kept; and to a day that is not settled more may be added. */
function isWithin(
  { launchedAtMs, goneAtMs }: BilledMachine,
  readAtMs: ReadonlyMap<BillDay, number>,
): boolean {
  if (launchedAtMs === null || goneAtMs === null) return false;
  for (let day = billDayOf(launchedAtMs); beginOf(day) <= goneAtMs; day = billDayOf(endOf(day)))
    if ((readAtMs.get(day) ?? 0) < Math.max(goneAtMs, endOf(day) + BILL_SETTLED_MS)) return false;
  return true;
}

/** A share of the bill. */
const apart = ({ estimate, billed }: Pick<Compared, 'estimate' | 'billed'>): number =>
  Math.abs(estimate - billed) / Math.max(Math.abs(billed), 0.01);

export function wordsOf({ estimate, billed, machines }: Compared): string {
  const percent = Math.round(100 * apart({ estimate, billed }));
  return `What ${machines} machines of the last days were estimated to cost (${estimate.toFixed(2)}) and what they were billed for (${billed.toFixed(2)}) are ${percent} % apart. Limits of money count estimates: look at npm run cost, and at the account's bill for discounts, disks or machines that lived on`;
}
