/** What a machine has cost by what is remembered of it: pure. */
import type { HistoryRow } from '../ledger/history-row.ts';
import { diskPriceOf, diskPricePerHour, isForeign } from '../market/disk.ts';

const HOUR_MS = 3_600_000;

export type Priced = Pick<
  HistoryRow,
  'pricePerHour' | 'onDemandPricePerHour' | 'currency' | 'diskGiB' | 'diskPerGiBHour' | 'stoppedMs'
>;

export interface MachineCost {
  readonly instance: number;
  /** At an estimate in CNY, at the price that was told in another currency; 0 where neither is known. */
  readonly disk: number;
  readonly isDiskKnown: boolean;
  readonly runHours: number;
}

/**
 * By the price at its launch, in the currency that it has. Null: no price is known. `ms`: with all the time in which it stood
 * stopped.
 */
export function machineCost(machine: Priced, ms: number): MachineCost | null {
  const { pricePerHour, onDemandPricePerHour, diskGiB, stoppedMs } = machine;
  const price = pricePerHour ?? onDemandPricePerHour;
  if (price === null) return null;
  const runHours = Math.max(0, ms - (stoppedMs ?? 0)) / HOUR_MS;
  return {
    instance: price * runHours,
    disk: diskPricePerHour(diskGiB, machine) * (ms / HOUR_MS),
    isDiskKnown: diskPriceOf(machine) !== null,
    runHours,
  };
}

const NO_PRICES = { pricePerHour: null, onDemandPricePerHour: null, diskPerGiBHour: null } as const;

/**
 * As it may be added to others in `currency`: prices in another one are not known, and what an earlier release wrote has a disk's
 * price in CNY alone. A currency that is null says nothing.
 */
export function inCurrency<Row extends Priced>(row: Row, currency: string | null): Row {
  if (currency === null) return row;
  if (isForeign(row, currency)) return { ...row, ...NO_PRICES };
  return row.diskPerGiBHour === undefined && currency !== 'CNY' ? { ...row, diskPerGiBHour: null } : row;
}
