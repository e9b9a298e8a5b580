/** What is alive, for people. */
import Table from 'cli-table3';
import pc from 'picocolors';
import { formatDuration, formatPrice } from '../../shared/story/format.ts';
import type { Translate } from '../../shared/words/translate.ts';
import { asItIs } from '../../shared/words/words-of.ts';
import { formatTime, formatTimeAndDistance } from '../shared/format.ts';
import type { LiveRunner, LiveState, RefusedJob, WaitingJob } from './live-state.ts';

const SWEEP_LATE_MS = 5 * 60_000;

export function renderTable(alive: LiveState, isColoured: boolean, say: Translate = asItIs): string {
  const paint = pc.createColors(isColoured);
  const { runners, jobs, slots } = alive;
  const parts = [
    ...stopLines(alive).map(paint.red),
    ...alertLines(alive).map(say).map(paint.red),
    runners.length === 0
      ? 'No runner is alive.'
      : `Runners (${slots.taken} of ${slots.limit} slots taken)\n${runnersTable(alive, isColoured)}`,
    jobs.length === 0
      ? 'No job waits for a runner.'
      : `Jobs without a runner\n${jobsTable(jobs, alive.atMs, isColoured)}`,
    ...refusedParts(alive, isColoured),
    ...alive.quotas.map((quota) => `The account’s quota: ${quota}.`),
    ...lateSweep(alive).map(say).map(paint.red),
  ];
  return parts.join('\n\n');
}

/** What a person has to mend comes first: most of what follows may hang on it. */
export const alertLines = ({ alerts, atMs }: Pick<LiveState, 'alerts' | 'atMs'>): string[] =>
  alerts.map(({ text, raisedAtMs }) => `Alert, ${formatDuration(atMs - raisedAtMs)} ago: ${text}`);

export function stopLines({ stop, atMs }: Pick<LiveState, 'stop' | 'atMs'>): string[] {
  if (stop === null) return [];
  const what = stop.repositories?.join(', ') ?? 'Everything';
  return [
    `${what} is stopped since ${formatTime(stop.atMs, atMs)}: nothing is launched for it, and its machines are ended. To go on: npm run resume`,
  ];
}

/** Nothing here moves without the sweep. */
export function lateSweep({
  sweptAtMs,
  atMs,
  stop = null,
}: Pick<LiveState, 'sweptAtMs' | 'atMs'> & Partial<LiveState>): string[] {
  if (stop?.repositories === null) return [];
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

/** Two lines a runner, and one for an image that was baked, so that a row fits into a common terminal. */
function runnerCells(runner: LiveRunner, nowMs: number): string[] {
  const { job, jobName, instanceType, capacityType, pricePerHour, untilMs, image } = runner;
  return [
    [runner.runner, runner.instance],
    [runner.state, `for ${formatDuration(nowMs - runner.stateAtMs)}`],
    [job, jobName],
    [`${instanceType ?? '-'}${capacityType === 'on-demand' ? ' (on demand)' : ''}`, runner.zone, image],
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

const REFUSED_ROWS_MAX = 20;

/** One row for all jobs of a repository that were refused for the same reason: a matrix has hundreds. */
function refusedParts({ refused, isRefusedComplete, atMs }: LiveState, isColoured: boolean): string[] {
  if (refused.length === 0) return [];
  const groups = new Map<string, RefusedJob[]>();
  for (const job of refused) {
    const key = JSON.stringify([job.repository, job.because]);
    groups.set(key, [...(groups.get(key) ?? []), job]);
  }
  const head = ['jobs', 'last', 'name', 'repository', 'at', 'because'];
  const table = new Table({
    ...{ head, style: styleOf(isColoured), wordWrap: true },
    colWidths: [null, null, null, null, null, 60],
  });
  for (const [first, ...others] of [...groups.values()].slice(0, REFUSED_ROWS_MAX))
    if (first !== undefined) table.push(refusedCells(first, others.length + 1, atMs));
  const more = groups.size - REFUSED_ROWS_MAX;
  const notes = [
    ...(more > 0 ? [`And ${more} more reasons: npm run list -- --json`] : []),
    ...(isRefusedComplete ? [] : ['There may be others: not all jobs of the day were looked through.']),
  ];
  return [['Refused today: GitHub shows them as queued', table.toString(), ...notes].join('\n')];
}

const refusedCells = (job: RefusedJob, count: number, nowMs: number): string[] => [
  String(count),
  String(job.job),
  job.name,
  job.repository,
  formatTime(job.createdAtMs, nowMs),
  job.because,
];
