/** The stop in the capacity row: a column that each slot's write is conditional on, so that no launch reads more for it. Pure. */
import type { Stop } from '../../../ledger/stop.ts';
import type { Change, Check, Columns, Condition } from '../table.ts';

const COLUMN = 'stopped';

export const stopIn = (columns: Columns): Stop | null => parse(stopText(columns));

/** '' where nothing is stopped. */
export function stopText(columns: Columns): string {
  const text = columns[COLUMN];
  return typeof text === 'string' ? text : '';
}

const parse = (text: string): Stop | null => (text === '' ? null : JSON.parse(text));

/** Holds while the stop is as it was read; '': while there is none. */
export const stillStopped = (text: string): Check => ({
  column: COLUMN,
  is: '=',
  value: text,
  ifMissing: text === '',
});

/**
 * While anything is stopped, slots go only to those who have a turn (`waiting`): a write takes no more conditions than
 * it has, and theirs has room for this one.
 */
export function stopChange(
  columns: Columns,
  stop: Stop | null,
  nowMs: number,
): { change: Change; when: Condition } {
  const text = stop === null ? '' : JSON.stringify(stop);
  const waiting = typeof columns.waiting === 'number' ? {} : { waiting: nowMs };
  return {
    change: text === '' ? { drop: [COLUMN] } : { put: { [COLUMN]: text, ...waiting } },
    when: { row: 'present', checks: [stillStopped(stopText(columns))] },
  };
}
