/** What is alive, for people. */
import pc from 'picocolors';
import { formatAmount, formatDuration, formatPrice } from '../../shared/story/format.ts';
import type { Translate } from '../../shared/words/translate.ts';
import { asItIs } from '../../shared/words/words-of.ts';
import { formatTime, formatTimeAndDistance } from '../shared/format.ts';
import type { Screen } from '../shared/screen/screen.ts';
import { type Column, renderTable } from '../shared/screen/table.ts';
import type { LiveRunner, LiveState, WaitingJob } from './live-state.ts';
import type { RefusedJob } from './refused.ts';

const SWEEP_LATE_MS = 5 * 60_000;

export function renderList(alive: LiveState, screen: Screen, say: Translate = asItIs): string {
  const paint = pc.createColors(screen.isColoured);
  const { runners, jobs, slots } = alive;
  const parts = [
    ...stopLines(alive).map(paint.red),
    ...alertParts(alive).map(say).map(paint.red),
    runners.length === 0
      ? 'No runner is alive.'
      : `Runners (${slots.taken} of ${slots.limit} slots taken)\n${renderTable(runnerColumns(alive), runners, screen)}`,
    jobs.length === 0
      ? 'No job waits for a runner.'
      : `Jobs without a runner\n${renderTable(jobColumns(alive), jobs, screen)}`,
    ...keptLines(alive),
    ...refusedParts(alive, screen),
    ...alive.quotas.map((quota) => `The account’s quota: ${quota}.`),
    ...lateSweep(alive).map(say).map(paint.red),
  ];
  return parts.join('\n\n');
}

/** What a person has to mend comes first: most of what follows may hang on it. */
export const alertLines = ({ alerts, atMs }: Pick<LiveState, 'alerts' | 'atMs'>): string[] =>
  alerts.map(({ text, raisedAtMs }) => `Alert, ${formatDuration(atMs - raisedAtMs)} ago: ${text}`);

/** A refusal that the list has a row for is not told twice. */
const alertParts = ({ alerts, refused, atMs }: LiveState): string[] =>
  alertLines({ alerts: alerts.filter((alert) => !refused.some(({ job }) => isOf(alert, job))), atMs });

const isOf = (alert: LiveState['alerts'][number], job: number): boolean =>
  isOfRefusal(alert) && alert.text.includes(` ${job} `);

/** As the launcher names them: one job's author has to mend that, and nothing else hangs on it. */
export const isOfRefusal = ({ key }: LiveState['alerts'][number]): boolean => key.startsWith('refused-');

export function stopLines({ stop, atMs }: Pick<LiveState, 'stop' | 'atMs'>): string[] {
  if (stop === null) return [];
  const what = stop.repositories?.join(', ') ?? 'Everything';
  return [
    `${what} is stopped since ${formatTime(stop.atMs, atMs)}: nothing is launched for it, and its machines are ended. To go on: npm run resume`,
  ];
}

