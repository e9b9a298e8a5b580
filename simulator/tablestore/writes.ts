/** What PutRow, UpdateRow and DeleteRow share, alone or in a batch. */
import type { Condition } from './conditions.ts';
import { invalid } from './errors.ts';
import { COLUMNS_PER_WRITE_MAX, checkColumnName, REQUEST_MAX_BYTES, VALUE_MAX_BYTES } from './limits.ts';
import type { TableStore } from './state.ts';
import type { CellChange, StoredRow, TableState } from './table.ts';
import { type KeyValue, sizeOf } from './values.ts';
import { OP } from './wire/plain-buffer.ts';
import { readRow, type SentCell, type SentRow } from './wire/plain-buffer-read.ts';
import { writeRows } from './wire/plain-buffer-write.ts';
import { Draft, type Message } from './wire/protobuf.ts';
import { conditionIn, consumed, keyIn } from './wire/wire.ts';

export type WriteKind = 'put' | 'update' | 'delete';

/** A write that was understood, and breaks no rule that can be told without the row. */
export interface Write {
  readonly kind: WriteKind;
  readonly table: TableState;
  readonly key: readonly KeyValue[];
  readonly changes: readonly CellChange[];
  readonly condition: Condition;
  readonly returns: 'nothing' | 'key' | ReadonlySet<string>;
}

/** From a row in PlainBuffer, a Condition and a ReturnContent, wherever the operation's message has them. */
export function writeIn(
  store: TableStore,
  table: TableState,
  kind: WriteKind,
  parts: { readonly row: Uint8Array; readonly condition: Message; readonly returnContent: Message | null },
): Write {
  const sent = readRow(parts.row);
  if (parts.row.length > REQUEST_MAX_BYTES)
    throw invalid(
      `The total data size of ${kind === 'put' ? 'PutRow' : 'UpdateRow'} request exceeds the limit, limit size: ${REQUEST_MAX_BYTES}, data size: ${parts.row.length}.`,
    );
  checkShape(kind, sent);
  const key = keyIn(table, sent.key);
  const changes = sent.cells.map((cell) => changeIn(store, table, kind, cell));
  checkColumns(table, changes);
  return {
    kind,
    table,
    key,
    changes,
    condition: conditionIn(parts.condition),
    returns: parts.returnContent === null ? 'nothing' : returnsIn(kind, parts.returnContent),
  };
}

function checkShape(kind: WriteKind, sent: SentRow): void {
  if (kind === 'delete') {
    if (!sent.isDelete) throw invalid('Invalid request of delete row: missing RowDeleteMarker in request');
    if (sent.cells.length > 0) throw invalid('Invalid delete row request: unexpected cells in request');
    return;
  }
  if (sent.isDelete)
    throw invalid('Invalid request of put/update row: unexpected RowDeleteMarker in request.');
  if (kind === 'update' && sent.cells.length === 0)
    throw invalid('Invalid update row request: missing cells in request');
}

function changeIn(store: TableStore, table: TableState, kind: WriteKind, cell: SentCell): CellChange {
  const { name: column, op } = cell;
  if (kind === 'put' && op !== null)
    throw invalid(`OpType cannot be given for column name: ${column} in PutRow.`);
  if (op === OP.deleteAll || op === OP.deleteOne) return deletionIn(cell);
  if (cell.value === null) throw invalid(`Invalid cell: ${column}. Reason: missing value`);
  if (sizeOf(cell.value) > VALUE_MAX_BYTES)
    throw invalid(
      `The length of attribute column: ${column} exceeded the MaxLength: ${VALUE_MAX_BYTES} with Current Length: ${sizeOf(cell.value)}.`,
    );
  if (op !== OP.increment)
    return { kind: 'put', column, value: cell.value, atMs: versionIn(store, table, cell) };
  if (typeof cell.value !== 'bigint') throw invalid(`Increment of ${column} must be an INTEGER.`);
  if (cell.atMs !== null) throw invalid(`Timestamp cannot be given for increment of ${column}.`);
  return { kind: 'increment', column, by: cell.value };
}

