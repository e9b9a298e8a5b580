/**
 * REMOTE=1: the contract against the real service. Needs a scratch instance, because its tables are emptied before each
 * test: OTS_ENDPOINT (with scheme), OTS_SCRATCH_INSTANCE, ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET,
 * and ALIBABA_CLOUD_SECURITY_TOKEN with temporary credentials.
 */
import { randomUUID } from 'node:crypto';
import TS from 'tablestore';
import { HISTORY_TABLE, LEDGER_TABLE, tablestoreLedger } from '../../../shared/adapters/tablestore/tables.ts';
import type { OpenLedger } from './contract/opening.ts';
import { ensureTables } from './ensure-tables.ts';

function wanted(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`REMOTE=1 needs ${name}`);
  return value;
}

export async function remote(): Promise<OpenLedger> {
  const securityToken = process.env.ALIBABA_CLOUD_SECURITY_TOKEN;
  const credentials = {
    accessKeyId: wanted('ALIBABA_CLOUD_ACCESS_KEY_ID'),
    accessKeySecret: wanted('ALIBABA_CLOUD_ACCESS_KEY_SECRET'),
    ...(securityToken ? { securityToken } : {}),
  };
  const connection = {
    endpoint: wanted('OTS_ENDPOINT'),
    instance: wanted('OTS_SCRATCH_INSTANCE'),
    credentials: () => credentials,
  };
  await ensureTables(connection);
  const client = new TS.Client({
    ...credentials,
    endpoint: connection.endpoint,
    instancename: connection.instance,
    maxRetries: 3,
  });
  await empty(client, LEDGER_TABLE);
  await empty(client, HISTORY_TABLE);
  return { ledger: tablestoreLedger(connection, randomUUID), close: async () => {} };
}

async function empty(client: TS.Client, { name, keys }: typeof LEDGER_TABLE): Promise<void> {
  const all = (bound: TS.VirtualData): TS.PrimaryKeyInput => keys.map((key) => ({ [key]: bound }));
  for (;;) {
    const { rows } = await client.getRange({
      tableName: name,
      direction: TS.Direction.FORWARD,
      inclusiveStartPrimaryKey: all(TS.INF_MIN),
      exclusiveEndPrimaryKey: all(TS.INF_MAX),
      limit: 100,
    });
    if (rows.length === 0) return;
    const condition = new TS.Condition(TS.RowExistenceExpectation.IGNORE, null);
    for (const { primaryKey } of rows)
      await client.deleteRow({
        tableName: name,
        condition,
        primaryKey: (primaryKey ?? []).map(({ name: key, value }) => ({ [key]: value })),
      });
  }
}
