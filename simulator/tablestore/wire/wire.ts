/** Between the service's messages and the state: rows, conditions, filters, and what a call consumed. */
import { type Comparator, type Condition, countOf, type Filter } from '../conditions.ts';
import { invalid, TableStoreRefusal, unsupported } from '../errors.ts';
import {
  COLUMNS_TO_GET_MAX,
  CONDITIONS_MAX,
  checkColumnName,
  FILTERS_MAX,
  KEY_VALUE_MAX_BYTES,
} from '../limits.ts';
import type { TableStore } from '../state.ts';
import type { StoredRow, TableState } from '../table.ts';
import { INF_MAX, INF_MIN, type KeyBound, type KeyValue, sizeOf, typeOf } from '../values.ts';
import { type SentRow, variantOf } from './plain-buffer-read.ts';
import { writeRows } from './plain-buffer-write.ts';
import { Draft, Message } from './protobuf.ts';

/** One of the service's operations. `tableIn` names the table for faults; `run` answers the reply's message. */
export interface Operation {
  tableIn(request: Message): string | null;
  run(store: TableStore, request: Message): Draft;
}

/** Throws OTSInvalidPK unless number, names, order and types are the table's. */
export function boundIn(table: TableState, sent: SentRow['key']): KeyBound[] {
  const isSame =
    sent.length === table.keyColumns.length &&
    sent.every(({ name, value }, at) => {
      const column = table.keyColumns[at];
      return name === column?.name && (typeof value === 'symbol' || typeOf(value) === column.type);
    });
  if (!isSame) throw new TableStoreRefusal('OTSInvalidPK', 'Primary key schema mismatch.');
  return sent.map(({ name, value }) => {
    const bytes = typeof value === 'symbol' ? 0 : sizeOf(value);
    if (bytes > KEY_VALUE_MAX_BYTES)
      throw invalid(
        `The length of primary key column: ${name} exceeds the MaxLength: ${KEY_VALUE_MAX_BYTES} with CurrentLength: ${bytes}.`,
      );
    return value;
  });
}

export function keyIn(table: TableState, sent: SentRow['key']): KeyValue[] {
  return boundIn(table, sent).map((value) => {
    if (value === INF_MIN || value === INF_MAX) throw invalid('INF_MIN and INF_MAX are for ranges only.');
    return value;
  });
}

const EXPECTATIONS = ['IGNORE', 'EXPECT_EXIST', 'EXPECT_NOT_EXIST'] as const;

/** message Condition: row_existence = 1, column_condition = 2. */
export function conditionIn(message: Message): Condition {
  const expectation = EXPECTATIONS[message.int(1)];
  if (expectation === undefined) throw invalid(`Invalid row-existence expectation: ${message.int(1)}.`);
  return { expectation, filter: message.has(2) ? filterIn(message.bytes(2), CONDITIONS_MAX) : null };
}

/** message Filter: type = 1, filter = 2, the latter by type. */
export function filterIn(bytes: Uint8Array, max: number): Filter {
  const filter = filterOf(new Message(bytes), max);
  if (countOf(filter) > max) throw invalid(`The count of filter exceeds the max: ${max}.`);
  return filter;
}

const FILTER_SINGLE = 1;
const FILTER_COMPOSITE = 2;
const FILTER_PAGINATION = 3;

/** `depth` bounds what a hostile message can make us descend. */
function filterOf(message: Message, depth: number): Filter {
  if (depth < 0) throw invalid('The count of filter exceeds the max.');
  const inner = message.message(2);
  switch (message.int(1)) {
    case FILTER_SINGLE:
      return singleOf(inner);
    case FILTER_COMPOSITE:
      return compositeOf(inner, depth);
    case FILTER_PAGINATION:
      throw unsupported('column pagination');
    default:
      throw invalid(`Invalid type of filter: ${message.int(1)}.`);
  }
}

const COMPARATORS: readonly Comparator[] = [
  'EQUAL',
  'NOT_EQUAL',
  'GREATER_THAN',
  'GREATER_EQUAL',
  'LESS_THAN',
  'LESS_EQUAL',
];

