/**
 * BatchWriteRow: tables = 1 { table_name = 1, rows = 2 { type = 1 (PUT 1, UPDATE 2, DELETE 3), row_change = 2, condition = 3,
 * return_content = 4 } }, transaction_id = 2. The answer is BatchGetRow's. Each row has its own outcome.
 */
import { invalid, unsupported } from '../errors.ts';
import { BATCH_WRITE_ROWS_MAX, REQUEST_MAX_BYTES } from '../limits.ts';
import { type TableStore, tableNamed } from '../state.ts';
import { orderOf } from '../values.ts';
import { Draft, type Message } from '../wire/protobuf.ts';
import { consumed, type Operation } from '../wire/wire.ts';
import { applyWrite, type Write, writeIn } from '../writes.ts';
import { checkDistinct, outcome } from './batch-outcome.ts';

export const batchWriteRow: Operation = {
  tableIn: () => null,
  run(store, request) {
    if (request.has(2)) throw unsupported('transactions');
    const tables = request.messages(1);
    checkBatch(tables);
    checkDistinct(tables.map((table) => table.text(1)));
    // All are understood before the first is applied: a broken request changes nothing.
    const plans = tables.map((table) => ({ name: table.text(1), rows: planOf(store, table) }));
    const answer = new Draft();
    for (const { name, rows } of plans) {
      const ofTable = new Draft().text(1, name);
      for (const act of rows) ofTable.message(2, outcome(act));
      answer.message(1, ofTable);
    }
    return answer;
  },
};

function checkBatch(tables: readonly Message[]): void {
  const rows = tables.flatMap((table) => table.messages(2));
  if (rows.length === 0) throw invalid('No row is specified in BatchWriteRow.');
  if (rows.length > BATCH_WRITE_ROWS_MAX)
    throw invalid(`Rows count exceeds the upper limit: ${BATCH_WRITE_ROWS_MAX}.`);
  const empty = tables.find((table) => table.allBytes(2).length === 0);
  if (empty !== undefined) throw invalid(`No operation is specified for table: ${empty.text(1)}.`);
  const bytes = rows.reduce((sum, row) => sum + row.bytes(2).length, 0);
  if (bytes > REQUEST_MAX_BYTES)
    throw invalid(
      `The total data size of BatchWriteRow request exceeds the limit, limit size: ${REQUEST_MAX_BYTES}, data size: ${bytes}.`,
    );
}

const KINDS = ['put', 'update', 'delete'] as const;

/** One act a row. A table that is not there is each row's own misfortune. */
function planOf(store: TableStore, request: Message): (() => Draft)[] {
  const name = request.text(1);
  const table = store.tables.get(name);
  if (table === undefined)
    return request.messages(2).map(() => () => {
      tableNamed(store, name);
      throw new Error('unreachable');
    });
  const writes = request.messages(2).map((row) => {
    const kind = KINDS[row.int(1) - 1];
    if (kind === undefined) throw invalid('The type of row in batch write operation is invalid.');
    return writeIn(store, table, kind, {
      row: row.bytes(2),
      condition: row.message(3),
      returnContent: row.has(4) ? row.message(4) : null,
    });
  });
  checkRepeated(writes);
  return writes.map((write) => () => {
    tableNamed(store, name);
    const row = applyWrite(store, write);
    const answer = new Draft().bool(1, true).message(3, consumed(null, 1));
    return row === null ? answer : answer.bytes(4, row);
  });
}

/** A row that comes twice may neither be conditional nor count. */
function checkRepeated(writes: readonly Write[]): void {
  const keys = writes.map(({ key }) => orderOf(key));
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const repeated = writes.filter((_, at) => (counts.get(keys[at] as string) as number) > 1);
  if (repeated.some(({ condition }) => condition.expectation !== 'IGNORE'))
    throw invalid('Repeated rows do not support row exist expectation check in BatchModify.');
  if (repeated.some(({ condition }) => condition.filter !== null))
    throw invalid('Repeated rows do not support row condition check in BatchModify.');
  if (repeated.some(({ changes }) => changes.some(({ kind }) => kind === 'increment')))
    throw invalid('Duplicate rows detected in MultiPut.');
}
