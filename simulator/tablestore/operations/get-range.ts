/**
 * GetRange: table_name = 1, direction = 2, columns_to_get = 3, time_range = 4, max_versions = 5, limit = 6,
 * inclusive_start_primary_key = 7, exclusive_end_primary_key = 8, filter = 10, start_column = 11, end_column = 12,
 * token = 13, transaction_id = 14, data_block_type_hint = 15. The answer: consumed = 1, rows = 2, next_start_primary_key = 3.
 */
import { invalid, unsupported } from '../errors.ts';
import { RANGE_MAX_BYTES, RANGE_ROWS_MAX } from '../limits.ts';
import { type TableStore, tableNamed } from '../state.ts';
import type { TableState } from '../table.ts';
import { type KeyBound, type KeyValue, orderOf } from '../values.ts';
import { readRow } from '../wire/plain-buffer-read.ts';
import { type AnsweredRow, writeRows } from '../wire/plain-buffer-write.ts';
import { Draft, type Message } from '../wire/protobuf.ts';
import {
  answeredRow,
  boundIn,
  columnsIn,
  consumed,
  keyBytes,
  type Operation,
  readFilterIn,
  sizeOfRow,
} from '../wire/wire.ts';
import { isWanted } from './get-row.ts';

export const getRange: Operation = {
  tableIn: (request) => request.text(1),
  run(store, request) {
    const table = tableNamed(store, request.text(1));
    const found = scan(store, table, request);
    const answer = new Draft().message(1, consumed(found.bytes, null)).bytes(2, writeRows(found.rows));
    return found.next === null ? answer : answer.bytes(3, keyBytes(table, found.next));
  },
};

interface Found {
  readonly rows: readonly AnsweredRow[];
  readonly bytes: number;
  readonly next: readonly KeyValue[] | null;
}

/** Ends at the limit, or after 5,000 rows or 4 MB looked at, whether the filter let them pass or not. */
function scan(store: TableStore, table: TableState, request: Message): Found {
  const { filter, limit, wanted } = rangeIn(request);
  const { start, end } = boundsIn(table, request);
  const rows: AnsweredRow[] = [];
  let scanned = 0;
  let bytes = 0;
  for (const row of table.between(start, end, store.clock.nowMs())) {
    if (rows.length >= limit || scanned >= RANGE_ROWS_MAX || bytes >= RANGE_MAX_BYTES)
      return { rows, bytes, next: row.key };
    scanned++;
    store.counts.rowsScanned++;
    bytes += sizeOfRow(row);
    const answered = isWanted(table, row, filter) ? answeredRow(table, row, wanted) : null;
    if (answered !== null) rows.push(answered);
  }
  return { rows, bytes, next: null };
}

function rangeIn(request: Message) {
  const lacking = [11, 12, 13, 14];
  const filter = readFilterIn(request, { filter: 10, timeRange: 4, maxVersions: 5, lacking });
  if (request.has(15) && request.int(15) !== 0) throw unsupported('simple row matrices');
  const limit = request.has(6) ? request.int(6) : RANGE_ROWS_MAX;
  if (limit <= 0) throw invalid('The limit must be greater than 0.');
  return { filter, limit, wanted: columnsIn(request.texts(3)) };
}

const FORWARD = 0;
const BACKWARD = 1;

function boundsIn(table: TableState, request: Message): { start: KeyBound[]; end: KeyBound[] } {
  const start = boundIn(table, readRow(request.bytes(7)).key);
  const end = boundIn(table, readRow(request.bytes(8)).key);
  const direction = request.int(2);
  if (direction !== FORWARD && direction !== BACKWARD) throw invalid(`Invalid direction: ${direction}.`);
  const [from, to] = [orderOf(start), orderOf(end)];
  if (direction === FORWARD && from >= to) throw invalid('Begin key must less than end key in FORWARD.');
  if (direction === BACKWARD && from <= to) throw invalid('Begin key must more than end key in BACKWARD.');
  return { start, end };
}
