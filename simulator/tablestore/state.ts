/** The whole simulated instance: tables, faults and counts. All time comes from a `SimClock`. */
import type { Credentials } from '../accounts.ts';
import type { SimClock } from '../clock.ts';
import { ConnectionLost, TableStoreRefusal } from './errors.ts';
import type { TableState } from './table.ts';

export interface Call {
  /** As the service names it: PutRow, GetRange… */
  readonly operation: string;
  /** Null: the operation is on no one table. */
  readonly table: string | null;
}

/** `…-after`: the write is applied, and the caller does not learn it. `lost`: the connection breaks. */
export type Fault =
  | 'busy'
  | 'throttled'
  | 'conflict'
  | 'timeout-before'
  | 'timeout-after'
  | 'lost-before'
  | 'lost-after';

/** Whence an instance may be reached: its `NetworkTypeACL`. */
export type NetworkType = 'VPC' | 'CLASSIC' | 'INTERNET';

/** Alibaba Cloud docs, Tablestore "Network ACL" (2024-11): a new instance refuses the Internet. */
export const NEW_INSTANCE_NETWORKS: readonly NetworkType[] = ['VPC', 'CLASSIC'];
export const ALL_NETWORKS: readonly NetworkType[] = [...NEW_INSTANCE_NETWORKS, 'INTERNET'];

export interface TableStoreOptions {
  readonly clock: SimClock;
  /** Default: those of a new instance. */
  readonly networks?: readonly NetworkType[];
  /** Alibaba Cloud docs, Tablestore "Instance": 3 to 16 characters. */
  readonly instance?: string;
  readonly credentials?: Credentials;
  /** "Wait a few seconds" after CreateTable says the documentation of OTSTableNotReady. */
  readonly readyAfterMs?: number;
}

export interface TableStore {
  readonly clock: SimClock;
  /** Where a stack makes it, named then. */
  instance: string;
  /** Its network ACL. What comes over the wire here comes from the Internet. */
  networks: readonly NetworkType[];
  readonly credentials: Credentials;
  readonly readyAfterMs: number;
  readonly tables: Map<string, TableState>;
  /** Asked at each call; null: this call goes well. */
  faults: ((call: Call) => Fault | null) | null;
  readonly counts: Counts;
  /** Errors of the simulator's own, answered as OTSInternalServerError: each is a fault of this program. */
  readonly surprises: unknown[];
}

export interface Counts {
  /** by operation */
  readonly calls: Map<string, number>;
  /** Rows that reads looked at, whether they were returned or not. */
  rowsScanned: number;
}

const READY_AFTER_MS = 3_000;

export function createTableStore(options: TableStoreOptions): TableStore {
  return {
    clock: options.clock,
    instance: options.instance ?? 'simulated',
    networks: options.networks ?? NEW_INSTANCE_NETWORKS,
    credentials: options.credentials ?? (() => null),
    readyAfterMs: options.readyAfterMs ?? READY_AFTER_MS,
    tables: new Map(),
    faults: null,
    counts: { calls: new Map(), rowsScanned: 0 },
    surprises: [],
  };
}

/** Counts the call, and does it unless a fault is drawn. Throws `TableStoreRefusal` or `ConnectionLost`. */
export function perform<Answer>(store: TableStore, call: Call, act: () => Answer): Answer {
  store.counts.calls.set(call.operation, (store.counts.calls.get(call.operation) ?? 0) + 1);
  const fault = store.faults === null ? null : store.faults(call);
  if (fault === null) return act();
  const isAfter = fault === 'timeout-after' || fault === 'lost-after';
  if (isAfter) act();
  throw errorOf(fault);
}

function errorOf(fault: Fault): Error {
  switch (fault) {
    case 'busy':
      return new TableStoreRefusal('OTSServerBusy', 'Server is busy.');
    case 'throttled':
      return new TableStoreRefusal('OTSCapacityUnitExhausted', 'Capacity unit is not enough.');
    case 'conflict':
      return new TableStoreRefusal('OTSRowOperationConflict', 'Data is being modified by the other request.');
    case 'timeout-before':
    case 'timeout-after':
      return new TableStoreRefusal('OTSTimeout', 'Operation timeout.');
    case 'lost-before':
    case 'lost-after':
      return new ConnectionLost('connection lost');
  }
}

/** Throws as the service does for a table that is not there, or not there yet. */
export function tableNamed(store: TableStore, name: string): TableState {
  const table = store.tables.get(name);
  if (table === undefined)
    throw new TableStoreRefusal('OTSObjectNotExist', 'Requested table does not exist.');
  if (store.clock.nowMs() < table.readyAtMs)
    throw new TableStoreRefusal('OTSTableNotReady', 'The table is not ready.');
  return table;
}
