/** The report for people, and as comma-separated values. */
import Table from 'cli-table3';
import { plainText } from '../../shared/story/outside-text.ts';
import { HOSTED_SOURCE } from './hosted-prices.ts';
import type { CostState } from './read.ts';
import { GROUPS, type Group, type Sums } from './report.ts';
import { RUNS_MIN, type Sizing } from './right-sizing.ts';

const SIZINGS_MAX = 20;

const money = (value: number): string => value.toFixed(2);

export function renderCosts({ report, ...state }: CostState, group: Group): string {
  const { total } = report;
  const head = [group, 'jobs', 'hours', 'instance', 'disk', 'total', 'saved'];
  const table = new Table({ head, style: { compact: true, head: [], border: [] } });
  for (const each of report.by[group]) table.push(cells(plainText(each.name, 60), each));
  table.push(cells('total', total));
  return [title(state), table.toString(), ...notes({ report, ...state })].join('\n');
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

function notes({ report: { total }, sizings, monthForecast, cutDays }: CostState): string[] {
  return [
    `Saved against pay-as-you-go of the same machines: ${money(total.onDemand - total.total)}. GitHub's own runners of as many cores: USD ${money(total.hostedUsd)} (${HOSTED_SOURCE}).`,
    ...(monthForecast === null ? [] : [`At this pace the month comes to ${money(monthForecast)}.`]),
    ...(total.unpriced === 0
      ? []
      : [`Jobs whose machine's price is not known, in no sum: ${total.unpriced}.`]),
    ...cutDays.map((each) => `Of ${each} not all jobs were read: its sums are too small.`),
    'These are estimates, by the price at each launch; the disk at an estimated price. Not in here: traffic, NAT and addresses, and machines that no job ran on.',
    ...sizingsOf(sizings),
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
  ] as const;
  const lines = GROUPS.flatMap((group) =>
    report.by[group].map((each) => [group, each.name, ...columns.map((column) => `${each[column]}`)]),
  );
  return [['group', 'name', ...columns], ...lines].map((line) => line.map(quoted).join(',')).join('\r\n');
}

/** A name that begins like a formula would be one in a spreadsheet (OWASP, "CSV Injection"). */
function quoted(text: string): string {
  const tame = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
