/** What the ledger says of warm runners. Absent in rows of earlier versions, and where there are none. */
import type { RunnerName } from '../nouns.ts';

/** Of a runner's entry. */
export interface KeptWarm {
  /** It was launched for no job, to wait for one: a hash of what it is made of. */
  readonly warm?: string;
  /** A person asked for it (`create`): it belongs to no pool, and waits until then. */
  readonly waitsUntilMs?: number;
  /** When a job took it, without a launch. */
  readonly takenAtMs?: number;
}

/** Of a job's entry. */
export interface TookWarm {
  /** The warm runner that its last launch took, instead of launching one; null: it took none. */
  readonly took?: RunnerName | null;
}

/** The sweep's request: its entry is written, and good for one launch, by `rev`. */
export interface WarmEvent {
  readonly kind: 'warm';
  readonly runner: RunnerName;
  readonly rev: string;
}
