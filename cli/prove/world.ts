/** What `prove` works with. Everything of it stops when the operator leaves, but for what cleans up. */
import type { PastSweeps } from '../../functions/reaper/sweep-lease.ts';
import type { AccessKey } from '../../shared/adapters/alibaba/acs3.ts';
import type { EcsCall } from '../../shared/adapters/ecs/call.ts';
import type { Config } from '../../shared/config/config.ts';
import type { Market } from '../../shared/market/market.ts';
import type { RunnerRelease } from '../../shared/runner/release.ts';
import type { UserDataScripts } from '../../shared/runner/user-data.ts';
import type { Alibaba } from '../shared/alibaba.ts';

export interface ProveWorld {
  readonly config: Config;
  readonly nowMs: () => number;
  /** Throws Left when the operator wants no more. */
  readonly sleep: (ms: number) => Promise<void>;
  /** ECS with the operator's own key. */
  readonly ecs: EcsCall;
  readonly ecsWith: (key: AccessKey) => EcsCall;
  readonly rpc: Alibaba['rpc'];
  /** The invocation gateway's answer to a call signed so, of a function that does not exist. */
  readonly probe: (signature: 'fc' | 'acs3') => Promise<{ readonly status: number; readonly code: string }>;
  /** How the last sweeps of the deployment went; null: there was none. Throws when the ledger is out of reach. */
  readonly sweeps: () => Promise<PastSweeps | null>;
  /** What the mirror noted; null: nothing. */
  readonly release: () => Promise<RunnerRelease | null>;
  readonly markets: () => Promise<ReadonlyMap<string, Market | null>>;
  readonly scripts: UserDataScripts;
  readonly intention: IntentionFile;
  /** Tells this run from others: names and client tokens are made of it. */
  readonly run: string;
}

/** Written before anything is made, so that whoever cleans up after a crash knows what may be there. */
export interface Intention {
  /** Whose run it was: names and tags are made of it. Absent: written by a version that did not say. */
  readonly deployment?: string;
  readonly regions: readonly string[];
  /** When the last launch was asked for; 0: none was. */
  readonly askedAtMs: number;
  /** Of a role that was made, or was about to be. */
  readonly role: string | null;
}

export interface IntentionFile {
  readonly read: () => Intention | null;
  /** On the disk when it returns. Null: nothing is left to clean up. */
  readonly write: (intention: Intention | null) => void;
}

/** The operator pressed Ctrl-C. */
export class Left extends Error {
  override readonly name = 'Left';
  constructor() {
    super('left before the end');
  }
}
