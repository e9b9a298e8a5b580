/** What the account was really billed: the port, and how its days go. */

export interface BilledItem {
  readonly instanceId: string;
  /** After discounts, before vouchers and tax; can be negative where something was refunded. */
  readonly amount: number;
  readonly currency: string;
}

export interface Bills {
  /** Of all ECS instances of the account on one day of the bill; several items may name one instance. Throws when not all could be had. */
  ofDay(day: BillDay): Promise<readonly BilledItem[]>;
}

/** Of a day of the bill. */
interface Amounts {
  readonly currency: string | null;
  /** By instance id. */
  readonly amounts: Readonly<Record<string, number>>;
}

/** What each instance was billed for on all those days; a day that was billed in another currency is none of them. */
export function billedOf(bills: readonly Amounts[], currency: string | null): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>();
  for (const bill of bills.filter((each) => isIn(each, currency)))
    for (const [id, amount] of Object.entries(bill.amounts)) amounts.set(id, (amounts.get(id) ?? 0) + amount);
  return amounts;
}

/** A day without an item of ours has no currency, and no amounts. */
export const isIn = (bill: Pick<Amounts, 'currency'>, currency: string | null): boolean =>
  bill.currency === null || currency === null || bill.currency === currency;

/** `2026-11-28`, by the clock of Beijing, where days of the bill end (the docs do not say; days are never compared alone). */
export type BillDay = string & { readonly brand: 'bill day' };

const DAY_MS = 24 * 3_600_000;
const BEIJING_MS = 8 * 3_600_000;

export const billDayOf = (ms: number): BillDay =>
  new Date(ms + BEIJING_MS).toISOString().slice(0, 10) as BillDay;

export const beginOf = (day: BillDay): number => Date.parse(`${day}T00:00:00Z`) - BEIJING_MS;

export const endOf = (day: BillDay): number => beginOf(day) + DAY_MS;
