/** The ledger on the simulator, in process and over the wire. */
import { ledgerOn } from '../../../shared/adapters/tablestore/ledger.ts';
import { type RetryPolicy, withRetries } from '../../../shared/adapters/tablestore/retries.ts';
import type { Table } from '../../../shared/adapters/tablestore/table.ts';
import { HISTORY_TABLE, LEDGER_TABLE, tablestoreLedger } from '../../../shared/adapters/tablestore/tables.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import {
  ALL_NETWORKS,
  createTable,
  createTableStore,
  serveTableStore,
  type TableStore,
  tableOf,
} from '../../../simulator/tablestore/index.ts';
import { ensureTables } from './ensure-tables.ts';

export const START_MS = Date.UTC(2026, 4, 4, 12, 0, 30);

export interface LedgerTransport {
  readonly ledger: Ledger;
  readonly store: TableStore;
  readonly clock: VirtualClock;
  close(): Promise<void>;
}

/** Tokens that say when they were made: 1, 2, 3… Two who write to one store need two prefixes. */
export function tokens(prefix = 'token'): () => string {
  let made = 0;
  return () => `${prefix}-${++made}`;
}

/** Retries that take no time, and always the same. */
export const NO_WAIT: RetryPolicy = { nowMs: () => 0, sleep: () => Promise.resolve(), random: () => 0.5 };

export function inProcess(wrap: (table: Table) => Table = (table) => table): LedgerTransport {
  const clock = new VirtualClock(START_MS);
  const store = createTableStore({ clock });
  for (const shape of [LEDGER_TABLE, HISTORY_TABLE]) createTable(store, shape);
  const table = (name: string) => withRetries(wrap(tableOf(store, name)), NO_WAIT);
  const ledger = ledgerOn({ ledger: table('ledger'), history: table('history') }, tokens());
  return { ledger, store, clock, close: async () => {} };
}

/** Real dates: the SDK signs with the machine's clock. */
export async function overTheWire(): Promise<LedgerTransport> {
  const clock = new VirtualClock(Date.now());
  const store = createTableStore({
    clock,
    instance: 'ci-ledger',
    networks: ALL_NETWORKS,
    readyAfterMs: 0,
    credentials: (id) => (id === 'LTAI-test' ? { secret: 'secret-of-test' } : null),
  });
  const server = await serveTableStore(store);
  const connection = {
    endpoint: `http://127.0.0.1:${server.port}`,
    instance: 'ci-ledger',
    credentials: () => ({ accessKeyId: 'LTAI-test', accessKeySecret: 'secret-of-test' }),
    // Long: a busy machine must not look like a lost reply.
    tryMaxMs: 20_000,
  };
  await ensureTables(connection, NO_WAIT);
  const ledger = tablestoreLedger(connection, tokens(), NO_WAIT);
  return { ledger, store, clock, close: () => server.close() };
}
