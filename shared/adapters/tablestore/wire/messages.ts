/** What the ledger asks TableStore, as bytes. Alibaba Cloud docs, Tablestore "API reference": fields by their numbers. */
import type { Change, Check, Columns, Condition, Key, Page, Row } from '../table.ts';
import { INF_MAX, INF_MIN, type Named, rowBytes, variantOf } from './plain-buffer.ts';
import { rowsIn } from './plain-buffer-read.ts';
import { Message, message } from './protobuf.ts';

/** A table with two primary key columns, both STRING. */
export interface Target {
  readonly name: string;
  readonly keys: readonly [string, string];
}

const keyOf = ({ keys }: Target, [first, second]: Key): Named<string> => [
  [keys[0], first],
  [keys[1], second],
];

const MAX_VERSIONS = 1;

export const getRow = (table: Target, key: Key): Buffer =>
  message([1, table.name], [2, rowBytes(keyOf(table, key))], [5, MAX_VERSIONS]);

export const putRow = (table: Target, key: Key, columns: Columns, condition: Condition): Buffer =>
  message(
    [1, table.name],
    [2, rowBytes(keyOf(table, key), { put: Object.entries(columns) })],
    [3, conditionOf(condition)],
  );

export function updateRow(
  table: Target,
  key: Key,
  { put = {}, add = {}, drop = [] }: Change,
  condition: Condition,
): Buffer {
  const cells = { put: Object.entries(put), add: Object.entries(add), drop };
  return message([1, table.name], [2, rowBytes(keyOf(table, key), cells)], [3, conditionOf(condition)]);
}

export const deleteRow = (table: Target, key: Key, condition: Condition): Buffer =>
  message([1, table.name], [2, rowBytes(keyOf(table, key), {}, true)], [3, conditionOf(condition)]);

const FORWARD = 0;

/** Rows of the partitions from `first` to `last`, from a key on. */
export function getRange(
  table: Target,
  first: string,
  from: Key | null,
  limit: number,
  last: string = first,
): Buffer {
  const bound = (partition: string, end: string | typeof INF_MIN | typeof INF_MAX) => {
    const row = rowBytes([
      [table.keys[0], partition],
      [table.keys[1], end],
    ]);
    // The official SDK (5.6.5) reserves a byte more than it writes for an end of the range: so the service knows it.
    return typeof end === 'string' ? row : Buffer.concat([row, Uint8Array.of(0)]);
  };
  return message(
    [1, table.name],
    [2, FORWARD],
    [5, MAX_VERSIONS],
    [6, limit],
    [7, from === null ? bound(first, INF_MIN) : bound(...from)],
    [8, bound(last, INF_MAX)],
  );
}

const EXISTENCE = { any: 0, present: 1, absent: 2 } as const;
const COMPARATOR = { '=': 1, '!=': 2, '>': 3, '>=': 4, '<': 5, '<=': 6 } as const;
const SINGLE = 1;
const COMPOSITE = 2;
const AND = 2;

/** message Condition: row_existence = 1, column_condition = 2, itself a Filter. */
function conditionOf({ row, checks = [] }: Condition): Buffer {
  const filters = checks.map(filterOf);
  const all = filters.map((filter) => [2, filter] as const);
  const filter = filters.length < 2 ? filters[0] : message([1, COMPOSITE], [2, message([1, AND], ...all)]);
  return message([1, EXISTENCE[row]], [2, filter]);
}

/** Of the newest version; a row without the column counts as the check says. */
function filterOf({ column, is, value, ifMissing }: Check): Buffer {
  const inner = message([1, COMPARATOR[is]], [2, column], [3, variantOf(value)], [4, !ifMissing], [5, true]);
  return message([1, SINGLE], [2, inner]);
}

const NOTHING = Buffer.alloc(0);

/** The answer of GetRow: row = 2; no row: no bytes. */
export function rowIn(answer: Buffer): Columns | null {
  return rowsIn(new Message(answer).bytes(2) ?? NOTHING)[0]?.columns ?? null;
}

/** The answer of GetRange: rows = 2, next_start_primary_key = 3. */
export function pageIn(answer: Buffer): Page {
  const fields = new Message(answer);
  const rows: Row[] = rowsIn(fields.bytes(2) ?? NOTHING);
  return { rows, next: rowsIn(fields.bytes(3) ?? NOTHING)[0]?.key ?? null };
}

export const describeTable = (name: string): Buffer => message([1, name]);

/** Of DescribeTable: table_meta = 1 { primary_key = 2 { name = 1 } }, table_options = 3 { time_to_live = 1 }. */
export function shapeIn(answer: Buffer): { readonly keys: readonly string[]; readonly timeToLiveS: number } {
  const fields = new Message(answer);
  const keys = new Message(fields.bytes(1) ?? NOTHING).allBytes(2);
  return {
    keys: keys.map((each) => new Message(each).bytes(1)?.toString('utf8') ?? ''),
    timeToLiveS: new Message(fields.bytes(3) ?? NOTHING).int(1) ?? 0,
  };
}
