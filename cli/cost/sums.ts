/** What machines have cost, added up: pure. */
import type { HistoryRow } from '../../shared/ledger/history-row.ts';
import { diskPricePerHour } from '../../shared/market/disk.ts';

export const HOUR_MS = 3_600_000;

export interface Sums {
  readonly jobs: number;
  readonly hours: number;
  /** In the account's currency, as are the next three. */
  readonly instance: number;
  readonly disk: number;
  readonly total: number;
  /** The same machines, pay-as-you-go, their disks included. */
  readonly onDemand: number;
  /** USD; of jobs whose machine's cores are known, and which ran. */
  readonly hostedUsd: number;
  /** Machines of which no price is known: they are in no sum of money. */
  readonly unpriced: number;
}

export const NOTHING: Sums = {
  ...{ jobs: 0, hours: 0, instance: 0, disk: 0, total: 0, onDemand: 0, hostedUsd: 0, unpriced: 0 },
};

export function added(a: Sums, b: Sums): Sums {
  const keys = Object.keys(NOTHING) as (keyof Sums)[];
  return Object.fromEntries(keys.map((key) => [key, a[key] + b[key]])) as unknown as Sums;
}

type Priced = Pick<HistoryRow, 'pricePerHour' | 'onDemandPricePerHour' | 'diskGiB'>;

export function spentIn({ pricePerHour, onDemandPricePerHour, diskGiB }: Priced, ms: number): Sums {
  const hours = ms / HOUR_MS;
  const price = pricePerHour ?? onDemandPricePerHour;
  if (price === null) return { ...NOTHING, hours, unpriced: 1 };
  const [instance, disk] = [price * hours, diskPricePerHour(diskGiB) * hours];
  const onDemand = (onDemandPricePerHour ?? price) * hours + disk;
  return { ...NOTHING, hours, instance, disk, total: instance + disk, onDemand };
}

/** Since when its machine was there for the job alone: one that waited for it cost no job anything before. Null: it had none. */
export function neededFromMs({ launchedAtMs, isWarm, startedAtMs, job }: HistoryRow): number | null {
  if (launchedAtMs === null || isWarm !== true) return launchedAtMs;
  return Math.max(launchedAtMs, Math.min(job.createdAtMs, startedAtMs ?? job.createdAtMs));
}
