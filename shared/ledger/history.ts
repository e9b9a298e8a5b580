/** What the ledger remembers of jobs and machines that are over. */

import type { JobId, Listing } from '../nouns.ts';
import type { BillDay } from './bills.ts';
import type { HistoryRow } from './history-row.ts';
import type { UnusedRow } from './unused-row.ts';

/**
 * Whether an outcome in `history` says that GitHub ended the job. What was refused may be mended by the operator, and
 * what we gave up may be let go at GitHub after all.
 */
export const isEnd = (outcome: string | null): boolean =>
  outcome !== null && outcome !== 'refused' && outcome !== 'expired';

export interface History {
  read(createdAtMs: number, id: JobId): Promise<HistoryRow | null>;
  /** Jobs created on that UTC day; `complete` is false when `max` was reached first. */
  ofDay(dayMs: number, max: number): Promise<Listing<HistoryRow>>;
  /** Known values win over null; an outcome once written stays, but for 'refused' of a job that ran on a runner after all, and 'expired' of one that ended. */
  merge(row: Partial<HistoryRow> & Pick<HistoryRow, 'job'>): Promise<void>;
  /** Of a machine that no job ran on; said twice, it counts once. */
  noteUnused(row: UnusedRow): Promise<void>;
  /** What instances of ours were billed for on that day of the bill; said again, it is what was said last. */
  noteBill(bill: KeptBill): Promise<void>;
  /** Null: not asked for yet. */
  billOf(day: BillDay): Promise<KeptBill | null>;
  /** Those launched on that UTC day. */
  unusedOfDay(dayMs: number, max: number): Promise<Listing<UnusedRow>>;
}

export interface KeptBill {
  readonly day: BillDay;
  /** When it was asked for. */
  readonly atMs: number;
  readonly currency: string | null;
  /** By instance id. */
  readonly amounts: Readonly<Record<string, number>>;
}
