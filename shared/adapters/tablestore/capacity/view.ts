/** What the capacity row says: pure. */
import type { CapacityView } from '../../../ledger/ledger.ts';
import type { Columns } from '../table.ts';
import { countIn, slotsIn, stepsIn } from './columns.ts';
import { isOfRepository } from './mints.ts';
import { stopIn } from './stop.ts';

export function viewOf(columns: Columns): CapacityView {
  const slots = slotsIn(columns).map(({ name, profile, repository, isUnassigned, money, atMs, cost }) => ({
    ...{ name, profile, repository, atMs: atMs ?? 0 },
    ...(isUnassigned ? { isUnassigned } : {}),
    ...(money?.hours.every((column) => !isOfRepository(column)) ? { isWithoutShare: true as const } : {}),
    ...(cost === undefined ? {} : { cost }),
  }));
  const mints = stepsIn(columns).map(
    (column) => [column.slice('q_'.length), countIn(columns, column)] as const,
  );
  const stop = stopIn(columns);
  const days = Object.keys(columns).filter((column) => column.startsWith('d_'));
  return {
    ...{ total: countIn(columns, 'total'), slots, mints: Object.fromEntries(mints) },
    days: Object.fromEntries(days.map((column) => [column.slice('d_'.length), countIn(columns, column)])),
    isAtRest: Object.keys(columns).every((column) => isIdle(column, columns)),
    ...(stop === null ? {} : { stop }),
    ...(typeof columns.reserved === 'string' ? { reserved: JSON.parse(columns.reserved) } : {}),
  };
}

const isIdle = (column: string, columns: Columns): boolean =>
  column === 'schema' ||
  column === 'recounted' ||
  column.startsWith('d_') ||
  (/^(?:total|money)$/.test(column) && columns[column] === 0);