/** What is kept for people to look at, and what that costs: it does no work. */
export function keptLines({
  runners,
  currency,
  atMs,
}: Pick<LiveState, 'runners' | 'currency' | 'atMs'>): string[] {
  const kept = runners.filter(({ keptUntilMs }) => keptUntilMs !== null);
  if (kept.length === 0) return [];
  const perHour = kept.reduce((sum, { pricePerHour }) => sum + (pricePerHour ?? 0), 0);
  const left = kept.reduce(
    (sum, { pricePerHour, keptUntilMs }) =>
      sum + ((pricePerHour ?? 0) * ((keptUntilMs ?? 0) - atMs)) / 3_600_000,
    0,
  );
  const what = kept.length === 1 ? '1 machine is' : `${kept.length} machines are`;
  return [
    `${what} kept for somebody to look at, for ${formatPrice(perHour, currency)} an hour, ${formatPrice(left, currency)} until the last end. To let one go: npm run keep -- RUNNER --end`,
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

const runnerColumns = ({ currency, runners, atMs }: LiveState): readonly Column<LiveRunner>[] => [
  { head: 'runner', cell: ({ runner }) => runner, min: 18 },
  { head: 'state', cell: ({ state }) => state },
  { head: 'for', cell: ({ stateAtMs }) => formatDuration(atMs - stateAtMs), drop: 4 },
  { head: 'job', cell: ({ job }) => (job === null ? '' : String(job)) },
  { head: 'name', cell: ({ jobName }) => jobName ?? '', min: 8, drop: 1 },
  { head: 'type', cell: ({ instanceType }) => instanceType ?? '', min: 14 },
  { head: 'paid as', cell: ({ capacityType }) => wordOf(capacityType), drop: 6 },
  { head: 'zone', cell: ({ zone }) => zone ?? '', drop: 5 },
  ...(runners.some(({ image }) => image !== null)
    ? [{ head: 'image', cell: ({ image }: LiveRunner) => image ?? '', min: 8, drop: 10 }]
    : []),
  ...(runners.some(({ keptUntilMs }) => keptUntilMs !== null)
    ? [{ head: 'kept until', cell: ({ keptUntilMs }: LiveRunner) => timeOf(keptUntilMs, atMs) }]
    : []),
  { head: `${currency ?? 'price'}/h`, cell: ({ pricePerHour }) => amountOf(pricePerHour), align: 'right' },
  { head: 'age', cell: ({ createdAtMs }) => formatDuration(atMs - createdAtMs), drop: 7 },
  { head: 'until', cell: ({ untilMs }) => timeOf(untilMs, atMs), drop: 8 },
  { head: 'instance', cell: ({ instance }) => instance ?? '', drop: 9 },
];

const timeOf = (ms: number | null, nowMs: number): string => (ms === null ? '' : formatTime(ms, nowMs));

const wordOf = (capacityType: LiveRunner['capacityType']): string =>
  capacityType === 'on-demand' ? 'pay-as-you-go' : (capacityType ?? '');

const amountOf = (price: number | null): string => (price === null ? '' : formatAmount(price));

const jobColumns = (alive: LiveState): readonly Column<WaitingJob>[] => [
  { head: 'job', cell: ({ job }) => String(job) },
  { head: 'name', cell: ({ name }) => name, min: 8, drop: 2 },
  { head: 'repository', cell: ({ repository }) => repository, min: 10, drop: 3 },
  { head: 'waits for', cell: ({ createdAtMs }) => formatDuration(alive.atMs - createdAtMs), drop: 1 },
  { head: 'because', cell: ({ because }) => because, min: 20, isSentence: true },
  { head: 'next try', cell: (job) => nextTry(job, alive), min: 16, isSentence: true },
];

/** A time that is over would read as if it stood still: what it waits for then is its turn. */
export function nextTry(
  { ahead, nextTryAtMs, isHeld }: Pick<WaitingJob, 'ahead' | 'nextTryAtMs' | 'isHeld'>,
  { jobs, slots, atMs }: Pick<LiveState, 'jobs' | 'slots' | 'atMs'>,
): string {
  if (isHeld) return 'when GitHub lets it run';
  if (ahead !== null && slots.taken >= slots.limit)
    return `${ordinal(ahead + 1)} of ${jobs.filter((job) => job.ahead !== null).length} in line, when a slot is free`;
  if (nextTryAtMs > atMs) return formatTimeAndDistance(nextTryAtMs, atMs).slice('at '.length);
  return ahead === null ? 'with the next sweep' : `with the next sweep, ${ordinal(ahead + 1)} in line`;
}

function ordinal(place: number): string {
  const isTeen = place % 100 > 10 && place % 100 < 14;
  const ending = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][place % 10] ?? 'th');
  return `${place}${ending}`;
}

const REFUSED_ROWS_MAX = 20;

/** One row for all jobs of a repository that were refused for the same reason: a matrix has hundreds. */
function refusedParts({ refused, isRefusedComplete, atMs }: LiveState, screen: Screen): string[] {
  if (refused.length === 0) return [];
  const groups = new Map<string, RefusedGroup>();
  for (const job of refused) {
    const key = JSON.stringify([job.repository, job.because]);
    const { last = job, count = 0 } = groups.get(key) ?? {};
    groups.set(key, { last, count: count + 1 });
  }
  const table = renderTable(refusedColumns(atMs), [...groups.values()].slice(0, REFUSED_ROWS_MAX), screen);
  const more = groups.size - REFUSED_ROWS_MAX;
  const notes = [
    ...(more > 0 ? [`And ${more} more reasons: npm run list -- --json`] : []),
    ...(isRefusedComplete ? [] : ['There may be others: not all jobs of the day were looked through.']),
  ];
  const head = 'Refused today: GitHub shows them as queued. Why: npm run explain -- JOB';
  return [[head, table, ...notes].join('\n')];
}

interface RefusedGroup {
  readonly last: RefusedJob;
  readonly count: number;
}

const refusedColumns = (nowMs: number): readonly Column<RefusedGroup>[] => [
  { head: 'jobs', cell: ({ count }) => String(count), align: 'right' },
  { head: 'last', cell: ({ last }) => String(last.job) },
  { head: 'name', cell: ({ last }) => last.name, min: 8, drop: 1 },
  { head: 'repository', cell: ({ last }) => last.repository, min: 10, drop: 2 },
  { head: 'at', cell: ({ last }) => formatTime(last.createdAtMs, nowMs), drop: 3 },
  { head: 'because', cell: ({ last }) => last.because, min: 24, isSentence: true },
];
