/** What a job's instance cost: pure. */

import type { RunnerEntry } from '../ledger/entries.ts';
import type { HistoryRow } from '../ledger/history-row.ts';
import { formatDuration, formatPrice } from './format.ts';

const HOUR_MS = 3_600_000;

/** What is known of a job that had an instance. */
export interface Ran {
  readonly row: HistoryRow | null;
  readonly runners: readonly RunnerEntry[];
}

export interface Cost {
  /** Absent: the account's. */
  readonly currency?: string;
  readonly pricePerHour: number | null;
  readonly ranMs: number;
  /** Null: the price was not known. */
  readonly cost: number | null;
  readonly onDemandCost: number | null;
}

/** Of the instance alone, from its launch until it was gone; null: it had none, or nothing is known of its price. */
export function costOf({ row, runners }: Ran, nowMs: number): Cost | null {
  const runner = runners.findLast(({ instanceId }) => instanceId !== null);
  const { price, onDemand, fromMs, stoppedMs } = pricesOf(row, runner);
  if ((price === null && onDemand === null) || fromMs === null) return null;
  const untilMs = row?.goneAtMs ?? (runner === undefined ? row?.completedAtMs : nowMs) ?? nowMs;
  const ranMs = Math.max(0, untilMs - fromMs - stoppedMs);
  const hours = ranMs / HOUR_MS;
  const currency = row?.currency ?? runner?.candidate?.currency;
  return {
    ...(currency == null ? {} : { currency }),
    pricePerHour: price,
    ranMs,
    cost: price === null ? null : price * hours,
    onDemandCost: onDemand === null ? null : onDemand * hours,
  };
}

function pricesOf(row: HistoryRow | null, runner: RunnerEntry | undefined) {
  return {
    price: row?.pricePerHour ?? runner?.candidate?.pricePerHour ?? null,
    onDemand: row?.onDemandPricePerHour ?? runner?.candidate?.onDemandPricePerHour ?? null,
    fromMs: row?.launchedAtMs ?? runner?.createdAtMs ?? null,
    stoppedMs: row?.stoppedMs ?? runner?.stoppedMs ?? 0,
  };
}

export function formatCost(
  { pricePerHour, ranMs, cost, onDemandCost, ...known }: Cost,
  ofAccount: string | null,
): string {
  const currency = known.currency ?? ofAccount;
  if (cost === null)
    return `at most ${formatPrice(onDemandCost, currency)}, for ${formatDuration(ranMs)} at the price of pay-as-you-go: no spot price was known; without disk and traffic`;
  const instead = onDemandCost === null ? '' : `; pay-as-you-go ${formatPrice(onDemandCost, currency)}`;
  return `about ${formatPrice(cost, currency)} (${formatPrice(pricePerHour, currency)} an hour for ${formatDuration(ranMs)}${instead}), without disk and traffic`;
}
