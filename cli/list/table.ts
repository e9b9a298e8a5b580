/** What is alive, for people. */
import Table from 'cli-table3';
import pc from 'picocolors';
import { formatDuration, formatPrice } from '../../shared/story/format.ts';
import { formatTime, formatTimeAndDistance } from '../shared/format.ts';
import type { LiveRunner, LiveState, WaitingJob } from './live-state.ts';

const SWEEP_LATE_MS = 5 * 60_000;

export function renderTable(alive: LiveState, isColoured: boolean): string {
  const paint = pc.createColors(isColoured);
  const { runners, jobs, slots } = alive;
  const parts = [
    runners.length === 0
      ? 'No runner is alive.'
      : `Runners (${slots.taken} of ${slots.limit} slots taken)\n${runnersTable(alive, isColoured)}`,
    jobs.length === 0
      ? 'No job waits for a runner.'
      : `Jobs without a runner\n${jobsTable(jobs, alive.atMs, isColoured)}`,
    ...lateSweep(alive).map(paint.red),
  ];
  return parts.join('\n\n');
}

/** Nothing here moves without the sweep. */
export function lateSweep({ sweptAtMs, atMs }: Pick<LiveState, 'sweptAtMs' | 'atMs'>): string[] {
  if (sweptAtMs === null) return ['No sweep has ended yet: it runs once a minute. Look: npm run doctor'];
  if (atMs - sweptAtMs < SWEEP_LATE_MS) return [];
  return [
    `The last sweep ended ${formatDuration(atMs - sweptAtMs)} ago, and there is one each minute. Look: npm run doctor`,
  ];
}

function runnersTable({ runners, currency, atMs }: LiveState, isColoured: boolean): string {
  const head = ['runner', 'state', 'job', 'type', `${currency ?? 'price'}/h`, 'age'];
  const table = new Table({ head, style: styleOf(isColoured) });
  for (const runner of runners) table.push(runnerCells(runner, atMs));
  return table.toString();
}

const styleOf = (isColoured: boolean) =>
  isColoured ? { compact: true } : { compact: true, head: [], border: [] };

/** Two lines a runner, so that a row fits into a common terminal. */
function runnerCells(runner: LiveRunner, nowMs: number): string[] {
  const { job, jobName, instanceType, capacityType, pricePerHour, untilMs } = runner;
  return [
    [runner.runner, runner.instance],
    [runner.state],
    [job, jobName],
    [`${instanceType ?? '-'}${capacityType === 'on-demand' ? ' (on demand)' : ''}`, runner.zone],
    [pricePerHour === null ? null : formatPrice(pricePerHour, null)],
    [
      formatDuration(nowMs - runner.createdAtMs),
      untilMs === null ? null : `until ${formatTime(untilMs, nowMs)}`,
    ],
  ].map(([first, ...more]) => [first ?? '-', ...more.filter((line) => line !== null)].join('\n'));
}

function jobsTable(jobs: readonly WaitingJob[], nowMs: number, isColoured: boolean): string {
  const head = ['job', 'name', 'repository', 'waits for', 'because', 'next try'];
  const table = new Table({
    head,
    style: styleOf(isColoured),
    colWidths: [null, null, null, null, 60, null],
    wordWrap: true,
  });
  for (const job of jobs)
    table.push([
      String(job.job),
      job.name,
      job.repository,
      formatDuration(nowMs - job.createdAtMs),
      job.because,
      formatTimeAndDistance(job.nextTryAtMs, nowMs).slice('at '.length),
    ]);
  return table.toString();
}
