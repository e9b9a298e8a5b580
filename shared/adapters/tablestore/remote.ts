/** The ledger's tables over the wire. */
import { callsOf, RETRY_POLICY, type TableStoreConnection } from './client.ts';
import { CONDITION_CODE } from './errors.ts';
import { type RetryPolicy, withRetries } from './retries.ts';
import { type Table, TableError } from './table.ts';
import {
  deleteRow,
  getRange,
  getRow,
  pageIn,
  putRow,
  rowIn,
  type Target,
  updateRow,
} from './wire/messages.ts';

/** A row under two primary key columns, both STRING. */
export interface TableShape extends Target {
  /** -1: for ever. */
  readonly timeToLiveS: number;
}

/** One table, with retries. Errors are `TableError`s. */
export function remoteTable(
  connection: TableStoreConnection,
  shape: TableShape,
  policy: RetryPolicy = RETRY_POLICY,
): Table {
  const call = callsOf(connection);
  const ask = <Answer>(operation: string, body: Buffer, read: (answer: Buffer) => Answer) =>
    call(operation, shape.name, body, read);
  const isHeld = async (operation: string, body: Buffer): Promise<boolean> => {
    try {
      await ask(operation, body, () => null);
      return true;
    } catch (error) {
      if (error instanceof TableError && error.code === CONDITION_CODE) return false;
      throw error;
    }
  };
  return withRetries(
    {
      get: (key) => ask('GetRow', getRow(shape, key), rowIn),
      put: (key, columns, condition) => isHeld('PutRow', putRow(shape, key, columns, condition)),
      update: (key, change, condition) => isHeld('UpdateRow', updateRow(shape, key, change, condition)),
      delete: (key, condition) => isHeld('DeleteRow', deleteRow(shape, key, condition)),
      range: (...asked) => ask('GetRange', getRange(shape, ...asked), pageIn),
    },
    policy,
  );
}
