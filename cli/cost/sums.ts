/** What machines have cost, added up: pure. */

import { machineCost, type Priced } from '../../shared/advisor/machine-cost.ts';
import type { HistoryRow } from '../../shared/ledger/history-row.ts';

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
  /** Machines whose disk's price is not known: it counts as nothing. */
  readonly diskless: number;
  /** What the account was billed for them, as far as that is known; 0 where it is not asked for. */
  readonly billed: number;
  /** Machines whose bill is known: the share of them that is told here. */
  readonly billedMachines: number;
}

export const NOTHING: Sums = {
  ...{ jobs: 0, hours: 0, instance: 0, disk: 0, total: 0, onDemand: 0, hostedUsd: 0, unpriced: 0 },
  diskless: 0,
  ...{ billed: 0, billedMachines: 0 },
};

export function added(a: Sums, b: Sums): Sums {
  const keys = Object.keys(NOTHING) as (keyof Sums)[];
  return Object.fromEntries(keys.map((key) => [key, a[key] + b[key]])) as unknown as Sums;
}

export function spentIn(machine: Priced, ms: number): Sums {
  const hours = ms / HOUR_MS;
  const cost = machineCost(machine, ms);
  if (cost === null) return { ...NOTHING, hours, unpriced: 1 };
  const { instance, disk, runHours, isDiskKnown } = cost;
  const { onDemandPricePerHour } = machine;
  const onDemand = (onDemandPricePerHour === null ? instance : onDemandPricePerHour * runHours) + disk;
  const diskless = isDiskKnown ? 0 : 1;
  return { ...NOTHING, hours, instance, disk, total: instance + disk, onDemand, diskless };
}

/** Since when its machine was there for the job alone: one that waited for it cost no job anything before. Null: it had none. */
export function neededFromMs({ launchedAtMs, isWarm, startedAtMs, job }: HistoryRow): number | null {
  if (launchedAtMs === null || isWarm !== true) return launchedAtMs;
  return Math.max(launchedAtMs, Math.min(job.createdAtMs, startedAtMs ?? job.createdAtMs));
}

/** What each instance was billed for, all days together. */
export type Billed = ReadonlyMap<string, number>;

/** `share`: of the machine's life. */
export function billedIn(
  instanceId: string | null,
  share: number,
  billed: Billed,
): Pick<Sums, 'billed' | 'billedMachines'> {
  const amount = instanceId === null ? undefined : billed.get(instanceId);
  if (amount === undefined) return { billed: 0, billedMachines: 0 };
  return { billed: amount * share, billedMachines: share };
}

/** From `fromMs` on, of its whole life; what it stood stopped before that cost next to nothing. */
export function shareOf(fromMs: number, bornMs: number, untilMs: number, stoppedMs = 0): number {
  const begunMs = Math.min(fromMs, bornMs + stoppedMs);
  return untilMs > begunMs ? (untilMs - fromMs) / (untilMs - begunMs) : 1;
}
