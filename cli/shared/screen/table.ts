/**
 * The one table of all commands. It fits the terminal: what is long is cut in the middle or wrapped, and what matters
 * least is left out where there is no room. Into a pipe it is whole, a row a line, with tabs between.
 */
import pc from 'picocolors';
import { cutInTheMiddle, padded, widthOf, wrapped } from './cut.ts';
import type { Screen } from './screen.ts';

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** Numbers stand on the right. */
  readonly align?: 'right';
  /** It may be cut in the middle, or wrapped, down to so many columns; absent: it is shown whole. */
  readonly min?: number;
  /** Wrapped onto more lines instead of cut: a sentence. */
  readonly isSentence?: boolean;
  /** What goes first where there is no room: the highest number. Absent: it stays. */
  readonly drop?: number;
}

/** A table wider than this may have a frame around it, if all of it fits. */
const FRAME_FROM = 100;
const SENTENCE_WIDTH = 60;
const GAP = 2;

interface Laid<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

/** `paint` colours a row's lines once they are laid out. Without rows there are its heads. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  screen: Screen,
  paint: (line: string, row: Row) => string = (line) => line,
): string {
  if (screen.width === null) return plain(columns, rows);
  const isFramed = screen.width >= FRAME_FROM && !screen.isAscii;
  const room = screen.width - (isFramed ? 4 : 0);
  const laid = laidOut(columns, rows, room, isFramed ? GAP + 1 : GAP);
  const draw = isFramed ? framed : open;
  return draw(laid, rows, screen, paint);
}

const plain = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string =>
  [
    columns.map(({ head }) => head),
    ...rows.map((row) => columns.map(({ cell }) => cell(row).replace(/\s+/g, ' '))),
  ]
    .map((cells) => cells.join('\t'))
    .join('\n');

function laidOut<Row>(
  all: readonly Column<Row>[],
  rows: readonly Row[],
  room: number,
  gap: number,
): readonly Laid<Row>[] {
  const whole = all.map((column) => ({ column, width: wholeWidth(column, rows) }));
  const over = (laid: readonly Laid<Row>[]) =>
    laid.reduce((sum, { width }) => sum + width + gap, -gap) - room;
  const least = ({ column, width }: Laid<Row>) => ({ column, width: Math.min(width, column.min ?? width) });
  let kept: readonly Laid<Row>[] = whole;
  while (over(kept.map(least)) > 0) {
    const next = leastWanted(kept);
    if (next === undefined) return shrunk(kept.map(least), over, () => 3);
    kept = kept.filter((each) => each !== next);
  }
  return shrunk(kept, over, ({ min }) => min ?? Number.POSITIVE_INFINITY);
}

const wholeWidth = <Row>({ head, cell, isSentence }: Column<Row>, rows: readonly Row[]): number => {
  const width = Math.max(widthOf(head), ...rows.map((row) => widthOf(cell(row))));
  return isSentence === true ? Math.min(width, SENTENCE_WIDTH) : width;
};

const leastWanted = <Row>(laid: readonly Laid<Row>[]): Laid<Row> | undefined =>
  laid
    .filter(({ column }) => column.drop !== undefined)
    .sort((a, b) => (b.column.drop ?? 0) - (a.column.drop ?? 0))[0];

/** Column by column of room, the widest first. */
function shrunk<Row>(
  laid: readonly Laid<Row>[],
  over: (laid: readonly Laid<Row>[]) => number,
  minOf: (column: Column<Row>) => number,
): readonly Laid<Row>[] {
  const now = [...laid];
  for (let left = over(now); left > 0; left--) {
    const [widest] = now
      .map((each, at) => ({ ...each, at }))
      .filter(({ column, width }) => width > minOf(column))
      .sort((a, b) => b.width - a.width);
    if (widest === undefined) break;
    now[widest.at] = { column: widest.column, width: widest.width - 1 };
  }
  return now;
}

type Drawn = <Row>(
  laid: readonly Laid<Row>[],
  rows: readonly Row[],
  screen: Screen,
  paint: (line: string, row: Row) => string,
) => string;

/** Without a frame: columns, and a line below the heads. */
const open: Drawn = (laid, rows, { isColoured, isAscii }, paint) => {
  const { bold, dim } = pc.createColors(isColoured);
  const rule = dim((isAscii ? '-' : '─').repeat(laid.reduce((sum, { width }) => sum + width + GAP, -GAP)));
  const heads = linesOf(laid, (column) => column.head, isAscii, '  ');
  const body = rows.flatMap((row) =>
    linesOf(laid, ({ cell }) => cell(row), isAscii, '  ').map((line) => paint(line.trimEnd(), row)),
  );
  return [...heads.map((line) => bold(line.trimEnd())), rule, ...body].join('\n');
};

const framed: Drawn = (laid, rows, { isColoured, isAscii }, paint) => {
  const { bold, dim } = pc.createColors(isColoured);
  const rule = (left: string, cross: string, right: string) =>
    dim(left + laid.map(({ width }) => '─'.repeat(width + 2)).join(cross) + right);
  const side = dim('│');
  const line = (text: string) => `${side} ${text} ${side}`;
  const heads = linesOf(laid, (column) => column.head, isAscii, ' │ ');
  const body = rows.flatMap((row) =>
    linesOf(laid, ({ cell }) => cell(row), isAscii, ` ${side} `).map((each) => line(paint(each, row))),
  );
  return [
    rule('┌', '┬', '┐'),
    ...heads.map((each) => line(bold(each))),
    rule('├', '┼', '┤'),
    ...body,
    rule('└', '┴', '┘'),
  ].join('\n');
};

function linesOf<Row>(
  laid: readonly Laid<Row>[],
  textOf: (column: Column<Row>) => string,
  isAscii: boolean,
  between: string,
): string[] {
  const cells = laid.map(({ column, width }) =>
    column.isSentence === true
      ? wrapped(textOf(column), width)
      : [cutInTheMiddle(textOf(column), width, isAscii ? '..' : '…')],
  );
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) =>
    laid
      .map(({ column, width }, of) => padded(cells[of]?.[at] ?? '', width, column.align ?? 'left'))
      .join(between),
  );
}
