/** Makes the two tables as the deployment's template does, by the official SDK. */
import TS from 'tablestore';
import type { TableStoreConnection } from '../../../shared/adapters/tablestore/client.ts';
import { toTableError } from '../../../shared/adapters/tablestore/errors.ts';
import { remoteTable, type TableShape } from '../../../shared/adapters/tablestore/remote.ts';
import { type RetryPolicy, retry } from '../../../shared/adapters/tablestore/retries.ts';
import { TableError } from '../../../shared/adapters/tablestore/table.ts';
import { HISTORY_TABLE, LEDGER_TABLE } from '../../../shared/adapters/tablestore/tables.ts';
import { CALL_MAX_MS } from '../../../shared/limits.ts';

const REAL: RetryPolicy = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: () => 0.5,
};

/** Creates what is missing, and waits until both take requests. Throws when one is there with another shape. */
export async function ensureTables(
  connection: TableStoreConnection,
  policy: RetryPolicy = REAL,
): Promise<void> {
  for (const shape of [LEDGER_TABLE, HISTORY_TABLE]) {
    await retry(() => ensureTable(connection, shape), policy);
    await ready(connection, shape, policy);
  }
}

async function calling<Answer>(
  { endpoint, instance, credentials }: TableStoreConnection,
  what: string,
  call: (client: TS.Client) => Promise<Answer>,
): Promise<Answer> {
  const { securityToken, ...key } = credentials();
  const token = securityToken === undefined ? {} : { securityToken };
  const client = new TS.Client({ endpoint, instancename: instance, ...key, ...token, maxRetries: 0 });
  try {
    return await call(client);
  } catch (error) {
    throw toTableError(error, what);
  }
}

async function ensureTable(connection: TableStoreConnection, shape: TableShape): Promise<void> {
  const primaryKey = shape.keys.map((name) => ({ name, type: TS.PrimaryKeyType.STRING }));
  try {
    await calling(connection, `CreateTable ${shape.name}`, (client) =>
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
  const { tableMeta, tableOptions } = await calling(connection, `DescribeTable ${shape.name}`, (client) =>
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
  const table = remoteTable(connection, shape, policy);
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
