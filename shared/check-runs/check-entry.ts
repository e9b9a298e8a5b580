/** What the ledger holds of a check run: one for each attempt of a run with jobs of ours. */
import type { JobId, JobState, RunId } from '../nouns.ts';

/** What it says of one job. */
export interface CheckLine {
  readonly id: JobId;
  /** With `id` the key of `history`. */
  readonly createdAtMs: number;
  readonly name: string;
  readonly state: JobState;
  readonly text: string;
  /** Nothing more will be said of it. */
  readonly isFinal: boolean;
}

/** Where it is, and what GitHub was told last. */
export interface CheckEntry {
  readonly runId: RunId;
  readonly attempt: number;
  readonly repository: string;
  readonly isPublic: boolean;
  readonly installationId: number | null;
  readonly headSha: string;
  readonly name: string;
  /** GitHub's id of it; null: not known, and perhaps not made. */
  readonly checkId: number | null;
  /** The first look that did not show it; 0: it was never made. Null or absent: it may be there. */
  readonly absentSinceMs?: number | null;
  readonly lines: readonly CheckLine[];
  /** Digest of the words that GitHub was told last; '' for none. */
  readonly said: string;
  readonly saidAtMs: number;
  /** Where `said` is '': since when there is something to tell. Absent in rows of earlier versions. */
  readonly owedSinceMs?: number;
  /** How often in a row GitHub refused it for itself. */
  readonly refusals: number;
  /** Nothing is told of this run any more. */
  readonly isClosed: boolean;
}
