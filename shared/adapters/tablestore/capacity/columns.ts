/** What stands in the capacity row: slots, and what they are counted in. */
import { createHash } from 'node:crypto';
import type { SlotCost } from '../../../ledger/ledger.ts';
import type { RunnerName } from '../../../nouns.ts';
import { stepOf } from '../../../runner/mint-pace.ts';
import type { Columns, Key } from '../table.ts';

export const CAPACITY_KEY: Key = ['capacity', 'all'];

/** What a slot's column holds: enough to hand back exactly what was counted. */
export interface Slot {
  readonly name: RunnerName;
  readonly profile: string | null;
  readonly repository: string;
  /** It does not count with its repository's runners (any more). */
  readonly isUnassigned?: true;
  /** When it was asked for; absent: by an earlier release. */
  readonly atMs?: number;
  /** The total columns that this slot was counted in. */
  readonly counts: readonly string[];
  /** Absent: money was not bounded when it was taken. */
  readonly cost?: SlotCost;
  /** The columns of money an hour that it was added to, and the one of its day. */
  readonly money?: { readonly hours: readonly string[]; readonly day: string };
}

/**
 * TableStore's names take letters, digits and `_` only (Alibaba Cloud docs, Tablestore "Limits": 255 characters),
 * and GitHub's do not tell cases apart; the hash keeps `a-b` and `a_b` two.
 */
export function columnOf(prefix: 's' | 'p' | 'r' | 'h' | 'g', name: string): string {
  const one = name.toLowerCase();
  const hash = createHash('sha256').update(one).digest('hex').slice(0, 8);
  return `${prefix}_${one.replace(/[^a-z0-9]/g, '_').slice(0, 200)}_${hash}`;
}

const STEP = 'q_';
export const columnOfStep = (step: number): string => `${STEP}${step}`;
export const stepColumn = (nowMs: number): string => columnOfStep(stepOf(nowMs));
export const stepsIn = (columns: Columns): string[] =>
  Object.keys(columns).filter((column) => column.startsWith(STEP));
/** Of an earlier release, which counted by the minute. */
export const minutesIn = (columns: Columns): string[] =>
  Object.keys(columns).filter((column) => column.startsWith('m_'));

export interface Bound {
  readonly column: string;
  readonly max: number;
  readonly because: string;
  /** What the slot adds; absent: one. */
  readonly amount?: number;
  /** Whose matter it is when it is reached. */
  readonly kind: 'full' | 'limited' | 'spend' | 'held';
}

/** Of the day (UTC) on which a machine is launched. */
export const dayColumn = (nowMs: number): string =>
  `d_${new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '')}`;

export function slotsIn(columns: Columns): Slot[] {
  return Object.entries(columns)
    .filter(([column]) => column.startsWith('s_'))
    .map(([, text]) => JSON.parse(String(text)));
}

export function countIn(columns: Columns, column: string): number {
  const count = columns[column];
  return typeof count === 'number' ? count : 0;
}
