/** The capacity row, decided purely: what is written under which condition, and what a refusal means. */
import type { SlotLimits, SlotOutcome, SlotRequest, Waiting } from '../../../ledger/ledger.ts';
import { isStopped, type Stop, whyStopped } from '../../../ledger/stop.ts';
import type { RunnerName } from '../../../nouns.ts';
import { CHECKS_MAX, type Change, type Check, type Columns, type Condition } from '../table.ts';
import { type Bound, columnOf, countIn, type Slot } from './columns.ts';
import { heldAt, isPaced, minted, mintsOfThePast, ownLimit, pacedAt, withinPace } from './mints.ts';
import { moneyBounds, moneyOf } from './money.ts';
import { stillStopped, stopIn } from './stop.ts';

/** The totals that count for a request: all runners, and profile, repository and matrix where these are limited. */
function boundsOf(request: SlotRequest, limits: SlotLimits): Bound[] {
  const { runners: max } = limits;
  const bounds: Bound[] = [
    { column: 'total', max, kind: 'full', because: `all runners are in use (limits.runners is ${max})` },
  ];
  if (request.profile !== null && limits.perProfile !== null)
    bounds.push({
      column: columnOf('p', request.profile),
      max: limits.perProfile,
      kind: 'limited',
      because: `all runners of the profile ${request.profile} are in use (its limit is ${limits.perProfile})`,
    });
  if (limits.perRepository !== null)
    bounds.push({
      column: columnOf('r', request.repository),
      max: limits.perRepository,
      kind: 'limited',
      because: ownLimit(request.repository, limits.perRepository),
    });
  // A write takes no more conditions than it has: where all else is bounded, too, a matrix is not.
  if (request.matrix != null && (bounds.length < 3 || request.cost == null))
    bounds.push({
      column: columnOf('g', request.matrix.key),
      max: request.matrix.max,
      kind: 'held',
      because: heldAt(request.matrix),
    });
  return bounds;
}

/** Times are positive: it holds only while there is no such column. */
const NOBODY_WAITS: Check = { column: 'waiting', is: '<', value: 0, ifMissing: true };

const under = ({ column, max, amount = 1 }: Bound): Check => ({
  column,
  is: '<=',
  value: max - amount,
  ifMissing: amount <= max,
});

/** One update: the slot's column and every total, if the column is absent and every total under its limit. `stop`: its text, as read. */
export function taking(
  request: SlotRequest,
  limits: SlotLimits,
  nowMs: number,
  stop = '',
): { change: Change; when: Condition } {
  const bounds = boundsOf(request, limits);
  const money = moneyBounds(request, limits, nowMs);
  const counts = bounds.map(({ column }) => column);
  const { name, profile, repository, cost } = request;
  const [all, own, day] = money.map(({ column }) => column) as [string, string, string];
  const slot: Slot = {
    ...{ name, profile, repository, atMs: nowMs, counts },
    ...(cost == null ? {} : { cost, money: { hours: [all, own], day } }),
  };
  return {
    change: {
      put: { [columnOf('s', request.name)]: JSON.stringify(slot) },
      add: {
        ...Object.fromEntries([...bounds, ...money].map(({ column, amount = 1 }) => [column, amount])),
        ...minted(nowMs),
      },
    },
    when: {
      row: 'present',
      checks: [
        // A slot's text is never empty: the check holds only while there is no such column.
        { column: columnOf('s', request.name), is: '=', value: '', ifMissing: true },
        ...[...bounds, ...money].map(under),
        // Whoever stops anything lets only those pass who have a turn.
        request.hasTurn ? stillStopped(stop) : NOBODY_WAITS,
        withinPace(limits.mintsPerMinute, nowMs),
      ],
    },
  };
}

/** Why a slot was not given, or that it is held already; null: nothing is in the way any more. */
export function refusalIn(
  columns: Columns,
  request: SlotRequest,
  limits: SlotLimits,
  nowMs: number,
): SlotOutcome | null {
  if (slotOf(columns, request.name) !== null) return { kind: 'taken' };
  const stop = stopIn(columns);
  if (stop !== null && isStopped(stop, request.repository))
    return { kind: 'stopped', because: whyStopped(stop, request.repository) };
  const bounds = [...boundsOf(request, limits), ...moneyBounds(request, limits, nowMs)];
  const full = bounds.find(({ column, max, amount = 1 }) => countIn(columns, column) + amount > max);
  if (full !== undefined) return { kind: full.kind, because: full.because };
  if (!request.hasTurn && typeof columns.waiting === 'number')
    return { kind: 'queue', because: queueReason(columns, stop) };
  return isPaced(columns, limits.mintsPerMinute, nowMs) ? pacedAt(limits.mintsPerMinute) : null;
}

function queueReason({ barrier }: Columns, stop: Stop | null): string {
  if (barrier !== undefined) return String(barrier);
  return stop === null
    ? 'other jobs wait for the same slot'
    : 'the operator has stopped others, and new runners are given at the next minute';
}

/** Null: whoever comes is served from now on, unless anything is stopped. */
export function waitingChange(waiting: Waiting | null): { change: Change; when: Condition } {
  if (waiting === null)
    return {
      change: { drop: ['waiting', 'barrier', 'reserved', 'braked'] },
      when: { row: 'present', checks: [stillStopped('')] },
    };
  const { sinceMs, because: barrier, reserved = null, isBraked = false } = waiting;
  const put = {
    ...{ waiting: sinceMs, barrier },
    ...(reserved === null ? {} : { reserved: JSON.stringify(reserved) }),
    ...(isBraked ? { braked: sinceMs } : {}),
  };
  const drop = ['reserved', 'braked'].filter((column) => !(column in put));
  return { change: { put, drop }, when: { row: 'present' } };
}

/** Slots came and went under each of our tries. */
export const CONTENDED: SlotOutcome = { kind: 'paced', because: 'too many launches want a slot at once' };

/** As many as one write bears, each on condition that it is as it was read. Null: there is no such slot to hand back. `also`: what is counted with it. */
export function handingBack(
  columns: Columns,
  slots: ReadonlyMap<RunnerName, number | undefined>,
  also: Readonly<Record<string, number>> = {},
): { change: Change; when: Condition } | null {
  const held = [...slots]
    .flatMap(([name, spent]) => {
      const slot = slotOf(columns, name);
      return slot === null ? [] : [{ slot, spent, column: columnOf('s', name) }];
    })
    .slice(0, CHECKS_MAX);
  if (held.length === 0) return null;
  const add = new Map<string, number>();
  for (const { slot, spent } of held)
    for (const [column, amount] of [
      ...slot.counts.map((total) => [total, -1] as const),
      ...moneyOf(slot, 0, spent),
    ])
      add.set(column, (add.get(column) ?? 0) + amount);
  const checks = held.map(
    ({ column }): Check => ({ column, is: '=', value: String(columns[column]), ifMissing: false }),
  );
  // A column that is counted up may not be named a second time in the same write.
  const past = mintsOfThePast(columns).filter((column) => !(column in also));
  return {
    change: {
      drop: [...held.map(({ column }) => column), ...past],
      add: { ...Object.fromEntries(add), ...also },
    },
    when: { row: 'present', checks },
  };
}

function slotOf(columns: Columns, name: RunnerName): Slot | null {
  const text = columns[columnOf('s', name)];
  return typeof text === 'string' ? JSON.parse(text) : null;
}
