/** Whole requests to bend, as the official SDK sends them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import TS from 'tablestore';
import type { TableStore } from '../../simulator/tablestore/index.ts';
import { answer } from '../../simulator/tablestore/server.ts';
import type { Sent } from './tablestore.ts';

interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/** What the official SDK sends for one of each operation. */
export async function recorded(store: TableStore, keys: Keys): Promise<Sent[]> {
  const sent: Sent[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => name.startsWith('x-ots-')),
    ) as Record<string, string>;
    const one = { method: 'POST', path: incoming.url ?? '', headers, body: Buffer.concat(chunks) };
    sent.push(one);
    const { status, body } = answer(store, one.method, one, Date.now());
    outgoing.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await talk(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, store.instance, keys);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return sent;
}

async function talk(endpoint: string, instancename: string, keys: Keys): Promise<void> {
  const client = new TS.Client({ endpoint, instancename, ...keys, maxRetries: 0 });
  const tableName = 'rows';
  const primaryKey = [{ pk: 'a' }, { at: TS.Long.fromNumber(1) }];
  const both = new TS.CompositeCondition(TS.LogicalOperator.AND);
  both.addSubCondition(new TS.SingleColumnCondition('x', 'a', TS.ComparatorType.EQUAL, true));
  both.addSubCondition(
    new TS.SingleColumnCondition('n', TS.Long.fromNumber(5), TS.ComparatorType.LESS_THAN, true),
  );
  const any = new TS.Condition(TS.RowExistenceExpectation.IGNORE, null);
  const when = new TS.Condition(TS.RowExistenceExpectation.EXPECT_EXIST, both);
  await client.createTable({
    tableMeta: {
      tableName,
      primaryKey: [
        { name: 'pk', type: 'STRING' },
        { name: 'at', type: 'INTEGER' },
      ],
    },
    tableOptions: { timeToLive: -1, maxVersions: 1 },
    reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
  });
  await client.listTable({});
  await client.describeTable({ tableName });
  const attributeColumns = [
    { x: 'a' },
    { n: TS.Long.fromNumber(1) },
    { d: 1.5 },
    { yes: true },
    { b: Buffer.of(1, 2) },
  ];
  await client.putRow({ tableName, primaryKey, condition: any, attributeColumns });
  const updateOfAttributeColumns = [
    { PUT: [{ y: 'b' }] },
    { INCREMENT: [{ n: TS.Long.fromNumber(1) }] },
    { DELETE_ALL: ['d'] },
  ];
  await client.updateRow({ tableName, primaryKey, condition: when, updateOfAttributeColumns });
  await client.getRow({ tableName, primaryKey, columnFilter: both, columnsToGet: ['x', 'y'] });
  await client.getRange({
    tableName,
    direction: TS.Direction.FORWARD,
    inclusiveStartPrimaryKey: [{ pk: TS.INF_MIN }, { at: TS.INF_MIN }] as TS.PrimaryKeyInput,
    exclusiveEndPrimaryKey: [{ pk: TS.INF_MAX }, { at: TS.INF_MAX }] as TS.PrimaryKeyInput,
    limit: 10,
  });
  await client.batchGetRow({ tables: [{ tableName, primaryKey: [primaryKey] }] });
  const rows = [{ type: 'PUT' as const, condition: any, primaryKey, attributeColumns }];
  await client.batchWriteRow({ tables: [{ tableName, rows }] });
  await client.deleteRow({ tableName, primaryKey, condition: any });
}
