/** The in-process transport: the ledger's table port directly on the state machine, with no wire between. */
import {
  CHECKS_MAX,
  type Change,
  type Check,
  type Column,
  type Columns,
  type Condition,
  type Key,
  type Row,
  type Table,
  TableError,
  type TableErrorMeaning,
} from '../../shared/adapters/tablestore/table.ts';
import type { Comparator, Filter, Condition as StoreCondition } from './conditions.ts';
import { ConnectionLost, invalid, TableStoreRefusal } from './errors.ts';
import { RANGE_MAX_BYTES, RANGE_ROWS_MAX, VALUE_MAX_BYTES } from './limits.ts';
import { perform, type TableStore, tableNamed } from './state.ts';
import { type CellChange, type StoredRow, TableState } from './table.ts';
import { INF_MAX, INF_MIN, sizeOf, type Value } from './values.ts';
import { sizeOfRow } from './wire/wire.ts';
import { checkColumns } from './writes.ts';

/** A table with two STRING keys, ready at once. */
export function createTable(
  store: TableStore,
  shape: { readonly name: string; readonly keys: readonly [string, string]; readonly timeToLiveS: number },
): void {
  const keyColumns = shape.keys.map((name) => ({ name, type: 'STRING' as const }));
  const options = { timeToLiveS: shape.timeToLiveS, deviationS: 86_400 };
  store.tables.set(shape.name, new TableState(shape.name, keyColumns, options, store.clock.nowMs()));
}

/** Answers at once, in one turn of the event loop. A fault throws a `TableError`, so wrap it in `patient`. */
export function tableOf(store: TableStore, name: string): Table {
  const call = <Answer>(operation: string, act: (table: TableState, nowMs: number) => Answer): Answer => {
    try {
      return perform(store, { operation, table: name }, () =>
        act(tableNamed(store, name), store.clock.nowMs()),
      );
    } catch (error) {
      throw tableErrorOf(error, `${operation} ${name}`);
    }
  };
  const isHeld = (operation: string, act: (table: TableState, nowMs: number) => unknown): boolean => {
    try {
      call(operation, act);
      return true;
    } catch (error) {
      if (error instanceof TableError && error.code === 'OTSConditionCheckFail') return false;
      throw error;
    }
  };

  return {
    async get(key) {
      return call('GetRow', (table, nowMs) => {
        store.counts.rowsScanned++;
        const row = table.find(key, nowMs);
        return row === null ? null : columnsIn(row);
      });
    },
    async put(key, columns, condition) {
      return isHeld('PutRow', (table, nowMs) =>
        table.put(key, checked(table, putsOf(columns)), conditionOf(condition), nowMs),
      );
    },
    async update(key, change, condition) {
      return isHeld('UpdateRow', (table, nowMs) => {
        const changes = checked(table, changesOf(change));
        if (changes.length === 0) throw invalid('Invalid update row request: missing cells in request');
        return table.update(key, changes, conditionOf(condition), nowMs);
      });
    },
    async delete(key, condition) {
      return isHeld('DeleteRow', (table, nowMs) => table.delete(key, conditionOf(condition), nowMs));
    },
    async range(first, from, limit, last = first) {
      return call('GetRange', (table, nowMs) => {
        const rows: Row[] = [];
        const most = Math.min(limit, RANGE_ROWS_MAX);
        let bytes = 0;
        for (const row of table.between(from ?? [first, INF_MIN], [last, INF_MAX], nowMs)) {
          if (rows.length === most || bytes >= RANGE_MAX_BYTES) return { rows, next: keyIn(row) };
          store.counts.rowsScanned++;
          bytes += sizeOfRow(row);
          rows.push({ key: keyIn(row), columns: columnsIn(row) });
        }
        return { rows, next: null };
      });
    },
  };
}

/** By HTTP status, as an adapter on the wire would have to judge. */
function tableErrorOf(error: unknown, what: string): unknown {
  if (error instanceof ConnectionLost)
    return new TableError('ConnectionLost', 'unknown', `${what}: connection lost`);
  if (!(error instanceof TableStoreRefusal)) return error;
  return new TableError(error.code, meaningOf(error), `${what}: ${error.code} ${error.message}`);
}

function meaningOf({ code, status }: TableStoreRefusal): TableErrorMeaning {
  if (status >= 500) return 'unknown';
  const isPassing = ['OTSRowOperationConflict', 'OTSTableNotReady', 'OTSCapacityUnitExhausted'].includes(
    code,
  );
  return isPassing ? 'later' : 'fatal';
}

const keyIn = (row: StoredRow): Key => [String(row.key[0]), String(row.key[1])];

function columnsIn(row: StoredRow): Columns {
  const columns: Record<string, Column> = {};
  for (const [name, { value }] of row.cells) columns[name] = columnIn(value);
  return columns;
}

function columnIn(value: Value): Column {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  throw new Error('a column that the ledger does not write');
}

function storedOf(column: Column): Value {
  const value = typeof column === 'number' ? BigInt(column) : column;
  if (sizeOf(value) > VALUE_MAX_BYTES)
    throw invalid('The length of attribute column exceeded the MaxLength.');
  return value;
}

function putsOf(columns: Columns): CellChange[] {
  return Object.entries(columns).map(([column, value]) => ({
    kind: 'put',
    column,
    value: storedOf(value),
    atMs: null,
  }));
}

/** What is refused over the wire. */
function checked(table: TableState, changes: CellChange[]): CellChange[] {
  checkColumns(table, changes);
  return changes;
}

function changesOf({ put = {}, add = {}, drop = [] }: Change): CellChange[] {
  return [
    ...putsOf(put),
    ...Object.entries(add).map(([column, by]): CellChange => ({ kind: 'increment', column, by: BigInt(by) })),
    ...drop.map((column): CellChange => ({ kind: 'delete-all', column })),
  ];
}

const EXPECTATION = { present: 'EXPECT_EXIST', absent: 'EXPECT_NOT_EXIST', any: 'IGNORE' } as const;
const COMPARATOR: Readonly<Record<Check['is'], Comparator>> = {
  '=': 'EQUAL',
  '!=': 'NOT_EQUAL',
  '<': 'LESS_THAN',
  '<=': 'LESS_EQUAL',
  '>': 'GREATER_THAN',
  '>=': 'GREATER_EQUAL',
};

function conditionOf({ row, checks = [] }: Condition): StoreCondition {
  if (checks.length > CHECKS_MAX) throw invalid('The count of filter exceeds the max.');
  if (checks.length === 0) return { expectation: EXPECTATION[row], filter: null };
  const filters = checks.map(
    ({ column, is, value, ifMissing }): Filter => ({
      kind: 'single',
      column,
      comparator: COMPARATOR[is],
      value: storedOf(value),
      passIfMissing: ifMissing,
    }),
  );
  return { expectation: EXPECTATION[row], filter: { kind: 'composite', operator: 'AND', filters } };
}
