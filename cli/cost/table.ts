/** The report for people, and as comma-separated values. */
import Table from 'cli-table3';
import { formatDuration } from '../../shared/story/format.ts';
import { plainText } from '../../shared/story/outside-text.ts';
import { HOSTED_SOURCE } from './hosted-prices.ts';
import type { Idle } from './idle.ts';
import type { CostState } from './read.ts';
import { GROUPS, type Group } from './report.ts';
import type { Sums } from './sums.ts';

const money = (value: number): string => value.toFixed(2);

export function renderCosts({ report, ...state }: CostState, group: Group): string {
  const { total } = report;
  const head = [group, 'jobs', 'hours', 'instance', 'disk', 'total', 'saved'];
  const table = new Table({ head, style: { compact: true, head: [], border: [] } });
  for (const each of report.by[group]) table.push(cells(plainText(each.name, 60), each));
  table.push(cells(isIdle(report) ? 'jobs' : 'total', total));
  if (isIdle(report)) for (const row of idleRows(report)) table.push(row);
  return [title(state), table.toString(), ...notes({ report, ...state })].join('\n');
}

const isIdle = ({ idle: { machines } }: CostState['report']): boolean =>
  machines.waiting + machines.unused > 0;

/** What no job needed, each kind in a line of its own; then all of it. */
function idleRows({ idle: { waiting, unused, machines }, all }: CostState['report']): string[][] {
  const line = (name: string, sums: Sums) => cells(name, sums).with(1, '-');
  return [
    ...(machines.waiting > 0 ? [line('warm runners, waiting', waiting)] : []),
    ...(machines.unused > 0 ? [line('machines without a job', unused)] : []),
    cells('total', all),
  ];
}

const title = ({ fromMs, atMs, currency }: Omit<CostState, 'report'>): string =>
  `What jobs have cost from ${day(fromMs)} to ${day(atMs)} (UTC), in ${currency ?? "the account's currency"}:`;

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function cells(name: string, { jobs, hours, instance, disk, total, onDemand }: Sums): string[] {
  return [
    name,
    `${jobs}`,
    hours.toFixed(1),
    money(instance),
    money(disk),
    money(total),
    saved(total, onDemand),
  ];
}

const saved = (total: number, instead: number): string =>
  instead === 0 ? '-' : `${Math.round(100 * (1 - total / instead))} %`;

function notes({ report, monthForecast, cutDays }: CostState): string[] {
  const { total, all, idle } = report;
  return [
    ...warmNote(idle),
    ...billNote(report),
    `Saved against pay-as-you-go of the same machines: ${money(all.onDemand - all.total)}, what no job needed included. GitHub's own runners of as many cores: USD ${money(total.hostedUsd)} (${HOSTED_SOURCE}).`,
    ...(monthForecast === null ? [] : [`At this pace the month comes to ${money(monthForecast)}.`]),
    ...(all.unpriced === 0 ? [] : [`Machines whose price is not known, in no sum: ${all.unpriced}.`]),
    ...cutDays.map((each) => `Of ${each} not all jobs were read: its sums are too small.`),
    'These are estimates, by the price at each launch; the disk at an estimated price. Not in here: traffic, NAT and addresses, and builds of images.',
    'Right-sizing: no figures of what jobs use of their machines are kept yet, so none is proposed.',
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
