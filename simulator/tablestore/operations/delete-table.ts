/** DeleteTable: table_name = 1. The answer is empty. */
import { TableStoreRefusal } from '../errors.ts';
import { Draft } from '../wire/protobuf.ts';
import type { Operation } from '../wire/wire.ts';

export const deleteTable: Operation = {
  tableIn: (request) => request.text(1),
  run(store, request) {
    if (!store.tables.delete(request.text(1)))
      throw new TableStoreRefusal('OTSObjectNotExist', 'Requested table does not exist.');
    return new Draft();
  },
};
