/** The report for people, and as comma-separated values. */
import { formatDuration } from '../../shared/story/format.ts';
import { plainText } from '../../shared/story/outside-text.ts';
import type { Screen } from '../shared/screen/screen.ts';
import { type Column, renderTable } from '../shared/screen/table.ts';
import { HOSTED_SOURCE } from './hosted-prices.ts';
import type { Idle } from './idle.ts';
import type { CostState } from './read.ts';
import { GROUPS, type Group } from './report.ts';
import { RUNS_MIN, type Sizing } from './right-sizing.ts';
import type { Sums } from './sums.ts';

const SIZINGS_MAX = 20;

/** To the cent: what is paid by the hour is summed up here. */
const money = (value: number): string => value.toFixed(2);

/** Of a column that comes to `sum`: as many places that two digits of it mean something, and at least `least`. */
const placesFor = (sum: number, least: number): number =>
  sum <= 0 ? least : Math.min(4, Math.max(least, 1 - Math.floor(Math.log10(sum))));

interface Line extends Sums {
  readonly name: string;
  /** What no job needed has no jobs. */
  readonly isIdle?: true;
}

export function renderCosts({ report, ...state }: CostState, group: Group, screen: Screen): string {
  const { total } = report;
  const rows: readonly Line[] = [
    ...report.by[group],
    { name: isIdle(report) ? 'jobs' : 'total', ...total },
    ...(isIdle(report) ? idleRows(report) : []),
  ];
  const table = renderTable(columnsOf(group, state.currency, report.all), rows, screen);
  return [title(state), table, ...notes({ report, ...state })].join('\n');
}

const isIdle = ({ idle: { machines } }: CostState['report']): boolean =>
  machines.waiting + machines.unused > 0;

/** What no job needed, each kind in a line of its own; then all of it. */
function idleRows({ idle: { waiting, unused, machines }, all }: CostState['report']): Line[] {
  const line = (name: string, sums: Sums): Line => ({ name, ...sums, isIdle: true });
  return [
    ...(machines.waiting > 0 ? [line('warm runners, waiting', waiting)] : []),
    ...(machines.unused > 0 ? [line('machines without a job', unused)] : []),
    { name: 'total', ...all },
  ];
}

const title = ({ fromMs, atMs, currency }: Omit<CostState, 'report'>): string =>
  `What jobs have cost from ${day(fromMs)} to ${day(atMs)} (UTC), in ${currency ?? "the account's currency"}:`;

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function columnsOf(group: Group, currency: string | null, all: Sums): readonly Column<Line>[] {
  const [places, ofHours] = [placesFor(all.total, 2), placesFor(all.hours, 1)];
  const told = (value: number) => value.toFixed(places);
  return [
    { head: group, cell: ({ name }) => plainText(name, 200), min: 16 },
    { head: 'jobs', cell: ({ jobs, isIdle: none }) => (none ? '' : `${jobs}`), align: 'right' },
    { head: 'hours', cell: ({ hours }) => hours.toFixed(ofHours), align: 'right', drop: 1 },
    { head: 'instance', cell: ({ instance }) => told(instance), align: 'right', drop: 2 },
    { head: 'disk', cell: ({ disk }) => told(disk), align: 'right', drop: 3 },
    { head: `total ${currency ?? ''}`.trim(), cell: ({ total }) => told(total), align: 'right' },
    { head: 'saved', cell: ({ total, onDemand }) => saved(total, onDemand), align: 'right' },
  ];
}

const saved = (total: number, instead: number): string =>
  instead === 0 ? '' : `${Math.round(100 * (1 - total / instead))} %`;

