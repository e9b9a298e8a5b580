/** The two tables, and the ledger over the real service. */
import type { Ledger } from '../../ledger/ledger.ts';
import { HISTORY_TTL_DAYS } from '../../limits.ts';
import { RETRY_POLICY, type TableStoreConnection } from './client.ts';
import { ledgerOn } from './ledger.ts';
import { remoteTable, type TableShape } from './remote.ts';
import type { RetryPolicy } from './retries.ts';

export const LEDGER_TABLE: TableShape = { name: 'ledger', keys: ['kind', 'id'], timeToLiveS: -1 };
export const HISTORY_TABLE: TableShape = {
  name: 'history',
  keys: ['day', 'jobId'],
  timeToLiveS: HISTORY_TTL_DAYS * 24 * 3600,
};

/** `newToken`: see `ledgerOn`. */
export function tablestoreLedger(
  connection: TableStoreConnection,
  newToken: () => string,
  policy: RetryPolicy = RETRY_POLICY,
): Ledger {
  const ledger = remoteTable(connection, LEDGER_TABLE, policy);
  return ledgerOn({ ledger, history: remoteTable(connection, HISTORY_TABLE, policy) }, newToken);
}
