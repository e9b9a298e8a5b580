/** What the run cost, job by job. */
import Table from 'cli-table3';
import type { Bill } from '../../simulator/ecs/index.ts';
import type { JobProgress } from './watch.ts';

export interface Row {
  readonly job: string;
  readonly labels: string;
  readonly instanceType: string | null;
  readonly zone: string | null;
  readonly capacityType: 'spot' | 'on-demand' | null;
  /** CNY an hour, on average over its life */
  readonly pricePerHour: number | null;
  readonly queuedToRunningSeconds: number | null;
  readonly costCny: number;
  readonly onDemandCny: number;
  readonly conclusion: string | null;
}

const HOUR_MS = 3_600_000;

export function toRow({ job, bill }: JobProgress, nowMs: number): Row {
  return {
    job: job.plan.name,
    labels: job.plan.labels.slice(2).join(' '),
    ...(bill === null ? UNBILLED : billed(bill, nowMs)),
    queuedToRunningSeconds: job.startedAtMs === null ? null : (job.startedAtMs - job.createdAtMs) / 1000,
    conclusion: job.conclusion,
  };
}

type Billed = Omit<Row, 'job' | 'labels' | 'queuedToRunningSeconds' | 'conclusion'>;

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

export function renderTable(rows: readonly Row[], isColoured: boolean): string {
  const table = new Table({
    head: ['job', 'labels', 'instance', 'zone', 'CNY/h', 'wait', 'cost CNY', 'saved'],
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'right'],
    style: isColoured ? { compact: true } : { compact: true, head: [], border: [] },
  });
  for (const row of rows)
    table.push([
      row.job,
      row.labels,
      `${row.instanceType ?? '-'}${row.capacityType === 'on-demand' ? ' (on demand)' : ''}`,
      row.zone ?? '-',
      row.pricePerHour?.toFixed(3) ?? '-',
      row.queuedToRunningSeconds === null ? '-' : `${row.queuedToRunningSeconds.toFixed(0)} s`,
      row.costCny.toFixed(4),
      savedOf(row.costCny, row.onDemandCny),
    ]);
  const cost = sum(rows, 'costCny');
  table.push(['all', '', '', '', '', '', cost.toFixed(4), savedOf(cost, sum(rows, 'onDemandCny'))]);
  return table.toString();
}

const sum = (rows: readonly Row[], key: 'costCny' | 'onDemandCny'): number =>
  rows.reduce((total, row) => total + row[key], 0);

const savedOf = (cost: number, onDemand: number): string =>
  onDemand === 0 ? '-' : `${Math.round((1 - cost / onDemand) * 100)} %`;
