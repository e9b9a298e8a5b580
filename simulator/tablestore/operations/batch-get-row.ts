/**
 * BatchGetRow: tables = 1 { table_name = 1, primary_key = 2, token = 3, columns_to_get = 4, time_range = 5, max_versions = 6,
 * filter = 8, start_column = 9, end_column = 10 }. The answer: tables = 1 { table_name = 1, rows = 2 { is_ok = 1,
 * error = 2 { code = 1, message = 2 }, consumed = 3, row = 4 } }. Each row has its own outcome.
 */
import { invalid } from '../errors.ts';
import { BATCH_GET_ROWS_MAX } from '../limits.ts';
import { type TableStore, tableNamed } from '../state.ts';
import { writeRows } from '../wire/plain-buffer-write.ts';
import { Draft, type Message } from '../wire/protobuf.ts';
import { columnsIn, consumed, type Operation, readFilterIn } from '../wire/wire.ts';
import { checkDistinct, outcome } from './batch-outcome.ts';
import { look } from './get-row.ts';

export const batchGetRow: Operation = {
  tableIn: () => null,
  run(store, request) {
    const tables = request.messages(1);
    const rows = tables.reduce((sum, table) => sum + table.allBytes(2).length, 0);
    if (rows === 0) throw invalid('No row specified in the request of BatchGetRow.');
    if (rows > BATCH_GET_ROWS_MAX)
      throw invalid(`Rows count exceeds the upper limit: ${BATCH_GET_ROWS_MAX}.`);
    checkDistinct(tables.map((table) => table.text(1)));
    const answer = new Draft();
    for (const table of tables) answer.message(1, ofTable(store, table));
    return answer;
  },
};

function ofTable(store: TableStore, request: Message): Draft {
  const name = request.text(1);
  const answer = new Draft().text(1, name);
  const filter = readFilterIn(request, { filter: 8, timeRange: 5, maxVersions: 6, lacking: [3, 9, 10] });
  const wanted = columnsIn(request.texts(4));
  for (const key of request.allBytes(2))
    answer.message(
      2,
      outcome(() => {
        const found = look(store, tableNamed(store, name), key, wanted, filter);
        return new Draft()
          .bool(1, true)
          .message(3, consumed(found.bytes, null))
          .bytes(4, writeRows(found.rows));
      }),
    );
  return answer;
}
