/** The capacity row's totals, set right, and what is over in it, forgotten: pure. */

import { CHECKS_MAX, type Change, type Check, type Columns, type Condition } from '../table.ts';
import { countIn, dayColumn, slotsIn } from './columns.ts';
import { mintsOver } from './mints.ts';

/**
 * What sets the totals right again, or null. The difference between totals and slots does not change while slots are
 * taken and handed back, so adding it is right whenever it happens; `recounted` makes it happen once.
 */
export function recounting(
  columns: Columns,
  token: string,
  nowMs: number,
): { change: Change; when: Condition } | null {
  const add = driftIn(columns);
  const days = Object.keys(columns).filter((column) => column.startsWith('d_') && column < dayColumn(nowMs));
  const drop = [...days, ...mintsOver(columns, nowMs)];
  if (Object.keys(add).length === 0 && drop.length === 0) return null;
  const { recounted } = columns;
  const before = typeof recounted === 'string' ? recounted : '';
  return {
    change: { put: { recounted: token }, add, drop },
    when: {
      row: 'present',
      checks: [{ column: 'recounted', is: '=', value: before, ifMissing: before === '' }],
    },
  };
}

/** Columns of profiles, repositories and matrices that nobody has a slot of: they go, unless somebody takes one meanwhile. */
export function forgetting(columns: Columns): { change: Change; when: Condition } | null {
  const counted = new Set(
    slotsIn(columns).flatMap(({ counts, money }) => [...counts, ...(money?.hours ?? [])]),
  );
  const drop = Object.keys(columns)
    .filter((column) => /^[prhg]_/.test(column) && columns[column] === 0 && !counted.has(column))
    .slice(0, CHECKS_MAX);
  if (drop.length === 0) return null;
  const checks = drop.map((column): Check => ({ column, is: '=', value: 0, ifMissing: true }));
  return { change: { drop }, when: { row: 'present', checks } };
}

function driftIn(columns: Columns): Record<string, number> {
  const counted = new Map<string, number>();
  const count = (column: string, amount: number) => counted.set(column, (counted.get(column) ?? 0) + amount);
  for (const { counts, cost, money } of slotsIn(columns)) {
    for (const column of counts) count(column, 1);
    for (const column of money?.hours ?? []) count(column, cost?.perHour ?? 0);
  }
  const totals = Object.keys(columns).filter((column) => /^(?:total$|money$|[prhg]_)/.test(column));
  const drifts = [...new Set([...totals, ...counted.keys()])].map(
    (column) => [column, (counted.get(column) ?? 0) - countIn(columns, column)] as const,
  );
  return Object.fromEntries(drifts.filter(([, drift]) => drift !== 0));
}
