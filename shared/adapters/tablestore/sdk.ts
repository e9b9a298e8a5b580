/** The ledger's tables over the wire, by the official SDK. */
import TS from 'tablestore';
import { clientsOf, RETRY_POLICY, type TableStoreConnection } from './client.ts';
import { CONDITION_CODE, toTableError } from './errors.ts';
import { type RetryPolicy, withRetries } from './retries.ts';
import type { Change, Check, Column, Columns, Condition, Key, Page, Row, Table } from './table.ts';

/** A row under two primary key columns, both STRING. */
export interface TableShape {
  readonly name: string;
  readonly keys: readonly [string, string];
  /** -1: for ever. */
  readonly timeToLiveS: number;
}

/** One table, with retries. Errors are `TableError`s. */
export function sdkTable(
  connection: TableStoreConnection,
  { name, keys }: TableShape,
  policy: RetryPolicy = RETRY_POLICY,
): Table {
  const calling = clientsOf(connection);
  const primaryKey = ([first, second]: Key) => [{ [keys[0]]: first }, { [keys[1]]: second }];
  const target = (key: Key) => ({ tableName: name, primaryKey: primaryKey(key) });
  const isHeld = async (what: string, call: (client: TS.Client) => Promise<unknown>): Promise<boolean> => {
    try {
      await calling(`${what} ${name}`, call);
      return true;
    } catch (error) {
      if (toTableError(error, what).code === CONDITION_CODE) return false;
      throw error;
    }
  };

  return withRetries(
    {
      async get(key) {
        const { row } = await calling(`GetRow ${name}`, (client) => client.getRow(target(key)));
        return row?.primaryKey ? columnsIn(row) : null;
      },
      put: (key, columns, condition) =>
        isHeld('PutRow', (client) =>
          client.putRow({
            ...target(key),
            condition: conditionOf(condition),
            attributeColumns: cellsOf(columns),
          }),
        ),
      update: (key, change, condition) =>
        isHeld('UpdateRow', (client) =>
          client.updateRow({
            ...target(key),
            condition: conditionOf(condition),
            updateOfAttributeColumns: changesOf(change),
          }),
        ),
      delete: (key, condition) =>
        isHeld('DeleteRow', (client) =>
          client.deleteRow({ ...target(key), condition: conditionOf(condition) }),
        ),
      async range(partition, from, limit) {
        const answer = await calling(`GetRange ${name}`, (client) =>
          client.getRange({
            tableName: name,
            direction: TS.Direction.FORWARD,
            inclusiveStartPrimaryKey: [{ [keys[0]]: partition }, { [keys[1]]: from ?? TS.INF_MIN }],
            exclusiveEndPrimaryKey: [{ [keys[0]]: partition }, { [keys[1]]: TS.INF_MAX }],
            limit,
          }),
        );
        return pageIn(answer);
      },
    },
    policy,
  );
}

function pageIn({ rows, nextStartPrimaryKey }: TS.GetRangeResult): Page {
  return {
    rows: rows.map((row): Row => ({ key: keyIn(row.primaryKey ?? []), columns: columnsIn(row) })),
    next: nextStartPrimaryKey ? keyIn(nextStartPrimaryKey) : null,
  };
}

const keyIn = ([first, second]: TS.PrimaryKeyOutput): Key => [String(first?.value), String(second?.value)];

function columnsIn({ attributes }: TS.Row): Columns {
  return Object.fromEntries(
    (attributes ?? []).map(({ columnName, columnValue }) => [columnName, columnIn(columnValue)]),
  );
}

function columnIn(value: TS.CellValue): Column {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  if (typeof value === 'object' && value !== null && 'toNumber' in value) return value.toNumber();
  throw new Error('a ledger row with a column that is neither text, whole number nor bytes');
}

/** A plain JavaScript number would be stored as DOUBLE. */
function cellOf(value: Column): TS.CellValue {
  if (typeof value === 'number') return TS.Long.fromNumber(value);
  return typeof value === 'string' ? value : Buffer.from(value);
}

const cellsOf = (columns: Columns) =>
  Object.entries(columns).map(([name, value]) => ({ [name]: cellOf(value) }));

function changesOf({ put = {}, add = {}, drop = [] }: Change) {
  return [
    { PUT: cellsOf(put) },
    { INCREMENT: Object.entries(add).map(([name, by]) => ({ [name]: TS.Long.fromNumber(by) })) },
    { DELETE_ALL: [...drop] },
  ];
}

const EXPECTATION = {
  present: TS.RowExistenceExpectation.EXPECT_EXIST,
  absent: TS.RowExistenceExpectation.EXPECT_NOT_EXIST,
  any: TS.RowExistenceExpectation.IGNORE,
} as const;

const COMPARATOR = {
  '=': TS.ComparatorType.EQUAL,
  '!=': TS.ComparatorType.NOT_EQUAL,
  '<': TS.ComparatorType.LESS_THAN,
  '<=': TS.ComparatorType.LESS_EQUAL,
  '>': TS.ComparatorType.GREATER_THAN,
  '>=': TS.ComparatorType.GREATER_EQUAL,
} as const;

function conditionOf({ row, checks = [] }: Condition): TS.Condition {
  const [first, ...others] = checks.map(checkOf);
  if (first === undefined || others.length === 0) return new TS.Condition(EXPECTATION[row], first ?? null);
  const all = new TS.CompositeCondition(TS.LogicalOperator.AND);
  for (const check of [first, ...others]) all.addSubCondition(check);
  return new TS.Condition(EXPECTATION[row], all);
}

const checkOf = ({ column, is, value, ifMissing }: Check) =>
  new TS.SingleColumnCondition(column, cellOf(value), COMPARATOR[is], ifMissing, true);
