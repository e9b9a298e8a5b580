/** The two tables, and the ledger over the real service. */
import TS from 'tablestore';
import type { Ledger } from '../../ledger/ledger.ts';
import { CALL_MAX_MS, HISTORY_TTL_DAYS } from '../../limits.ts';
import { clientsOf, RETRY_POLICY, type TableStoreConnection } from './client.ts';
import { ledgerOn } from './ledger.ts';
import { type RetryPolicy, retry } from './retries.ts';
import { sdkTable, type TableShape } from './sdk.ts';
import { TableError } from './table.ts';

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
  const ledger = sdkTable(connection, LEDGER_TABLE, policy);
  return ledgerOn({ ledger, history: sdkTable(connection, HISTORY_TABLE, policy) }, newToken);
}

/** Creates what is missing, and waits until both tables take requests. Throws when one is there with another shape. */
export async function ensureTables(
  connection: TableStoreConnection,
  policy: RetryPolicy = RETRY_POLICY,
): Promise<void> {
  for (const shape of [LEDGER_TABLE, HISTORY_TABLE]) {
    await retry(() => ensureTable(connection, shape), policy);
    await ready(connection, shape, policy);
  }
}

async function ensureTable(connection: TableStoreConnection, shape: TableShape): Promise<void> {
  const calling = clientsOf(connection);
  const primaryKey = shape.keys.map((name) => ({ name, type: TS.PrimaryKeyType.STRING }));
  try {
    await calling(`CreateTable ${shape.name}`, (client) =>
      client.createTable({
        tableMeta: { tableName: shape.name, primaryKey },
        tableOptions: { timeToLive: shape.timeToLiveS, maxVersions: 1 },
        reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
      }),
    );
  } catch (error) {
    if (!(error instanceof TableError) || error.code !== 'OTSObjectAlreadyExist') throw error;
    await verifyTable(connection, shape);
  }
}

async function verifyTable(connection: TableStoreConnection, shape: TableShape): Promise<void> {
  const { tableMeta, tableOptions } = await clientsOf(connection)(`DescribeTable ${shape.name}`, (client) =>
    client.describeTable({ tableName: shape.name }),
  );
  const keys = tableMeta.primaryKey.map(({ name }) => name).join(', ');
  const isStrings = tableMeta.primaryKey.every(({ type }) => type === TS.PrimaryKeyType.STRING);
  if (keys !== shape.keys.join(', ') || !isStrings || tableOptions.timeToLive !== shape.timeToLiveS)
    throw new Error(
      `table ${shape.name} is there with the keys ${keys} and a time to live of ${tableOptions.timeToLive} s; ` +
        `it needs ${shape.keys.join(', ')} as STRING and ${shape.timeToLiveS} s`,
    );
}

/** A new table answers OTSTableNotReady for some seconds, longer than the usual retries wait. */
async function ready(
  connection: TableStoreConnection,
  shape: TableShape,
  policy: RetryPolicy,
): Promise<void> {
  const table = sdkTable(connection, shape, policy);
  const startMs = policy.nowMs();
  for (;;) {
    try {
      await table.get(['ready', 'ready']);
      return;
    } catch (error) {
      const isNew = error instanceof TableError && error.code === 'OTSTableNotReady';
      if (!isNew || policy.nowMs() - startMs > 2 * CALL_MAX_MS) throw error;
    }
  }
}