function notes({ report, sizings, monthForecast, cutDays }: CostState): string[] {
  const { total, all, idle } = report;
  return [
    ...warmNote(idle),
    ...billNote(report),
    `Saved against pay-as-you-go of the same machines: ${money(all.onDemand - all.total)}, what no job needed included. GitHub's own runners of as many cores: USD ${money(total.hostedUsd)} (${HOSTED_SOURCE}).`,
    ...(monthForecast === null
      ? []
      : [`At this pace the month comes to ${money(monthForecast)}, what no job needed included.`]),
    ...(all.unpriced === 0
      ? []
      : [`Machines whose price is not known in this currency, in no sum: ${all.unpriced}.`]),
    ...(all.diskless === 0 ? [] : [`Machines whose disk has no known price, without it: ${all.diskless}.`]),
    ...cutDays.map((each) => `Of ${each} not all jobs were read: its sums are too small.`),
    'These are estimates, by the price at each launch; the disk at an estimate in CNY, or at the price told in another currency. Not in here: traffic, NAT and addresses, and builds of images.',
    ...sizingsOf(sizings),
  ];
}

/** A machine whose days of the bill are not all there yet makes the bill too small. */
function billNote({ all: { billed, billedMachines }, billedEstimate }: CostState['report']): string[] {
  if (billedMachines === 0) return [];
  const apart = billed === 0 ? '' : `, ${Math.round(100 * (billedEstimate / billed - 1))} %`;
  return [
    `Of ${Math.round(billedMachines)} machines the bill is known: estimated ${money(billedEstimate)}, billed ${money(billed)}, difference ${money(billedEstimate - billed)}${apart}. A bill is complete two to four days later.`,
  ];
}

function warmNote({ waiting, servedWarm, savedSeconds }: Idle): string[] {
  if (servedWarm === 0) return [];
  const saved =
    savedSeconds === null
      ? 'no other job ran to compare with'
      : `${formatDuration(1000 * savedSeconds)} less waited in all, by the median of jobs that had to wait for a machine`;
  return [
    `Warm runners cost ${money(waiting.total)} while they waited, and served ${servedWarm} jobs: ${saved}.`,
  ];
}

function sizingsOf(sizings: readonly Sizing[]): string[] {
  if (sizings.length === 0)
    return [
      `Right-sizing: no job with ${RUNS_MIN} measured runs used under a third of its cores, or all of its memory.`,
    ];
  const more = sizings.length - SIZINGS_MAX;
  return [
    '',
    'Right-sizing, by the busiest minute of all runs:',
    ...sizings.slice(0, SIZINGS_MAX).map(sizingLine),
    ...(more > 0 ? [`  and ${more} more: --json has them all.`] : []),
  ];
}

function sizingLine(each: Sizing): string {
  const { cores, memoryGiB, coresPeak, memoryPeakGiB, oomKilled, write, saves, runs } = each;
  const name = plainText(`${each.repository}: ${each.workflow ?? 'not told'}: ${each.job}`, 100);
  const labels = write.map((label) => `\`${label}\``).join(', ');
  if (saves !== null)
    return `  ${name}: ${coresPeak.toFixed(1)} of ${cores} cores in ${runs} runs: ${labels} would have saved about ${money(saves)}.`;
  const ended =
    oomKilled === 0 ? '' : `, and up to ${oomKilled} processes of a run were ended for want of it`;
  return `  ${name}: ${memoryPeakGiB.toFixed(1)} of ${memoryGiB} GiB of memory in ${runs} runs${ended}: write ${labels}.`;
}

/** One line for each group and name; the group is the first value. */
export function csvOf({ report }: CostState): string {
  const columns = [
    'jobs',
    'hours',
    'instance',
    'disk',
    'total',
    'onDemand',
    'hostedUsd',
    'unpriced',
    'billed',
    'billedMachines',
  ] as const;
  const values = (sums: Sums) => columns.map((column) => `${sums[column]}`);
  const lines = GROUPS.flatMap((group) =>
    report.by[group].map((each) => [group, each.name, ...values(each)]),
  );
  for (const kind of ['waiting', 'unused'] as const) lines.push(['idle', kind, ...values(report.idle[kind])]);
  return [['group', 'name', ...columns], ...lines].map((line) => line.map(quoted).join(',')).join('\r\n');
}

/** A name that begins like a formula would be one in a spreadsheet (OWASP, "CSV Injection"). */
function quoted(text: string): string {
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
