/** What a machine has cost by what is remembered of it: pure. */
import type { HistoryRow } from '../ledger/history-row.ts';
import { diskPricePerHour } from '../market/disk.ts';

const HOUR_MS = 3_600_000;

export type Priced = Pick<HistoryRow, 'pricePerHour' | 'onDemandPricePerHour' | 'diskGiB' | 'stoppedMs'>;

/**
 * By the price at its launch, in the account's currency; the disk at an estimate. Null: no price is known. `ms`: with all the time in
 * which it stood stopped.
 */
export function machineCost(
  { pricePerHour, onDemandPricePerHour, diskGiB, stoppedMs }: Priced,
  ms: number,
): { readonly instance: number; readonly disk: number; readonly runHours: number } | null {
  const price = pricePerHour ?? onDemandPricePerHour;
  if (price === null) return null;
  const runHours = Math.max(0, ms - (stoppedMs ?? 0)) / HOUR_MS;
  return { instance: price * runHours, disk: diskPricePerHour(diskGiB) * (ms / HOUR_MS), runHours };
}
