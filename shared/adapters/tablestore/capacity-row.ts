/** The capacity row, decided purely: what is written under which condition, and what a refusal means. */
import { createHash } from 'node:crypto';
import type { CapacityView, SlotLimits, SlotOutcome, SlotRequest, Waiting } from '../../ledger/ledger.ts';
import type { RunnerName } from '../../nouns.ts';
import { minuteOf } from '../../runner/mint-pace.ts';
import type { Change, Check, Columns, Condition, Key } from './table.ts';

export const CAPACITY_KEY: Key = ['capacity', 'all'];

/** What a slot's column holds: enough to hand back exactly what was counted. */
interface Slot {
  readonly name: RunnerName;
  readonly profile: string | null;
  readonly repository: string;
  /** The total columns that this slot was counted in. */
  readonly counts: readonly string[];
}

/**
 * TableStore's names take letters, digits and `_` only (Alibaba Cloud docs, Tablestore "Limits": 255 characters),
 * and GitHub's do not tell cases apart; the hash keeps `a-b` and `a_b` two.
 */
export function columnOf(prefix: 's' | 'p' | 'r', name: string): string {
  const one = name.toLowerCase();
  const hash = createHash('sha256').update(one).digest('hex').slice(0, 8);
  return `${prefix}_${one.replace(/[^a-z0-9]/g, '_').slice(0, 200)}_${hash}`;
}

export const minuteColumn = (nowMs: number): string => `m_${minuteOf(nowMs)}`;

interface Bound {
  readonly column: string;
  readonly max: number;
  readonly because: string;
}

/** The totals that count for a request: all runners, and profile and repository where these are limited. */
function boundsOf(request: SlotRequest, limits: SlotLimits): Bound[] {
  const { runners: max } = limits;
  const bounds: Bound[] = [
    { column: 'total', max, because: `all runners are in use (limits.runners is ${max})` },
  ];
  if (request.profile !== null && limits.perProfile !== null)
    bounds.push({
      column: columnOf('p', request.profile),
      max: limits.perProfile,
      because: `all runners of the profile ${request.profile} are in use (its limit is ${limits.perProfile})`,
    });
  if (limits.perRepository !== null)
    bounds.push({
      column: columnOf('r', request.repository),
      max: limits.perRepository,
      because: `all runners of ${request.repository} are in use (limits.runnersPerRepository is ${limits.perRepository})`,
    });
  return bounds;
}

/** Times are positive: it holds only while there is no such column. */
const NOBODY_WAITS: Check = { column: 'waiting', is: '<', value: 0, ifMissing: true };

const under = ({ column, max }: Bound): Check => ({ column, is: '<', value: max, ifMissing: true });

/** One update: the slot's column and every total, if the column is absent and every total under its limit. */
export function taking(
  request: SlotRequest,
  limits: SlotLimits,
  nowMs: number,
): { change: Change; when: Condition } {
  const bounds = boundsOf(request, limits);
  const counts = bounds.map(({ column }) => column);
  const slot: Slot = { name: request.name, profile: request.profile, repository: request.repository, counts };
  const mints = { column: minuteColumn(nowMs), max: limits.mintsPerMinute, because: '' };
  return {
    change: {
      put: { [columnOf('s', request.name)]: JSON.stringify(slot) },
      add: Object.fromEntries([...counts, mints.column].map((column) => [column, 1])),
    },
    when: {
      row: 'present',
      checks: [
        // A slot's text is never empty: the check holds only while there is no such column.
        { column: columnOf('s', request.name), is: '=', value: '', ifMissing: true },
        ...bounds.map(under),
        ...(request.hasTurn ? [] : [NOBODY_WAITS]),
        under(mints),
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
  const full = boundsOf(request, limits).find(({ column, max }) => countIn(columns, column) >= max);
  if (full !== undefined)
    return { kind: full.column === 'total' ? 'full' : 'limited', because: full.because };
  if (!request.hasTurn && typeof columns.waiting === 'number')
    return { kind: 'queue', because: String(columns.barrier ?? 'other jobs wait for the same slot') };
  if (countIn(columns, minuteColumn(nowMs)) < limits.mintsPerMinute) return null;
  return { kind: 'paced', because: `new runners are paced at ${limits.mintsPerMinute} a minute` };
}

/** Null: whoever comes is served from now on. */
export function waitingChange(waiting: Waiting | null): Change {
  if (waiting === null) return { drop: ['waiting', 'barrier'] };
  return { put: { waiting: waiting.sinceMs, barrier: waiting.because } };
}

/** Slots came and went under each of our tries. */
export const CONTENDED: SlotOutcome = { kind: 'paced', because: 'too many launches want a slot at once' };

/** Null: there is no such slot to hand back. */
export function handingBack(columns: Columns, name: RunnerName): { change: Change; when: Condition } | null {
  const slot = slotOf(columns, name);
  if (slot === null) return null;
  const column = columnOf('s', name);
  return {
    change: {
      drop: [column, ...mintsOfThePast(columns)],
      add: Object.fromEntries(slot.counts.map((total) => [total, -1])),
    },
    when: {
      row: 'present',
      checks: [{ column, is: '=', value: String(columns[column]), ifMissing: false }],
    },
  };
}

/** All but the newest two minutes of the row: no clock is needed to see that they are over, and the row stays small. */
function mintsOfThePast(columns: Columns): string[] {
  const minutes = Object.keys(columns).filter((column) => column.startsWith('m_'));
  return minutes.sort().slice(0, -2);
}

export function viewOf(columns: Columns): CapacityView {
  const slots = slotsIn(columns).map(({ name, profile, repository }) => ({ name, profile, repository }));
  const minutes = Object.keys(columns).filter((column) => column.startsWith('m_'));
  const mints = minutes.map((column) => [column.slice('m_'.length), countIn(columns, column)] as const);
  return { total: countIn(columns, 'total'), slots, mints: Object.fromEntries(mints) };
}

function slotOf(columns: Columns, name: RunnerName): Slot | null {
  const text = columns[columnOf('s', name)];
  return typeof text === 'string' ? JSON.parse(text) : null;
}

export function slotsIn(columns: Columns): Slot[] {
  return Object.entries(columns)
    .filter(([column]) => column.startsWith('s_'))
    .map(([, text]) => JSON.parse(String(text)));
}

export function countIn(columns: Columns, column: string): number {
  const count = columns[column];
  return typeof count === 'number' ? count : 0;
}
