/** What a machine has cost by what is remembered of it: pure. */
import type { HistoryRow } from '../ledger/history-row.ts';
import { diskPricePerHour } from '../market/disk.ts';

const HOUR_MS = 3_600_000;

export type Priced = Pick<HistoryRow, 'pricePerHour' | 'onDemandPricePerHour' | 'diskGiB'>;

/** By the price at its launch, in the account's currency; the disk at an estimate. Null: no price is known. */
export function machineCost(
  { pricePerHour, onDemandPricePerHour, diskGiB }: Priced,
  ms: number,
): { readonly instance: number; readonly disk: number } | null {
  const price = pricePerHour ?? onDemandPricePerHour;
  if (price === null) return null;
  const hours = ms / HOUR_MS;
  return { instance: price * hours, disk: diskPricePerHour(diskGiB) * hours };
}
