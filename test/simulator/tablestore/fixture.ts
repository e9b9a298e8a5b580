/** A served TableStore and a client of the official SDK, for one test. */
import TS from 'tablestore';
import type { Credential } from '../../../simulator/accounts.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import {
  ALL_NETWORKS,
  createTableStore,
  type NetworkType,
  serveTableStore,
  type TableStore,
} from '../../../simulator/tablestore/index.ts';

export interface TableStoreFixture {
  readonly client: TS.Client;
  readonly store: TableStore;
  readonly clock: VirtualClock;
  readonly port: number;
}

export const ACCESS_KEY_ID = 'LTAI-fixture';
export const SECRET = 'secret-of-fixture';

/** With a table `rows` of keys `pk` (STRING) and `at` (INTEGER), ready. */
export function openTableStore(
  act: (fixture: TableStoreFixture) => Promise<void>,
  options: {
    readonly credential?: Credential;
    readonly token?: string;
    readonly timeToLive?: number;
    readonly networks?: readonly NetworkType[];
    wallNowMs?(): number;
  } = {},
): () => Promise<void> {
  return async () => {
    const clock = new VirtualClock(Date.now());
    const credential = options.credential ?? { secret: SECRET };
    const store = createTableStore({
      clock,
      instance: 'fixture',
      networks: options.networks ?? ALL_NETWORKS,
      readyAfterMs: 0,
      credentials: (id) => (id === ACCESS_KEY_ID ? credential : null),
    });
    const { port, close } = await serveTableStore(
      store,
      options.wallNowMs && { wallNowMs: options.wallNowMs },
    );
    const client = clientOf(port, { securityToken: options.token });
    try {
      if (options.credential === undefined) await client.createTable(tableOf('rows', options.timeToLive));
      await act({ client, store, clock, port });
      if (store.surprises.length > 0) throw store.surprises[0];
    } finally {
      await close();
    }
  };
}

export function clientOf(port: number, some: Record<string, unknown> = {}): TS.Client {
  return new TS.Client({
    endpoint: `http://127.0.0.1:${port}`,
    instancename: 'fixture',
    accessKeyId: ACCESS_KEY_ID,
    accessKeySecret: SECRET,
    maxRetries: 0,
    ...some,
  } as TS.ConfigOptions);
}

export function tableOf(tableName: string, timeToLive = -1): TS.CreateTableParams {
  return {
    tableMeta: {
      tableName,
      primaryKey: [
        { name: 'pk', type: 'STRING' },
        { name: 'at', type: 'INTEGER' },
      ],
    },
    tableOptions: { timeToLive, maxVersions: 1 },
    reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
  };
}

export const long = (value: number) => TS.Long.fromNumber(value);
export const key = (pk: string, at: number): TS.PrimaryKeyInput => [{ pk }, { at: long(at) }];

export const condition = (
  row: keyof typeof TS.RowExistenceExpectation = 'IGNORE',
  column: TS.ColumnCondition | null = null,
) => new TS.Condition(TS.RowExistenceExpectation[row], column);

export const column = (
  name: string,
  value: TS.CellValue,
  comparator: keyof typeof TS.ComparatorType = 'EQUAL',
  passIfMissing = false,
) => new TS.SingleColumnCondition(name, value, TS.ComparatorType[comparator], passIfMissing);

export function all(operator: keyof typeof TS.LogicalOperator, ...parts: TS.ColumnCondition[]) {
  const composite = new TS.CompositeCondition(TS.LogicalOperator[operator]);
  for (const part of parts) composite.addSubCondition(part);
  return composite;
}

/** As `{column: value}`, integers as `12n`; undefined: no such row. */
export function plain(row: TS.Row | undefined): Record<string, unknown> | undefined {
  if (row === undefined || !row.attributes) return undefined;
  return Object.fromEntries(
    row.attributes.map(({ columnName, columnValue }) => [columnName, plainValue(columnValue)]),
  );
}

export function plainKey(primaryKey: TS.PrimaryKeyOutput | null | undefined): unknown[] {
  return (primaryKey ?? []).map(({ value }) => plainValue(value));
}

function plainValue(value: TS.CellValue): unknown {
  if (Buffer.isBuffer(value)) return [...value];
  return typeof value === 'object' && value !== null && 'toNumber' in value
    ? BigInt(value.toNumber())
    : value;
}

/** Status and error code, as `400 OTSParameterInvalid`, and the service's message. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('it was not refused'),
    (reason: Error & { code?: unknown }) => reason,
  );
  const code = /OTS[A-Za-z]+/.exec(error.message)?.[0] ?? '?';
  const said = error.message.slice(error.message.indexOf(code) + code.length).replace(/ ?requestId:.*$/s, '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the SDK hands on the raw bytes of the protobuf error.
  return `${(error as { code?: unknown }).code} ${code}: ${said.replace(/^\x12[\s\S][\x01]?/, '')}`;
}
