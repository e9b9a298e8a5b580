/** Advice for people: one table, what was left out, and what to know about the market. */
import Table from 'cli-table3';
import pc from 'picocolors';
import type { AdviceRow } from './rows.ts';

export interface Advice {
  readonly rows: readonly AdviceRow[];
  readonly leftOut: readonly { readonly what: string; readonly because: string }[];
  readonly notes: readonly string[];
}

export interface Look {
  readonly isColoured: boolean;
  /** tenths of pay-as-you-go up to which a row is green */
  readonly cutoff: number;
}

const HEAD = [
  '',
  'type',
  'zone',
  'cores',
  'GiB',
  'price/h',
  'per core',
  'of on-demand',
  'taken back',
  'stock',
  'bid',
  'why',
];

export function table(advice: Advice, { isColoured, cutoff }: Look): string {
  const paint = pc.createColors(isColoured);
  const drawn = new Table({
    head: HEAD,
    style: { head: isColoured ? ['bold'] : [], border: [], compact: true },
    colAligns: ['right', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  for (const [at, row] of advice.rows.entries()) {
    const isCheap = row.discount !== null && row.discount <= cutoff;
    drawn.push(cells(row, at + 1).map((cell) => (isCheap ? paint.green(cell) : cell)));
  }
  const body = advice.rows.length === 0 ? paint.yellow('Nothing is to be had.') : drawn.toString();
  const leftOut = advice.leftOut.map(({ what, because }) => `  ${what}\n    because ${because}`);
  const sections = [
    body,
    section('Left out:', leftOut),
    section(
      'To know:',
      advice.notes.map((note) => `  ${note}`),
    ),
  ];
  return `${sections.filter((each) => each !== '').join('\n\n')}\n`;
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [title, ...lines].join('\n');

function cells(row: AdviceRow, place: number): string[] {
  const money = (value: number | null) =>
    value === null ? 'unknown' : `${row.currency ?? ''} ${value.toFixed(3)}`.trim();
  const percent = (value: number | null) => (value === null ? 'unknown' : `${value.toFixed(1)} %`);
  const bid =
    row.capacityType === 'on-demand'
      ? 'on demand'
      : row.priceLimit === null
        ? 'market'
        : money(row.priceLimit);
  return [
    ...[String(place), row.instanceTypeId, row.zoneId, String(row.cpuCoreCount), String(row.memorySize)],
    ...[
      money(row.pricePerHour),
      money(row.pricePerCore),
      percent(row.discount === null ? null : row.discount * 10),
    ],
    ...[percent(row.interruptionRate), row.stock ?? 'unknown', bid, row.because],
  ];
}
