/** Mints in the capacity row, counted by minute: pure. A slot's own is counted in the write that takes it. */
import type { SlotOutcome } from '../../../ledger/ledger.ts';
import type { RunnerName } from '../../../nouns.ts';
import type { Change, Check, Columns, Condition } from '../table.ts';
import { columnOf, countIn, minuteColumn, type Slot } from './columns.ts';

export const pacedAt = (mintsPerMinute: number): SlotOutcome => ({
  kind: 'paced',
  because: `new runners are paced at ${mintsPerMinute} a minute`,
});

/** The check that one more is within the pace. */
export const withinPace = (mintsPerMinute: number, nowMs: number): Check => ({
  column: minuteColumn(nowMs),
  is: '<=',
  value: mintsPerMinute - 1,
  ifMissing: true,
});

export interface MintAsked {
  readonly name: RunnerName;
  readonly mintsPerMinute: number;
  readonly nowMs: number;
}

/** One more of a runner that has its slot: the slot's time moves with it, so that a repeated write counts once. Or why not. */
export function mintingAgain(
  columns: Columns,
  { name, mintsPerMinute, nowMs }: MintAsked,
): { readonly change: Change; readonly when: Condition } | SlotOutcome {
  const column = columnOf('s', name);
  const text = columns[column];
  if (typeof text !== 'string') return { kind: 'paced', because: 'its slot was handed back meanwhile' };
  const slot: Slot = JSON.parse(text);
  if (slot.atMs === nowMs) return { kind: 'taken' };
  if (countIn(columns, minuteColumn(nowMs)) >= mintsPerMinute) return pacedAt(mintsPerMinute);
  return {
    change: {
      put: { [column]: JSON.stringify({ ...slot, atMs: nowMs }) },
      add: { [minuteColumn(nowMs)]: 1 },
    },
    when: {
      row: 'present',
      checks: [{ column, is: '=', value: text, ifMissing: false }, withinPace(mintsPerMinute, nowMs)],
    },
  };
}

/** All but the newest two minutes of the row: no clock is needed to see that they are over, and the row stays small. */
export function mintsOfThePast(columns: Columns): string[] {
  const minutes = Object.keys(columns).filter((column) => column.startsWith('m_'));
  return minutes.sort().slice(0, -2);
}