/** SingleColumnValueFilter: comparator = 1, column_name = 2, column_value = 3, filter_if_missing = 4, latest_version_only = 5. */
function singleOf(message: Message): Filter {
  const comparator = COMPARATORS[message.int(1) - 1];
  if (comparator === undefined) throw invalid(`Invalid relation operator: ${message.int(1)}.`);
  const column = message.text(2);
  checkColumnName(column);
  const value = variantOf(message.bytes(3));
  if (typeof value === 'symbol') throw invalid('Deserialize relation filter failed.');
  message.bool(5);
  return { kind: 'single', column, comparator, value, passIfMissing: !message.bool(4) };
}

const OPERATORS = ['NOT', 'AND', 'OR'] as const;

/** CompositeColumnValueFilter: combinator = 1, sub_filters = 2. */
function compositeOf(message: Message, depth: number): Filter {
  const operator = OPERATORS[message.int(1) - 1];
  if (operator === undefined) throw invalid('Deserialize composite filter failed.');
  const filters = message.messages(2).map((each) => filterOf(each, depth - 1));
  if (operator === 'NOT' && filters.length !== 1)
    throw invalid('Invalid NOT operator: the number of sub-filters must be 1.');
  if (operator !== 'NOT' && filters.length < 2)
    throw invalid('Invalid AND/OR operator: the number of sub-filters must be 2.');
  return { kind: 'composite', operator, filters };
}

/** Which columns a read wants; empty: all. */
export function columnsIn(names: readonly string[]): ReadonlySet<string> {
  if (names.length > COLUMNS_TO_GET_MAX)
    throw invalid(
      `The number of columns from the request exceeds the limit, limit count: ${COLUMNS_TO_GET_MAX}, column count: ${names.length}.`,
    );
  for (const name of names) checkColumnName(name);
  return new Set(names);
}

/** Fields of a read's message that stand for what the simulator lacks, and the filter. */
export function readFilterIn(
  message: Message,
  fields: { filter: number; timeRange: number; maxVersions: number; lacking: readonly number[] },
): Filter | null {
  if (message.has(fields.timeRange)) throw unsupported('time ranges');
  if (!message.has(fields.maxVersions))
    throw invalid('No version condition is specified while querying row.');
  if (message.int(fields.maxVersions) <= 0)
    throw invalid(
      `Invalid max versions: ${message.int(fields.maxVersions)}. Reason: Max versions must be positive.`,
    );
  for (const field of fields.lacking)
    if (message.has(field)) throw unsupported('column ranges, tokens and transactions');
  return message.has(fields.filter) ? filterIn(message.bytes(fields.filter), FILTERS_MAX) : null;
}

/** A row that has none of the wanted columns is not answered at all, as the documentation of GetRow says. */
export function answeredRow(table: TableState, row: StoredRow, wanted: ReadonlySet<string>) {
  const key = table.keyColumns.map(({ name }, at) => ({ name, value: row.key[at] as KeyValue }));
  const all = [...row.cells].map(([name, cell]) => ({ name, ...cell }));
  if (wanted.size === 0) return { key, cells: all };
  const cells = all.filter(({ name }) => wanted.has(name));
  return cells.length === 0 && !key.some(({ name }) => wanted.has(name)) ? null : { key, cells };
}

export function keyBytes(table: TableState, key: readonly KeyValue[]): Buffer {
  const named = table.keyColumns.map(({ name }, at) => ({ name, value: key[at] as KeyValue }));
  return writeRows([{ key: named, cells: [] }]);
}

export function sizeOfRow(row: StoredRow): number {
  let bytes = row.key.reduce((sum, value) => sum + sizeOf(value), 0);
  for (const [name, { value }] of row.cells) bytes += name.length + sizeOf(value);
  return bytes;
}

/** ConsumedCapacity: capacity_unit = 1 { read = 1, write = 2 }; a unit is 4 KB, begun ones count. */
export function consumed(readBytes: number | null, writeBytes: number | null): Draft {
  const units = (bytes: number | null) => (bytes === null ? 0 : Math.max(1, Math.ceil(bytes / 4096)));
  return new Draft().message(1, new Draft().int(1, units(readBytes)).int(2, units(writeBytes)));
}
