/** What machines cost while no job needed them, and what that bought: pure. */

import { groupedBy, median } from '../../shared/figures.ts';
import type { HistoryRow } from '../../shared/ledger/history-row.ts';
import type { UnusedRow } from '../../shared/ledger/unused-row.ts';
import { added, type Billed, billedIn, NOTHING, neededFromMs, type Sums, shareOf, spentIn } from './sums.ts';

export interface Idle {
  /** Warm runners before their jobs came, and those that none came for. Money that pay-as-you-go would not have taken: its `onDemand` is 0. */
  readonly waiting: Sums;
  /** Machines that were launched for a job and had none: late, failed, or needed no more. */
  readonly unused: Sums;
  readonly machines: { readonly waiting: number; readonly unused: number };
  /** Jobs that had a runner which waited. */
  readonly servedWarm: number;
  /** What those would have waited longer, going by the median of the others with the same labels, or of all others; null: there were none. */
  readonly savedSeconds: number | null;
}

interface IdleRequest {
  readonly rows: readonly HistoryRow[];
  readonly unused: readonly UnusedRow[];
  readonly nowMs: number;
  readonly billed?: Billed;
}

export function idleOf({ rows, unused, nowMs, billed = new Map() }: IdleRequest): Idle {
  const wholeLife = lifeOf(billed);
  const served = rows.filter(({ isWarm, instanceId }) => isWarm === true && instanceId !== null);
  const [warm, rest] = [unused.filter(({ isWarm }) => isWarm), unused.filter(({ isWarm }) => !isWarm)];
  return {
    waiting: [...served.map((row) => beforeItsJob(row, nowMs, billed)), ...warm.map(wholeLife)].reduce(
      added,
      NOTHING,
    ),
    unused: rest.map(wholeLife).reduce(added, NOTHING),
    machines: { waiting: served.length + warm.length, unused: rest.length },
    servedWarm: served.length,
    savedSeconds: savedSeconds(served, rows),
  };
}

/** A machine without a price, or its disk's, is told with its job, once. */
function beforeItsJob(row: HistoryRow, nowMs: number, billed: Billed): Sums {
  const bornMs = row.launchedAtMs ?? 0;
  const fromMs = neededFromMs(row) ?? bornMs;
  const share = 1 - shareOf(fromMs, bornMs, row.goneAtMs ?? row.completedAtMs ?? nowMs, row.stoppedMs);
  const ofBill = billedIn(row.instanceId, share, billed);
  return { ...spentIn(row, fromMs - bornMs), ...ofBill, onDemand: 0, unpriced: 0, diskless: 0 };
}

const lifeOf =
  (billed: Billed) =>
  (row: UnusedRow): Sums => ({
    ...spentIn(row, Math.max(0, row.goneAtMs - row.launchedAtMs)),
    ...billedIn(row.instanceId, 1, billed),
    onDemand: 0,
  });

function savedSeconds(served: readonly HistoryRow[], rows: readonly HistoryRow[]): number | null {
  const cold = rows.filter(({ isWarm, instanceId }) => isWarm !== true && instanceId !== null);
  const waited = (some: readonly HistoryRow[]) => median(some.flatMap((row) => waitMs(row) ?? []));
  const ofAll = waited(cold);
  if (ofAll === null) return null;
  const groups = groupedBy(cold, ({ job }) => nameOf(job.labels));
  const medians = new Map([...groups].map(([name, alike]) => [name, waited(alike)]));
  return served.reduce((sum, row) => {
    const instead = medians.get(nameOf(row.job.labels)) ?? ofAll;
    return sum + Math.max(0, instead - (waitMs(row) ?? instead)) / 1000;
  }, 0);
}

const nameOf = (labels: readonly string[]): string =>
  [...new Set(labels.map((label) => label.toLowerCase()))].sort().join(' ');

/** From queued to running. */
const waitMs = ({ startedAtMs, job }: HistoryRow): number | null =>
  startedAtMs === null ? null : Math.max(0, startedAtMs - job.createdAtMs);
