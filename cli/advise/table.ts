/** Advice for people: one table, what was left out, and what to know about the market. */
import pc from 'picocolors';
import { formatAmount } from '../../shared/story/format.ts';
import { wrapped } from '../shared/screen/cut.ts';
import type { Screen } from '../shared/screen/screen.ts';
import { type Column, renderTable } from '../shared/screen/table.ts';
import type { AdviceRow } from './rows.ts';

export interface Advice {
  readonly rows: readonly AdviceRow[];
  readonly leftOut: readonly { readonly what: string; readonly because: string }[];
  readonly notes: readonly string[];
}

export interface Look {
  readonly screen: Screen;
  /** tenths of pay-as-you-go up to which a row is green */
  readonly cutoff: number;
}

export function table(advice: Advice, { screen, cutoff }: Look): string {
  const paint = pc.createColors(screen.isColoured);
  const rows = advice.rows.map((row, at) => ({ ...row, place: at + 1 }));
  const isCheap = ({ discount }: AdviceRow) => discount !== null && discount <= cutoff;
  const drawn = renderTable(columnsOf(advice.rows), rows, screen, (line, row) =>
    isCheap(row) ? paint.green(line) : line,
  );
  const body = advice.rows.length === 0 ? paint.yellow('No instance type matches.') : drawn;
  const width = screen.width ?? Number.POSITIVE_INFINITY;
  const indented = (text: string, by: string) => wrapped(text, width - by.length).map((line) => by + line);
  const sections = [
    body,
    section(
      'Left out:',
      advice.leftOut.flatMap(({ what, because }) => [
        ...indented(what, '  '),
        ...indented(`because ${because}`, '    '),
      ]),
    ),
    section(
      'Notes:',
      advice.notes.flatMap((note) => indented(note, '  ')),
    ),
  ];
  return `${sections.filter((each) => each !== '').join('\n\n')}\n`;
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [title, ...lines].join('\n');

interface Placed extends AdviceRow {
  readonly place: number;
}

const money = (value: number | null): string => (value === null ? 'unknown' : formatAmount(value));
const percent = (value: number | null): string => (value === null ? 'unknown' : `${value.toFixed(0)} %`);

/** Without a currency the account's own is meant. */
function columnsOf(rows: readonly AdviceRow[]): readonly Column<Placed>[] {
  const currency = rows.find((row) => row.currency !== null)?.currency ?? 'price';
  return [
    { head: '', cell: ({ place }) => String(place), align: 'right' },
    { head: 'type', cell: ({ instanceTypeId }) => instanceTypeId, min: 18 },
    { head: 'zone', cell: ({ zoneId }) => zoneId, min: 10 },
    { head: 'cores', cell: ({ cpuCoreCount }) => String(cpuCoreCount), align: 'right' },
    { head: 'GiB', cell: ({ memorySize }) => String(memorySize), align: 'right' },
    { head: `${currency}/h`, cell: ({ pricePerHour }) => money(pricePerHour), align: 'right' },
    { head: 'per core', cell: ({ pricePerCore }) => money(pricePerCore), align: 'right', drop: 4 },
    { head: 'saved', cell: ({ discount }) => discountOf(discount), align: 'right', drop: 2 },
    { head: 'interrupted', cell: (row) => percent(row.interruptionRate), align: 'right', drop: 3 },
    { head: 'stock', cell: ({ stock }) => stock ?? 'unknown', drop: 1 },
    { head: 'bid', cell: bidOf, align: 'right', drop: 5 },
    { head: 'why', cell: ({ because }) => because, min: 30, isSentence: true, drop: 6 },
  ];
}

const discountOf = (tenths: number | null): string =>
  tenths === null ? 'unknown' : `${Math.round(100 - tenths * 10)} %`;

function bidOf({ capacityType, priceLimit }: AdviceRow): string {
  if (capacityType === 'on-demand') return 'pay-as-you-go';
  return priceLimit === null ? 'market' : money(priceLimit);
}
