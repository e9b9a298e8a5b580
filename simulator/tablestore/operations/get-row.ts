/**
 * GetRow: table_name = 1, primary_key = 2, columns_to_get = 3, time_range = 4, max_versions = 5, filter = 7,
 * start_column = 8, end_column = 9, token = 10, transaction_id = 11. The answer: consumed = 1, row = 2.
 */
import { type Filter, passes } from '../conditions.ts';
import { invalid } from '../errors.ts';
import { type TableStore, tableNamed } from '../state.ts';
import type { StoredRow, TableState } from '../table.ts';
import { readRow } from '../wire/plain-buffer-read.ts';
import { type AnsweredRow, writeRows } from '../wire/plain-buffer-write.ts';
import { Draft } from '../wire/protobuf.ts';
import {
  answeredRow,
  columnsIn,
  consumed,
  keyIn,
  type Operation,
  readFilterIn,
  sizeOfRow,
} from '../wire/wire.ts';

export const getRow: Operation = {
  tableIn: (request) => request.text(1),
  run(store, request) {
    const filter = readFilterIn(request, {
      filter: 7,
      timeRange: 4,
      maxVersions: 5,
      lacking: [8, 9, 10, 11],
    });
    const table = tableNamed(store, request.text(1));
    const found = look(store, table, request.bytes(2), columnsIn(request.texts(3)), filter);
    return new Draft().message(1, consumed(found.bytes, null)).bytes(2, writeRows(found.rows));
  },
};

/** One row by its key: also what BatchGetRow does for each. */
export function look(
  store: TableStore,
  table: TableState,
  keyBytes: Uint8Array,
  wanted: ReadonlySet<string>,
  filter: Filter | null,
): { readonly rows: readonly AnsweredRow[]; readonly bytes: number } {
  const sent = readRow(keyBytes);
  if (sent.cells.length > 0) throw invalid('Attribute column cannot be given while reading data.');
  if (sent.isDelete) throw invalid('Delete marker cannot be given.');
  store.counts.rowsScanned++;
  const row = table.find(keyIn(table, sent.key), store.clock.nowMs());
  if (row === null) return { rows: [], bytes: 0 };
  const answered = isWanted(table, row, filter) ? answeredRow(table, row, wanted) : null;
  return { rows: answered === null ? [] : [answered], bytes: sizeOfRow(row) };
}

export function isWanted(table: TableState, row: StoredRow, filter: Filter | null): boolean {
  if (filter === null) return true;
  return passes(filter, (column) => {
    const at = table.keyColumns.findIndex(({ name }) => name === column);
    return at === -1 ? row.cells.get(column)?.value : row.key[at];
  });
}
