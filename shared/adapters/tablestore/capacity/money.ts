/** Money in the capacity row, in millionths: what is counted, under which bounds, and how it is set right. Pure. */
import type { SlotCost, SlotLimits, SlotRequest } from '../../../ledger/ledger.ts';
import type { RunnerName } from '../../../nouns.ts';
import type { Change, Columns, Condition } from '../table.ts';
import { type Bound, columnOf, dayColumn, type Slot, slotsIn } from './columns.ts';

/** Money an hour of all machines, of the repository's, and of the day: counted wherever a cost is told. */
export function moneyBounds({ cost, repository }: SlotRequest, limits: SlotLimits, nowMs: number): Bound[] {
  if (cost == null) return [];
  const { perHour, perHourRepository, perDay } = limits.spend ?? NO_LIMITS;
  const none = Number.MAX_SAFE_INTEGER;
  return [
    {
      ...{ column: 'money', kind: 'spend', amount: cost.perHour, max: perHour ?? none },
      because: `machines that live cost as much as limits.spendPerHour allows (${inCurrency(perHour)})`,
    },
    {
      ...{ column: columnOf('h', repository), kind: 'limited', amount: cost.perHour },
      // A first machine of a repository needs no share.
      max: Math.max(perHourRepository ?? none, cost.perHour),
      because: `machines of ${repository} cost its share of limits.spendPerHour (${inCurrency(perHourRepository)})`,
    },
    {
      ...{ column: dayColumn(nowMs), kind: 'spend', amount: cost.forDay, max: perDay ?? none },
      because: `this day's machines cost as much as limits.spendPerDay allows (${inCurrency(perDay)})`,
    },
  ];
}

const NO_LIMITS = { perHour: null, perHourRepository: null, perDay: null };
const inCurrency = (millionths: number | null): string => ((millionths ?? 0) / 1_000_000).toFixed(2);

/** What is added where a slot's cost becomes another. */
export function moneyOf(
  { cost, money }: Slot,
  perHour: number,
  forDay: number | undefined,
): readonly (readonly [column: string, amount: number])[] {
  if (cost === undefined || money === undefined) return [];
  const day = (forDay ?? cost.forDay) - cost.forDay;
  const hours = money.hours.map((column) => [column, perHour - cost.perHour] as const);
  return [...hours, [money.day, day] as const].filter(([, amount]) => amount !== 0);
}

/** As many slots as one write takes; each only while it is as it was read, so that it counts once. */
export function repricing(
  columns: Columns,
  costs: ReadonlyMap<RunnerName, SlotCost>,
): readonly { readonly change: Change; readonly when: Condition }[] {
  const changed = slotsIn(columns).filter(({ name, cost }) => isOther(cost, costs.get(name)));
  return changed.map((slot) => {
    const cost = costs.get(slot.name) as SlotCost;
    const column = columnOf('s', slot.name);
    return {
      change: {
        put: { [column]: JSON.stringify({ ...slot, cost }) },
        add: Object.fromEntries(moneyOf(slot, cost.perHour, cost.forDay)),
      },
      when: {
        row: 'present' as const,
        checks: [{ column, is: '=' as const, value: String(columns[column]), ifMissing: false }],
      },
    };
  });
}

const isOther = (before: SlotCost | undefined, now: SlotCost | undefined): boolean =>
  before !== undefined &&
  now !== undefined &&
  (before.perHour !== now.perHour || before.forDay !== now.forDay);
