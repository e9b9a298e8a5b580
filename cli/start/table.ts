/** What the run cost, job by job. */
import pc from 'picocolors';
import { formatAmount } from '../../shared/story/format.ts';
import type { Bill } from '../../simulator/ecs/index.ts';
import type { Screen } from '../shared/screen/screen.ts';
import { type Column, renderTable } from '../shared/screen/table.ts';
import type { JobProgress } from './watch.ts';

export interface Row {
  readonly job: string;
  readonly labels: string;
  readonly instanceType: string | null;
  readonly zone: string | null;
  readonly capacityType: 'spot' | 'on-demand' | null;
  /** CNY an hour, on average over its life */
  readonly pricePerHour: number | null;
  /** As `waitOf` has it. */
  readonly queuedToRunningSeconds: number | null;
  readonly costCny: number;
  readonly onDemandCny: number;
  readonly conclusion: string | null;
  /** It ran on a runner that another job had asked for. */
  readonly isOnOthers?: boolean;
}

const HOUR_MS = 3_600_000;

export function toRow(seen: JobProgress, nowMs: number, scale: number): Row {
  const { job, bill } = seen;
  return {
    job: job.plan.name,
    labels: job.plan.labels.slice(2).join(' '),
    ...(bill === null ? UNBILLED : billed(bill, nowMs)),
    queuedToRunningSeconds: waitOf(seen, scale),
    conclusion: job.conclusion,
    isOnOthers: isOnOthers(job),
  };
}

/** A runner's name ends with the job that it was launched for, and which launch of it. */
function isOnOthers({ id, runner }: JobProgress['job']): boolean {
  const [, launchedFor] = /-(\d+)-\d+$/.exec(runner?.name ?? '') ?? [];
  return launchedFor !== undefined && launchedFor !== String(id);
}

/**
 * Seconds. Boots and pauses are the simulated world's own; from the queue to the machine functions compute and call, on
 * this computer: that takes as long as it takes, and not `scale` times as long.
 */
export function waitOf(
  { job, bill, pausedMs }: Pick<JobProgress, 'job' | 'bill' | 'pausedMs'>,
  scale: number,
): number | null {
  if (job.startedAtMs === null) return null;
  const createdAtMs = Math.max(job.createdAtMs, bill?.startedAtMs ?? job.startedAtMs);
  const computedMs = Math.max(0, createdAtMs - job.createdAtMs - pausedMs);
  const waitedMs = job.startedAtMs - job.createdAtMs - computedMs;
  return (waitedMs + computedMs / scale) / 1000;
}

type Billed = Omit<Row, 'job' | 'labels' | 'queuedToRunningSeconds' | 'conclusion' | 'isOnOthers'>;

const UNBILLED: Billed = {
  instanceType: null,
  zone: null,
  capacityType: null,
  pricePerHour: null,
  costCny: 0,
  onDemandCny: 0,
};

function billed(bill: Bill, nowMs: number): Billed {
  const hours = ((bill.endedAtMs ?? nowMs) - bill.startedAtMs) / HOUR_MS;
  const { instanceType, zone, isSpot, instanceCost, onDemandCost, diskCost } = bill;
  return {
    instanceType,
    zone,
    capacityType: isSpot ? 'spot' : 'on-demand',
    pricePerHour: hours === 0 ? null : instanceCost / hours,
    costCny: instanceCost + diskCost,
    onDemandCny: onDemandCost + diskCost,
  };
}

const COLUMNS: readonly Column<Row>[] = [
  { head: 'job', cell: ({ job, isOnOthers: isMarked }) => (isMarked ? `${job} *` : job) },
  { head: 'labels', cell: ({ labels }) => labels, min: 14, drop: 2 },
  { head: 'instance', cell: ({ instanceType }) => instanceType ?? '', min: 14 },
  { head: 'zone', cell: ({ zone }) => zone ?? '', drop: 3 },
  { head: 'paid as', cell: ({ capacityType }) => CAPACITY[capacityType ?? 'none'], drop: 4 },
  { head: 'CNY/h', cell: ({ pricePerHour }) => amount(pricePerHour), align: 'right' },
  { head: 'wait', cell: ({ queuedToRunningSeconds: waited }) => seconds(waited), align: 'right' },
  { head: 'cost CNY', cell: ({ costCny }) => formatAmount(costCny), align: 'right' },
  { head: 'saved', cell: ({ costCny, onDemandCny }) => savedOf(costCny, onDemandCny), align: 'right' },
];

const CAPACITY = { spot: 'spot', 'on-demand': 'pay-as-you-go', none: '' } as const;

const amount = (value: number | null): string => (value === null ? '' : formatAmount(value));
const seconds = (value: number | null): string => (value === null ? '' : `${value.toFixed(0)} s`);

export function renderRows(rows: readonly Row[], screen: Screen): string {
  const all: Row = {
    ...{ job: 'all', labels: '', ...UNBILLED, queuedToRunningSeconds: null, conclusion: null },
    ...{ costCny: sum(rows, 'costCny'), onDemandCny: sum(rows, 'onDemandCny') },
  };
  const bold = pc.createColors(screen.isColoured).bold;
  return renderTable(COLUMNS, [...rows, all], screen, (line, row) => (row === all ? bold(line) : line));
}

const sum = (rows: readonly Row[], key: 'costCny' | 'onDemandCny'): number =>
  rows.reduce((total, row) => total + row[key], 0);

const savedOf = (cost: number, onDemand: number): string =>
  onDemand === 0 ? '' : `${Math.round((1 - cost / onDemand) * 100)} %`;
