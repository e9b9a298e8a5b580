/** The report for people, and as comma-separated values. */
import { plainText } from '../../shared/story/outside-text.ts';
import type { Screen } from '../shared/screen/screen.ts';
import { type Column, renderTable } from '../shared/screen/table.ts';
import { HOSTED_SOURCE } from './hosted-prices.ts';
import type { CostState } from './read.ts';
import { GROUPS, type Group, type Sums } from './report.ts';

/** To the cent: what is paid by the hour is summed up here. */
const money = (value: number): string => value.toFixed(2);

interface Line extends Sums {
  readonly name: string;
}

export function renderCosts({ report, ...state }: CostState, group: Group, screen: Screen): string {
  const rows: readonly Line[] = [...report.by[group], { name: 'total', ...report.total }];
  const table = renderTable(columnsOf(group, state.currency), rows, screen);
  return [title(state), table, ...notes({ report, ...state })].join('\n');
}

const title = ({ fromMs, atMs, currency }: Omit<CostState, 'report'>): string =>
  `What jobs have cost from ${day(fromMs)} to ${day(atMs)} (UTC), in ${currency ?? "the account's currency"}:`;

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

const columnsOf = (group: Group, currency: string | null): readonly Column<Line>[] => [
  { head: group, cell: ({ name }) => plainText(name, 200), min: 16 },
  { head: 'jobs', cell: ({ jobs }) => `${jobs}`, align: 'right' },
  { head: 'hours', cell: ({ hours }) => hours.toFixed(1), align: 'right', drop: 1 },
  { head: 'instance', cell: ({ instance }) => money(instance), align: 'right', drop: 2 },
  { head: 'disk', cell: ({ disk }) => money(disk), align: 'right', drop: 3 },
  { head: `total ${currency ?? ''}`.trim(), cell: ({ total }) => money(total), align: 'right' },
  { head: 'saved', cell: ({ total, onDemand }) => saved(total, onDemand), align: 'right' },
];

const saved = (total: number, instead: number): string =>
  instead === 0 ? '' : `${Math.round(100 * (1 - total / instead))} %`;

function notes({ report: { total }, monthForecast, cutDays }: CostState): string[] {
  return [
    `Saved against pay-as-you-go of the same machines: ${money(total.onDemand - total.total)}. GitHub's own runners of as many cores: USD ${money(total.hostedUsd)} (${HOSTED_SOURCE}).`,
    ...(monthForecast === null ? [] : [`At this pace the month comes to ${money(monthForecast)}.`]),
    ...(total.unpriced === 0
      ? []
      : [`Jobs whose machine's price is not known, in no sum: ${total.unpriced}.`]),
    ...cutDays.map((each) => `Of ${each} not all jobs were read: its sums are too small.`),
    'These are estimates, by the price at each launch; the disk at an estimated price. Not in here: traffic, NAT and addresses, and machines that no job ran on.',
    'Right-sizing: no figures of what jobs use of their machines are kept yet, so none is proposed.',
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
