/**
 * The little of TableStore that the ledger needs: rows of one table under a two-part string key, and writes
 * of one row under a condition. `remote.ts` implements it over the wire, the simulator in process; all of the ledger's logic stands on this port.
 */

/** A number is a whole one, stored as INTEGER. */
export type Column = string | number | Uint8Array;
export type Columns = Readonly<Record<string, Column>>;
/** Partition, then name within it. */
export type Key = readonly [string, string];

export interface Row {
  readonly key: Key;
  readonly columns: Columns;
}

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

export interface Check {
  readonly column: string;
  readonly is: Comparison;
  readonly value: string | number;
  /** What a row without that column counts as. */
  readonly ifMissing: boolean;
}

/** All must hold. At most CHECKS_MAX checks. */
export interface Condition {
  readonly row: 'present' | 'absent' | 'any';
  readonly checks?: readonly Check[];
}

/** Alibaba Cloud docs, Tablestore "Conditional update": at most 10 conditions, logical operators included. */
export const CHECKS_MAX = 9;

export interface Change {
  readonly put?: Columns;
  /** Added to an INTEGER column; one that is not there counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  readonly drop?: readonly string[];
}

export interface Page {
  readonly rows: readonly Row[];
  /** Where the next page begins; null: that was all. */
  readonly next: Key | null;
}

/**
 * A write answers whether its condition held. After a lost reply it is tried again, so `false` may also mean
 * that an earlier try of the same write was applied: who needs to know reads the row and looks for its own token.
 * Everything else throws a `TableError`.
 */
export interface Table {
  get(key: Key): Promise<Columns | null>;
  put(key: Key, columns: Columns, condition: Condition): Promise<boolean>;
  update(key: Key, change: Change, condition: Condition): Promise<boolean>;
  delete(key: Key, condition: Condition): Promise<boolean>;
  /** Rows of one partition, or of all up to `last`, in the order of their keys, beginning at `from` (included), or at the first. */
  range(first: string, from: Key | null, limit: number, last?: string): Promise<Page>;
}

/**
 * `later`: surely not applied, worth another try. `unknown`: may have been applied, worth another try.
 * `fatal`: another try would fare the same.
 */
export type TableErrorMeaning = 'later' | 'unknown' | 'fatal';

export class TableError extends Error {
  override readonly name = 'TableError';
  readonly code: string;
  readonly meaning: TableErrorMeaning;

  constructor(code: string, meaning: TableErrorMeaning, message: string) {
    super(message);
    this.code = code;
    this.meaning = meaning;
  }
}