function deletionIn({ name: column, op, value, atMs }: SentCell): CellChange {
  if (value !== null)
    throw invalid('Column value cannot be given when type is DELETE_ONE_VERSION,DELETE_ALL_VERSION.');
  if (op === OP.deleteAll) {
    if (atMs !== null) throw invalid('Timestamp cannot be given when type is DELETE_ALL_VERSION.');
    return { kind: 'delete-all', column };
  }
  if (atMs === null) throw invalid('Timestamp must be given when type is DELETE_ONE_VERSION.');
  return { kind: 'delete-one', column, atMs };
}

/** A version of the client's own must lie near the time of the write. */
function versionIn(store: TableStore, table: TableState, { name, atMs }: SentCell): number | null {
  if (atMs !== null && Math.abs(atMs - store.clock.nowMs()) > table.options.deviationS * 1000)
    throw invalid(`Invalid timestamp. Cell: ${name}.`);
  return atMs;
}

/** That one request names a column twice is documented as refused for counters; here it is for all. */
export function checkColumns(table: TableState, changes: readonly CellChange[]): void {
  if (changes.length > COLUMNS_PER_WRITE_MAX)
    throw invalid(
      `The number of attribute columns exceeds the limit, limit count: ${COLUMNS_PER_WRITE_MAX}, column count: ${changes.length}.`,
    );
  const seen = new Set<string>();
  for (const { column } of changes) {
    checkColumnName(column);
    if (seen.has(column)) throw invalid(`Duplicated attribute column name: ${column}.`);
    if (table.keyColumns.some(({ name }) => name === column))
      throw invalid(`Duplicated attribute column name with primary key column: ${column}.`);
    seen.add(column);
  }
}

/** message ReturnContent: return_type = 1 (0 nothing, 1 key, 2 after modify), return_column_names = 2. */
function returnsIn(kind: WriteKind, message: Message): Write['returns'] {
  const type = message.has(1) ? message.int(1) : 0;
  if (type === 0) return 'nothing';
  if (type === 1) return 'key';
  if (type !== 2 || kind !== 'update') throw invalid(`Invalid return type: ${type}.`);
  return new Set(message.texts(2));
}

/** Throws OTSConditionCheckFail, or an error of the row's own. */
export function applyWrite(store: TableStore, write: Write): Buffer | null {
  const nowMs = store.clock.nowMs();
  const { table, key, changes, condition } = write;
  if (write.kind === 'delete') table.delete(key, condition, nowMs);
  if (write.kind === 'put') table.put(key, changes, condition, nowMs);
  const row = write.kind === 'update' ? table.update(key, changes, condition, nowMs) : null;
  return returned(write, row);
}

/** What "after modify" answers of the key is not documented: nothing here. */
function returned({ table, key, returns }: Write, row: StoredRow | null): Buffer | null {
  if (returns === 'nothing') return null;
  if (returns === 'key') {
    const named = table.keyColumns.map(({ name }, at) => ({ name, value: key[at] as KeyValue }));
    return writeRows([{ key: named, cells: [] }]);
  }
  const cells = [...(row?.cells ?? [])].filter(([name]) => returns.has(name));
  return cells.length === 0
    ? null
    : writeRows([{ key: [], cells: cells.map(([name, cell]) => ({ name, ...cell })) }]);
}

/** PutRowResponse, UpdateRowResponse, DeleteRowResponse: consumed = 1, row = 2. */
export function writeAnswer(write: Write, row: Buffer | null): Draft {
  const isConditional = write.condition.expectation !== 'IGNORE' || write.condition.filter !== null;
  const answer = new Draft().message(1, consumed(isConditional ? 1 : null, bytesOf(write)));
  return row === null ? answer : answer.bytes(2, row);
}

function bytesOf({ key, changes }: Write): number {
  const keyBytes = key.reduce((sum: number, value) => sum + sizeOf(value), 0);
  return changes.reduce(
    (sum, change) => sum + change.column.length + (change.kind === 'put' ? sizeOf(change.value) : 8),
    keyBytes,
  );
}
