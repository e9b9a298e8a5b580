/** The ledger as stories see it: the only memory between invocations. Implemented over TableStore. */

import type { JobId, Listing, RunId, RunnerName } from '../nouns.ts';
import type {
  CheckEntry,
  HistoryRow,
  JobEntry,
  Note,
  RefusalEntry,
  RerunEntry,
  RunnerEntry,
} from './entries.ts';

/** An entry as read or written: `rev` is the owner token of the write that made it so. */
export interface Held<Entry> {
  readonly entry: Entry;
  readonly rev: string;
}

/**
 * Entries of one kind. Every write is one conditional single-row write; a reply that was lost is
 * resolved inside by reading the owner token, so an answer is always the truth. Throws only when
 * the store stayed out of reach.
 */
export interface Entries<Id, Entry> {
  read(id: Id): Promise<Held<Entry> | null>;
  /** Null: there was one already. Exactly one caller wins. */
  add(id: Id, entry: Entry): Promise<Held<Entry> | null>;
  /** Null: it has changed since it was read, or is gone. An illegal state move throws. */
  replace(id: Id, held: Held<Entry>, next: Entry): Promise<Held<Entry> | null>;
  /** False: it has changed since it was read (gone already is true). */
  remove(id: Id, held: Held<Entry>): Promise<boolean>;
  /** All that are alive, in pages underneath; `complete` is false when `max` was reached first. */
  list(max: number): Promise<Listing<Held<Entry>>>;
}

/** What a slot counts against. */
export interface SlotRequest {
  readonly name: RunnerName;
  readonly profile: string | null;
  readonly repository: string;
  /** The job's age decides who gets the next slot while jobs wait. */
  readonly jobCreatedAtMs: number;
}

export interface SlotLimits {
  readonly runners: number;
  readonly perProfile: number | null;
  readonly perRepository: number | null;
  readonly mintsPerMinute: number;
}

export type SlotOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'full'; readonly because: string }
  /** An older job waits for the same slot. */
  | { readonly kind: 'queue'; readonly because: string }
  /** This minute's mints are used up. */
  | { readonly kind: 'paced'; readonly because: string };

export interface CapacityView {
  readonly total: number;
  readonly slots: readonly {
    readonly name: RunnerName;
    readonly profile: string | null;
    readonly repository: string;
  }[];
  /** Slots given, by the minute since 1970; of the last minutes only. */
  readonly mints: Readonly<Record<string, number>>;
}

/** One row: slots as columns, totals beside them, and this minute's mints. */
export interface Capacity {
  /**
   * Idempotent: a slot this runner has already is 'taken' and counts once. Who is refused what all slots have in common
   * ('full' of all, 'paced') is first in the queue from then on, until the sweep says who is.
   */
  take(request: SlotRequest, limits: SlotLimits, nowMs: number): Promise<SlotOutcome>;
  /** Idempotent. */
  handBack(name: RunnerName): Promise<void>;
  view(): Promise<CapacityView>;
  /**
   * The sweep says who waits, by what it waits for; null clears. `total`: when the oldest job was created that gets no
   * slot in this sweep. Every younger one is answered 'queue' until the next.
   */
  setWaiting(oldest: { readonly total: number | null }): Promise<void>;
  /** Sets right a total that disagrees with the slots, and forgets mints of minutes gone by. For the sweep. */
  recount(nowMs: number): Promise<void>;
}

export interface Ledger {
  readonly jobs: Entries<JobId, JobEntry>;
  readonly runners: Entries<RunnerName, RunnerEntry>;
  readonly reruns: Entries<RunId, RerunEntry>;
  /** Those whose authors are still to be told. */
  readonly refusals: Entries<JobId, RefusalEntry>;
  /** One for each attempt of a run: `RUN-ATTEMPT`. */
  readonly checks: Entries<string, CheckEntry>;
  readonly capacity: Capacity;
  /** Small facts kept between invocations: cursors, the sweep's lease, alerts already posted, the mirror's manifest. */
  readonly notes: Entries<string, Note>;
  readonly history: History;
  /** Offerings the cloud just could not give, shared by all launchers. Key: see `offeringKey`. */
  readonly unavailable: Unavailable;
  /** The market snapshot, compressed; one row for each region. */
  readonly market: MarketSnapshots;
}

export interface History {
  read(createdAtMs: number, id: JobId): Promise<HistoryRow | null>;
  /** Jobs created on that UTC day; `complete` is false when `max` was reached first. */
  ofDay(dayMs: number, max: number): Promise<Listing<HistoryRow>>;
  /** Known values win over null; an outcome once written stays, but for 'refused' of a job that ran on a runner after all. */
  merge(row: Partial<HistoryRow> & Pick<HistoryRow, 'job'>): Promise<void>;
}

export interface Unavailable {
  remember(key: string, untilMs: number, because: string): Promise<void>;
  /** Those not yet over at `nowMs`; over ones are dropped in passing. */
  list(nowMs: number): Promise<ReadonlyMap<string, string>>;
}

export interface MarketSnapshots {
  read(region: string): Promise<Uint8Array | null>;
  write(region: string, bytes: Uint8Array): Promise<void>;
}
