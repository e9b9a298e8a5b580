/** Mints in the capacity row, counted by steps of some seconds: pure. A slot's own is counted in the write that takes it. */

import { MINT_STEPS } from '../../../github-limits.ts';
import type { MintAgain, SlotOutcome, SlotRequest } from '../../../ledger/ledger.ts';
import { isStopped, whyStopped } from '../../../ledger/stop.ts';
import type { RunnerName } from '../../../nouns.ts';
import { mintsMax, stepsOf } from '../../../runner/mint-pace.ts';
import type { Change, Check, Columns, Condition } from '../table.ts';
import { columnOf, columnOfStep, countIn, minutesIn, type Slot, stepColumn, stepsIn } from './columns.ts';
import { stillStopped, stopIn, stopText } from './stop.ts';

export const pacedAt = (mintsPerMinute: number): SlotOutcome => ({
  kind: 'paced',
  because: `new runners are paced at ${mintsPerMinute} a minute`,
});

/** The check that one more is within the pace. */
export const withinPace = (perMinute: number, nowMs: number): Check => ({
  column: stepColumn(nowMs),
  is: '<=',
  value: mintsMax(perMinute) - 1,
  ifMissing: true,
});

export const isPaced = (columns: Columns, perMinute: number, nowMs: number): boolean =>
  countIn(columns, stepColumn(nowMs)) >= mintsMax(perMinute);

/** What one more mint adds, or the removal of what was minted: a write of GitHub's each. */
export const minted = (nowMs: number): Readonly<Record<string, number>> =>
  Object.fromEntries(stepsOf(nowMs).map((step) => [columnOfStep(step), 1]));

interface Act {
  readonly change: Change;
  readonly when: Condition;
}

/** The sweep lets probes alone pass: there is no such column, or it is not positive. */
const NOT_BRAKED: Check = { column: 'braked', is: '<', value: 0, ifMissing: true };

/**
 * One more of a runner that has its slot, and is a repository's from now on: the slot's time moves with it, so that a repeated
 * write counts once. Or why not.
 */
export function mintingAgain(columns: Columns, asked: MintAgain, nowMs: number): Act | SlotOutcome {
  const { name, repository, hasTurn, mintsPerMinute } = asked;
  const found = slotTextOf(columns, name);
  if (found === null) return { kind: 'paced', because: 'its slot was handed back meanwhile' };
  if (found.slot.atMs === nowMs) return { kind: 'taken' };
  // Counted there already, by a start that came to nothing, it is not one more.
  const isCounted = found.slot.counts.includes(columnOf('r', repository));
  const bounded = isCounted ? { ...asked, perRepository: null } : asked;
  const refusal = whyNotAgain(columns, bounded, nowMs);
  if (refusal !== null) return refusal;
  const { put, add } = movedTo(found, repository, nowMs);
  const checks: Check[] = [
    found.isAsRead,
    withinPace(mintsPerMinute, nowMs),
    stillStopped(stopText(columns)),
    ...(hasTurn ? [] : [NOT_BRAKED]),
    ...ownBound(bounded),
  ];
  return {
    change: { put, add: { ...add, ...minted(nowMs) } },
    when: { row: 'present', checks },
  };
}

function whyNotAgain(columns: Columns, asked: MintAgain, nowMs: number): SlotOutcome | null {
  const { repository, hasTurn, perRepository, mintsPerMinute } = asked;
  const stop = stopIn(columns);
  if (stop !== null && isStopped(stop, repository))
    return { kind: 'stopped', because: whyStopped(stop, repository) };
  if (perRepository !== null && countIn(columns, columnOf('r', repository)) >= perRepository)
    return { kind: 'limited', because: ownLimit(repository, perRepository) };
  if (!hasTurn && columns.braked !== undefined) return { kind: 'queue', because: String(columns.barrier) };
  return isPaced(columns, mintsPerMinute, nowMs) ? pacedAt(mintsPerMinute) : null;
}

const ownBound = ({ repository, perRepository }: MintAgain): readonly Check[] =>
  perRepository === null
    ? []
    : [{ column: columnOf('r', repository), is: '<=', value: perRepository - 1, ifMissing: true }];

export const ownLimit = (repository: string, max: number): string =>
  `all runners of ${repository} are in use (limits.runnersPerRepository is ${max})`;

export const heldAt = ({ max, isFirst }: NonNullable<SlotRequest['matrix']>): string =>
  isFirst === true
    ? `${max} of its matrix have runners, and are to show how many of it GitHub lets run at once`
    : `${max} of its matrix have runners, and in earlier runs GitHub let no more of it run at once`;

/** Runners, matrix, and money an hour: what a repository has for itself. */
export const isOfRepository = (column: string): boolean => /^[rgh]_/.test(column);
const isItsRunners = (column: string): boolean => column.startsWith('r_');

/** `isOff`: what it counts in no more. Null: there is nothing to take back. */
export function unassigning(columns: Columns, name: RunnerName, isOff = isItsRunners): Act | null {
  const found = slotTextOf(columns, name);
  if (found === null) return null;
  const { slot, column, isAsRead } = found;
  const { counts, money, cost } = slot;
  const runners = counts.filter(isOff).map((each) => [each, -1] as const);
  const hours = (money?.hours ?? []).filter(isOff);
  if (slot.isUnassigned && runners.length + hours.length === 0) return null;
  const left: Slot = {
    ...{ ...slot, isUnassigned: true, counts: counts.filter((each) => !isOff(each)) },
    ...(money === undefined
      ? {}
      : { money: { ...money, hours: money.hours.filter((each) => !isOff(each)) } }),
  };
  const spared = hours.map((each) => [each, -(cost?.perHour ?? 0)] as const);
  return {
    change: { put: { [column]: JSON.stringify(left) }, add: Object.fromEntries([...runners, ...spared]) },
    when: { row: 'present', checks: [isAsRead] },
  };
}

/** Counted with the runners of `repository` instead of those of another, or of none. */
function movedTo({ slot, column }: Found, repository: string, atMs: number) {
  const before = slot.counts.filter(isItsRunners);
  const after = [columnOf('r', repository)];
  const { isUnassigned: _, ...rest } = slot;
  const moved: Slot = {
    ...{ ...rest, repository, atMs },
    counts: [...slot.counts.filter((each) => !isItsRunners(each)), ...after],
  };
  const left = before.filter((each) => !after.includes(each)).map((each) => [each, -1] as const);
  const come = after.filter((each) => !before.includes(each)).map((each) => [each, 1] as const);
  return { put: { [column]: JSON.stringify(moved) }, add: Object.fromEntries([...left, ...come]) };
}

interface Found {
  readonly column: string;
  readonly slot: Slot;
  readonly isAsRead: Check;
}

function slotTextOf(columns: Columns, name: RunnerName): Found | null {
  const column = columnOf('s', name);
  const text = columns[column];
  if (typeof text !== 'string') return null;
  return { column, slot: JSON.parse(text), isAsRead: { column, is: '=', value: text, ifMissing: false } };
}

/** All but the newest steps of the row: no clock is needed to see that they are over, and the row stays small. */
export const mintsOfThePast = (columns: Columns): string[] => [
  ...stepsIn(columns).sort().slice(0, -MINT_STEPS),
  ...minutesIn(columns),
];

export const mintsOver = (columns: Columns, nowMs: number): string[] => [
  ...stepsIn(columns).filter((column) => column < stepColumn(nowMs)),
  ...minutesIn(columns),
];
