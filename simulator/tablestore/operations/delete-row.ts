/** DeleteRow removes a row: table_name = 1, primary_key = 2, condition = 3, return_content = 4, transaction_id = 5. */
import { unsupported } from '../errors.ts';
import { tableNamed } from '../state.ts';
import type { Operation } from '../wire/wire.ts';
import { applyWrite, writeAnswer, writeIn } from '../writes.ts';

export const deleteRow: Operation = {
  tableIn: (request) => request.text(1),
  run(store, request) {
    if (request.has(5)) throw unsupported('transactions');
    const write = writeIn(store, tableNamed(store, request.text(1)), 'delete', {
      row: request.bytes(2),
      condition: request.message(3),
      returnContent: request.has(4) ? request.message(4) : null,
    });
    return writeAnswer(write, applyWrite(store, write));
  },
};
