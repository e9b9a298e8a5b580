/** What a diagnosis may ask for. */
import type { Standing } from '../events/held.ts';

export type VerdictKind =
  | 'keep'
  /** An hour is left. */
  | 'warn'
  /** An instance without entry: give it one. */
  | 'adopt'
  /** A registration without entry and instance: remove it. */
  | 'deregister'
  /** An abandoned launch turned out to have an instance. */
  | 'found'
  | 'online'
  | 'busy'
  /** Unneeded, seen once more; `unsight` forgets that. */
  | 'sight'
  | 'unsight'
  /** Remove its registration, so that it can take no job from now on. */
  | 'remove'
  /** Its registration is gone since an earlier sweep: does any job name it? */
  | 'confirm'
  /** Ask GitHub for the record of the job it is busy with. */
  | 'ask'
  /** Taken back by the spot market while busy. */
  | 'interrupt'
  | 'retire'
  | 'terminate'
  /** One more complete look-up saw no instance. */
  | 'look-again'
  /** Nothing is left of it: hand the slot back, remove the entry. */
  | 'close';

export interface Verdict {
  readonly kind: VerdictKind;
  /** lower-case clause that completes "because …" */
  readonly because: string;
  /** Its job is held back, and this is written down first. */
  readonly standing?: Standing;
}

export interface Coverage {
  readonly nowMs: number;
  readonly surveyAtMs: number;
  readonly instancesComplete: boolean;
  readonly registrationsComplete: boolean;
}

export const verdict = (kind: VerdictKind, because: string): Verdict => ({ kind, because });
