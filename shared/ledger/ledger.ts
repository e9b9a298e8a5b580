/** The ledger as stories see it: the only memory between invocations. Implemented over TableStore. */

import type { CheckEntry } from '../check-runs/check-entry.ts';
import type { JobId, Listing, RunId, RunnerName } from '../nouns.ts';
import type { CapacityView, SlotCost, Waiting } from './capacity-parts.ts';
import type { JobEntry, Note, RefusalEntry, RerunEntry, RunnerEntry } from './entries.ts';
import type { History } from './history.ts';
import type { Stop } from './stop.ts';

export type { CapacityView, Reserved, SlotCost, Waiting } from './capacity-parts.ts';
export { type History, isEnd, type KeptBill } from './history.ts';

/** An entry as read or written: `rev` is the owner token of the write that made it so. */
export interface Held<Entry> {
  readonly entry: Entry;
  readonly rev: string;
}

/**
 * Entries of one kind. Every write is one conditional single-row write; a reply that was lost is resolved inside by
 * reading the owner token, so an answer is always the truth. Throws only when the store stayed out of reach.
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

/** Bounds of money, in millionths; null: there is none. */
export interface SpendLimits {
  readonly perHour: number | null;
  /** Of one repository: what is above it is left to others, but for a first machine. */
  readonly perHourRepository: number | null;
  readonly perDay: number | null;
}

/** What a slot counts against. */
export interface SlotRequest {
  readonly name: RunnerName;
  readonly profile: string | null;
  readonly repository: string;
  readonly jobCreatedAtMs: number;
  /** The sweep's plan gave it this slot: it passes those that wait. */
  readonly hasTurn: boolean;
  /** Its launch can take a slot, as far as is known: refused, it is waited for. */
  readonly isInLine: boolean;
  /** Absent or null: money is not bounded. */
  readonly cost?: SlotCost | null;
  /** The run and matrix of a job that was just queued, where GitHub lets only so many run; absent or null: nothing says so. */
  readonly matrix?: { readonly key: string; readonly max: number; readonly isFirst?: boolean } | null;
}

export interface SlotLimits {
  readonly runners: number;
  readonly perProfile: number | null;
  readonly perRepository: number | null;
  readonly mintsPerMinute: number;
  readonly spend?: SpendLimits | null;
}

export type MintAgain = Pick<SlotRequest, 'name' | 'repository' | 'hasTurn'> &
  Pick<SlotLimits, 'perRepository' | 'mintsPerMinute'>;

export type SlotOutcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'full'; readonly because: string }
  /** The money that all have in common is used up. */
  | { readonly kind: 'spend'; readonly because: string }
  /** The operator stopped it. */
  | { readonly kind: 'stopped'; readonly because: string }
  /** All runners of its profile or of its repository are in use, or (held) of its matrix: nobody else's matter. */
  | { readonly kind: 'limited' | 'held'; readonly because: string }
  /** Others wait, and the sweep gives the turns. */
  | { readonly kind: 'queue'; readonly because: string }
  /** The mints of GitHub's minute are used up. */
  | { readonly kind: 'paced'; readonly because: string };

/** One row: slots as columns, totals beside them, and this minute's mints. */
export interface Capacity {
  /**
   * Idempotent: a slot this runner has already is 'taken' and counts once. From the first one in line that is refused
   * what all slots have in common ('full', 'spend', 'paced') until the next sweep, slots go only to those who have a turn.
   */
  take(request: SlotRequest, limits: SlotLimits, nowMs: number): Promise<SlotOutcome>;
  /**
   * A mint of a runner that stood stopped and has its slot already: counted with this minute's, and from now on with its
   * repository's runners. 'taken', or why not; those that wait for a slot are passed. Idempotent for one `nowMs`.
   */
  mintAgain(asked: MintAgain, nowMs: number): Promise<SlotOutcome>;
  /** Its start came to nothing: it is no repository's again. Idempotent. */
  unassign(name: RunnerName): Promise<void>;
  /**
   * No job can have it any more, and its machine cannot be deleted: it counts in all that others have in common, and in no
   * bound of its repository (runners, share of the hour's money) or of its matrix. Idempotent.
   */
  writeOff(name: RunnerName): Promise<void>;
  /**
   * Idempotent. `spent`: what its machine cost, in millionths; absent: what was kept of the day's money for it. `removedAtMs`:
   * its registration was taken off, which GitHub counts as it does a mint; absent: nothing was.
   */
  handBack(name: RunnerName, spent?: number, removedAtMs?: number): Promise<void>;
  /** The same of many, with as few writes as the number of a write's conditions allows. */
  handBackAll(slots: ReadonlyMap<RunnerName, number | undefined>): Promise<void>;
  /** What the machines cost as is known by now. Those that have no slot, or count for no money, are left alone. */
  reprice(costs: ReadonlyMap<RunnerName, SlotCost>): Promise<void>;
  view(): Promise<CapacityView>;
  /** The sweep says whether some wait that its plan had no slot for; null: nobody, and whoever comes is served. */
  setWaiting(waiting: Waiting | null): Promise<void>;
  /** From then on no slot is given to what is stopped; the stop as it is now. `change` is asked anew for each that it meets. */
  stop(change: (stop: Stop | null) => Stop | null, nowMs: number): Promise<Stop | null>;
  /** Sets right a total that disagrees with the slots; forgets mints of minutes gone by, and totals of nothing. For the sweep. */
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
  /** All entries of some kinds, with as few calls as there are pages. */
  together(part: Part, max: number): Promise<Together>;
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

/** Lists of several kinds at once, for who reads them all. */
export interface EntriesByKind {
  readonly check: CheckEntry;
  readonly job: JobEntry;
  readonly note: Note;
  readonly refusal: RefusalEntry;
  readonly rerun: RerunEntry;
  readonly runner: RunnerEntry;
}

export interface Listed<Entry> extends Held<Entry> {
  readonly id: string;
}

/** By their names in the table: what lies between goes with them. The market's row, which is large, is in none. */
export const PARTS = {
  jobs: { first: 'capacity', last: 'job' },
  notes: { first: 'note', last: 'note' },
  runners: { first: 'refusal', last: 'runner' },
} as const;
export type Part = keyof typeof PARTS;

/** A kind that the part does not have is empty. */
export type Together = { readonly [Kind in keyof EntriesByKind]: readonly Listed<EntriesByKind[Kind]>[] } & {
  /** Null: not in the part, or there is no such row yet. */
  readonly capacity: CapacityView | null;
  /** False: `max` rows were reached first. */
  readonly complete: boolean;
};
