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
  /** Absent or null: its machine is not made to be stopped, or is started by now. */
  readonly standby?: Standby | null;
  /** ECS accepted its stop in economical mode: what bills from then on has none. Absent: that is not known. */
  readonly isStopTaken?: boolean;
  /** When its stopped machine was to be started for a job: of such a one alone. */
  readonly startedAtMs?: number;
  /** How long it stood stopped in the end, without a price but that of its disk. */
  readonly stoppedMs?: number;
}

/**
 * How far a machine is that is kept stopped. It has no registration before `starting`. `preparing`: it boots, to be made ready;
 * `stopping`: its stop was asked for; `stopped`: it was seen so, in economical mode; `starting`: a job took it.
 */
export type Standby = 'preparing' | 'stopping' | 'stopped' | 'starting';

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
