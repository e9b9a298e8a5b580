/**
 * CreateTable: table_meta = 1 { table_name = 1, primary_key = 2 { name = 1, type = 2, option = 3 }, defined_column = 3,
 * index_meta = 4 }, reserved_throughput = 2 { capacity_unit = 1 }, table_options = 3 { time_to_live = 1, max_versions = 2,
 * deviation_cell_version_in_sec = 5, allow_update = 6 }, partitions = 4, stream_spec = 5 { enable_stream = 1 }, index_metas = 7.
 */
import { invalid, TableStoreRefusal, unsupported } from '../errors.ts';
import {
  checkColumnName,
  checkTableName,
  KEY_COLUMNS_MAX,
  TABLES_MAX,
  TIME_TO_LIVE_MIN_S,
  VERSION_DEVIATION_DEFAULT_S,
} from '../limits.ts';
import { type KeyColumn, type TableOptions, TableState } from '../table.ts';
import { Draft, type Message } from '../wire/protobuf.ts';
import type { Operation } from '../wire/wire.ts';

export const createTable: Operation = {
  tableIn: (request) => request.message(1).text(1),
  run(store, request) {
    const meta = request.message(1);
    const name = meta.text(1);
    checkTableName(name);
    const keyColumns = keyColumnsIn(meta);
    request.message(2).message(1);
    const options = optionsIn(request);
    checkLacking(request);
    if (store.tables.has(name))
      throw new TableStoreRefusal('OTSObjectAlreadyExist', 'Requested table already exists.');
    if (store.tables.size >= TABLES_MAX)
      throw new TableStoreRefusal('OTSQuotaExhausted', 'Number of tables exceeded the quota.');
    const readyAtMs = store.clock.nowMs() + store.readyAfterMs;
    store.tables.set(name, new TableState(name, keyColumns, options, readyAtMs));
    return new Draft();
  },
};

const KEY_TYPES = ['INTEGER', 'STRING', 'BINARY'] as const;

function keyColumnsIn(meta: Message): KeyColumn[] {
  const columns = meta.messages(2).map((column) => {
    const name = column.text(1);
    checkColumnName(name);
    const type = KEY_TYPES[column.int(2) - 1];
    if (type === undefined) throw invalid('Invalid column type, only STRING,INTEGER,BINARY is allowed.');
    if (column.has(3)) throw unsupported('auto-increment keys');
    return { name, type };
  });
  if (columns.length < 1 || columns.length > KEY_COLUMNS_MAX)
    throw invalid(`The number of primary key columns must be in range: [1, ${KEY_COLUMNS_MAX}].`);
  const twice = columns.find(({ name }, at) => columns.findIndex((each) => each.name === name) !== at);
  if (twice !== undefined) throw invalid(`Duplicated primary key name: '${twice.name}'.`);
  return columns;
}

function optionsIn(request: Message): TableOptions {
  if (!request.has(3)) throw invalid('No parameter is specified in table options.');
  const options = request.message(3);
  if (!options.has(1)) throw invalid('Time-to-live is missing while creating table.');
  if (!options.has(2)) throw invalid('MaxVersions is missing while creating table.');
  const timeToLiveS = options.int(1);
  if (timeToLiveS === 0 || timeToLiveS < -1) throw invalid('TimeToLive cannot be 0 or less than -1.');
  if (timeToLiveS !== -1 && timeToLiveS < TIME_TO_LIVE_MIN_S)
    throw invalid(`TimeToLive must be at least ${TIME_TO_LIVE_MIN_S} seconds.`);
  if (options.int(2) <= 0) throw invalid('The maximum versions cannot be less than or equal to 0');
  if (options.int(2) > 1) throw unsupported('several versions');
  return { timeToLiveS, deviationS: deviationIn(options) };
}

function deviationIn(options: Message): number {
  const deviationS = options.has(5) ? options.int(5) : VERSION_DEVIATION_DEFAULT_S;
  if (deviationS < 0) throw invalid('The maximum deviation must be in range [0, INT64_MAX/1000000].');
  return deviationS;
}

function checkLacking(request: Message): void {
  if (request.message(1).has(3)) throw unsupported('predefined columns');
  if (request.message(1).has(4) || request.has(7)) throw unsupported('secondary indexes');
  if (request.has(4)) throw unsupported('pre-split tables');
  if (request.has(5) && request.message(5).bool(1)) throw unsupported('streams');
}
