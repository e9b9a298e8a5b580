/**
 * DescribeTable: table_name = 1. The answer: table_meta = 1, reserved_throughput_details = 2 { capacity_unit = 1,
 * last_increase_time = 2 }, table_options = 3, table_status = 4 (ACTIVE 1, LOADING 3).
 */
import { TableStoreRefusal } from '../errors.ts';
import type { TableState } from '../table.ts';
import { Draft } from '../wire/protobuf.ts';
import type { Operation } from '../wire/wire.ts';

const STATUS = { active: 1, loading: 3 } as const;
const KEY_TYPE = { INTEGER: 1, STRING: 2, BINARY: 3 } as const;

export const describeTable: Operation = {
  tableIn: (request) => request.text(1),
  run(store, request) {
    const table = store.tables.get(request.text(1));
    if (table === undefined)
      throw new TableStoreRefusal('OTSObjectNotExist', 'Requested table does not exist.');
    const isReady = store.clock.nowMs() >= table.readyAtMs;
    const capacity = new Draft().int(1, 0).int(2, 0);
    return new Draft()
      .message(1, metaOf(table))
      .message(2, new Draft().message(1, capacity).int(2, Math.floor(table.readyAtMs / 1000)))
      .message(3, new Draft().int(1, table.options.timeToLiveS).int(2, 1).int(5, table.options.deviationS))
      .int(4, isReady ? STATUS.active : STATUS.loading);
  },
};

function metaOf(table: TableState): Draft {
  const meta = new Draft().text(1, table.name);
  for (const { name, type } of table.keyColumns)
    meta.message(2, new Draft().text(1, name).int(2, KEY_TYPE[type]));
  return meta;
}
