import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { TableStoreConnection } from '../../../shared/adapters/tablestore/client.ts';
import type { RetryPolicy } from '../../../shared/adapters/tablestore/retries.ts';
import { HISTORY_TABLE, LEDGER_TABLE, tablestoreLedger } from '../../../shared/adapters/tablestore/tables.ts';
import { CALL_TRIES_MAX } from '../../../shared/limits.ts';
import type { Credential } from '../../../simulator/accounts.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import {
  ALL_NETWORKS,
  createTable,
  createTableStore,
  serveTableStore,
  type TableStore,
} from '../../../simulator/tablestore/index.ts';
import { ensureTables } from './ensure-tables.ts';
import { NO_WAIT, START_MS, tokens } from './transports.ts';

const KEYS = { accessKeyId: 'LTAI-1', accessKeySecret: 's-1' };

interface World {
  readonly clock: VirtualClock;
  readonly store: TableStore;
  /** Keys that the server knows. */
  readonly valid: Map<string, Credential>;
  /** Keys that the client uses. */
  readonly keys: { now: ReturnType<TableStoreConnection['credentials']> };
  readonly connection: TableStoreConnection;
  readonly policy: RetryPolicy;
}

/** Tables are ready three seconds after they were created; retries move the store's clock. */
async function served(act: (world: World) => Promise<void>): Promise<void> {
  const clock = new VirtualClock(START_MS);
  const valid = new Map<string, Credential>([['LTAI-1', { secret: 's-1' }]]);
  const store = createTableStore({
    clock,
    instance: 'ci',
    networks: ALL_NETWORKS,
    credentials: (id) => valid.get(id) ?? null,
  });
  const server = await serveTableStore(store);
  const keys: World['keys'] = { now: KEYS };
  const endpoint = `http://127.0.0.1:${server.port}`;
  const connection = { endpoint, instance: 'ci', credentials: () => keys.now };
  const policy: RetryPolicy = {
    nowMs: () => clock.nowMs(),
    sleep: (ms) => clock.runUntil(clock.nowMs() + ms),
    random: () => 0.5,
  };
  try {
    await act({ clock, store, valid, keys, connection, policy });
  } finally {
    await server.close();
  }
}

test('both tables are created, and waited for until they take requests', () =>
  served(async ({ store, connection, policy, clock }) => {
    await ensureTables(connection, policy);
    expect([...store.tables.keys()].sort()).toEqual(['history', 'ledger']);
    expect(store.tables.get('history')?.options.timeToLiveS).toBe(90 * 86_400);
    expect(store.tables.get('ledger')?.options.timeToLiveS).toBe(-1);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(START_MS + 3_000);
  }));

test('tables that are there already stay, with what they hold', () =>
  served(async ({ connection, policy }) => {
    await ensureTables(connection, policy);
    const ledger = tablestoreLedger(connection, tokens(), policy);
    await ledger.notes.add('a', { text: 'kept', untilMs: null });
    await ensureTables(connection, policy);
    expect((await ledger.notes.read('a'))?.entry.text).toBe('kept');
  }));

test('a table of that name with another shape is not touched', () =>
  served(async ({ store, connection, policy }) => {
    createTable(store, LEDGER_TABLE);
    createTable(store, { ...HISTORY_TABLE, timeToLiveS: 86_400 });
    await expect(ensureTables(connection, policy)).rejects.toThrow(
      'table history is there with the keys day, jobId',
    );
  }));

test('credentials that were renewed are used from the next call on', () =>
  served(async ({ connection, policy, keys, valid }) => {
    await ensureTables(connection, policy);
    const ledger = tablestoreLedger(connection, tokens(), policy);
    expect(await ledger.notes.read('a')).toBeNull();
    valid.delete('LTAI-1');
    await expect(ledger.notes.read('a')).rejects.toThrow('OTSAuthFailed The AccessKeyID does not exist.');
    valid.set('STS.2', { secret: 's-2', securityToken: 'token-2' });
    keys.now = { accessKeyId: 'STS.2', accessKeySecret: 's-2', securityToken: 'token-2' };
    expect(await ledger.notes.read('a')).toBeNull();
  }));

test.each([
  ['never answers', () => {}],
  [
    'breaks off in its answer',
    (outgoing: ServerResponse) => outgoing.writeHead(200, { 'content-length': 50 }).write('x'),
  ],
])('a server that %s is given up in time', async (_name, reply) => {
  let asked = 0;
  const server = createServer((_incoming, outgoing) => {
    asked++;
    reply(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connection = { endpoint, instance: 'ci', credentials: () => KEYS, tryMaxMs: 100 };
    const ledger = tablestoreLedger(connection, tokens(), NO_WAIT);
    await expect(ledger.notes.read('a')).rejects.toMatchObject({ name: 'TableError', meaning: 'unknown' });
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(CALL_TRIES_MAX);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
