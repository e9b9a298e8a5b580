/** What jobs have cost, by day, repository and so on: pure. Estimates, by the price at each launch. */
import type { Config } from '../../shared/config/config.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import type { HistoryRow } from '../../shared/ledger/history-row.ts';
import type { UnusedRow } from '../../shared/ledger/unused-row.ts';
import type { MarketType } from '../../shared/market/market.ts';
import { familyOf } from '../../shared/market/type-names.ts';
import { hostedUsd } from './hosted-prices.ts';
import { type Idle, idleOf } from './idle.ts';
import {
  added,
  type Billed,
  billedIn,
  HOUR_MS,
  NOTHING,
  neededFromMs,
  type Sums,
  shareOf,
  spentIn,
} from './sums.ts';

export const GROUPS = ['day', 'repository', 'workflow', 'labels', 'profile', 'family', 'capacity'] as const;
export type Group = (typeof GROUPS)[number];

export interface CostReport {
  /** Of jobs: the rows of each group add up to it. */
  readonly total: Sums;
  /** Of machines while no job needed them. */
  readonly idle: Idle;
  /** Both together. */
  readonly all: Sums;
  /** What those machines were estimated at of which the bill is known. */
  readonly billedEstimate: number;
  readonly by: Readonly<Record<Group, readonly (Sums & { readonly name: string })[]>>;
}

export interface CostRequest {
  readonly rows: readonly HistoryRow[];
  /** Machines that no job ran on. */
  readonly unused: readonly UnusedRow[];
  readonly config: Config;
  /** By name: what is known of its cores. */
  readonly types: ReadonlyMap<string, Pick<MarketType, 'cpu' | 'arch'>>;
  readonly nowMs: number;
  /** Absent: the bill is not asked for. */
  readonly billed?: Billed;
}

export function costReport(request: CostRequest): CostReport {
  const costs = request.rows.flatMap((row) => {
    const sums = costOf(row, request);
    return sums === null ? [] : [{ row, sums }];
  });
  const by = GROUPS.map((group) => {
    const sums = new Map<string, Sums>();
    for (const { row, sums: each } of costs) {
      const name = nameOf(row, group, request.config);
      sums.set(name, added(sums.get(name) ?? NOTHING, each));
    }
    const named = [...sums].map(([name, each]) => ({ name, ...each }));
    const order = (a: (typeof named)[0], b: (typeof named)[0]) =>
      group === 'day' ? a.name.localeCompare(b.name) : b.total - a.total || a.name.localeCompare(b.name);
    return [group, named.sort(order)] as const;
  });
  const total = costs.reduce((sum, { sums }) => added(sum, sums), NOTHING);
  const idle = idleOf(request);
  return {
    ...{ total, idle, all: [idle.waiting, idle.unused].reduce(added, total) },
    billedEstimate: estimateOfBilled(request),
    by: Object.fromEntries(by) as unknown as CostReport['by'],
  };
}

/** Of whole machines, whatever they were there for. */
function estimateOfBilled({ rows, unused, nowMs, billed = new Map() }: CostRequest): number {
  const machines = [...rows, ...unused].filter(({ instanceId }) => billed.has(instanceId ?? ''));
  return machines.reduce((sum, machine) => {
    const { launchedAtMs, goneAtMs } = machine;
    const untilMs = goneAtMs ?? ('completedAtMs' in machine ? machine.completedAtMs : null) ?? nowMs;
    return sum + spentIn(machine, Math.max(0, untilMs - (launchedAtMs ?? untilMs))).total;
  }, 0);
}

/** Null: it had no machine. */
export function costOf(row: HistoryRow, { types, nowMs, billed = new Map() }: CostRequest): Sums | null {
  const fromMs = neededFromMs(row);
  if (row.instanceId === null || fromMs === null) return null;
  const untilMs = row.goneAtMs ?? row.completedAtMs ?? nowMs;
  // Its machine stood stopped before that.
  const spent = spentIn({ ...row, stoppedMs: 0 }, Math.max(0, untilMs - fromMs));
  const share = shareOf(fromMs, row.launchedAtMs ?? fromMs, untilMs, row.stoppedMs);
  return {
    ...{ ...spent, ...billedIn(row.instanceId, share, billed), jobs: 1 },
    hostedUsd: spent.unpriced === 1 ? 0 : elsewhere(row, types),
  };
}

/** 0 where that is not known. */
function elsewhere({ startedAtMs, completedAtMs, instanceType }: HistoryRow, types: CostRequest['types']) {
  const type = types.get(instanceType ?? '');
  if (type === undefined || startedAtMs === null || completedAtMs === null) return 0;
  return hostedUsd(type.arch, type.cpu, completedAtMs - startedAtMs) ?? 0;
}

/** A machine counts on the day of its launch (UTC). */
function nameOf(row: HistoryRow, group: Group, config: Config): string {
  const { job, launchedAtMs, instanceType, capacityType } = row;
  switch (group) {
    case 'day':
      return new Date(launchedAtMs ?? job.createdAtMs).toISOString().slice(0, 10);
    case 'repository':
      return job.repository;
    case 'workflow':
      return `${job.repository}: ${job.workflow ?? 'not told'}`;
    case 'labels':
      return job.labels.map((label) => label.toLowerCase()).join(' ');
    case 'profile':
      return profileOf(row, config) ?? 'none';
    case 'family':
      return instanceType === null ? 'not known' : familyOf(instanceType);
    case 'capacity':
      return capacityType ?? 'not known';
  }
}

function profileOf({ job }: HistoryRow, config: Config): string | null {
  const understood = parseLabels(job.labels, null, config);
  return understood.kind === 'ours' ? understood.requirements.profile : null;
}

/** What the whole month comes to if it goes on like this; null: its first day is not over. */
export function forecast(monthToDate: number, nowMs: number): number | null {
  const now = new Date(nowMs);
  const firstMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const nextMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const passed = (nowMs - firstMs) / (nextMs - firstMs);
  return nowMs - firstMs < 24 * HOUR_MS ? null : monthToDate / passed;
}
