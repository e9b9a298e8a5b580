/** What machines cost while no job needed them, and what that bought: pure. */
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

/** A machine without a price is told with its job, once. */
function beforeItsJob(row: HistoryRow, nowMs: number, billed: Billed): Sums {
  const bornMs = row.launchedAtMs ?? 0;
  const fromMs = neededFromMs(row) ?? bornMs;
  const share = 1 - shareOf(fromMs, bornMs, row.goneAtMs ?? row.completedAtMs ?? nowMs, row.stoppedMs);
  const ofBill = billedIn(row.instanceId, share, billed);
  return { ...spentIn(row, fromMs - bornMs), ...ofBill, onDemand: 0, unpriced: 0 };
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
  const waits = new Map<string, number[]>();
  for (const row of cold) {
    const waited = waitMs(row);
    if (waited === null) continue;
    const name = nameOf(row.job.labels);
    const alike = waits.get(name);
    if (alike === undefined) waits.set(name, [waited]);
    else alike.push(waited);
  }
  if (waits.size === 0) return null;
  const medians = new Map([...waits].map(([name, each]) => [name, median(each)]));
  const ofAll = median([...waits.values()].flat());
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

const median = (waits: readonly number[]): number =>
  waits.toSorted((a, b) => a - b)[Math.floor((waits.length - 1) / 2)] ?? 0;
