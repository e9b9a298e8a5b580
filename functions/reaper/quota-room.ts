/** Which runners of pools give way to jobs that wait for a quota which those have used up: pure. */
import type { JobEntry, RunnerEntry } from '../../shared/ledger/entries.ts';
import type { RunnerName } from '../../shared/nouns.ts';
import {
  type LearnedLimit,
  type LearnedLimits,
  needOf,
  roomIn,
  scopesOf,
  usageOf,
} from '../../shared/quota/learned-limits.ts';

export interface GivenUp {
  readonly runners: ReadonlySet<RunnerName>;
  /** Jobs wait for these, or for what is on its way out already: no pool makes anything anew meanwhile. */
  readonly isAwaited: boolean;
}

export const NOTHING_GIVEN: GivenUp = { runners: new Set(), isAwaited: false };

export interface HeldQuota {
  /** In the order in which they give way. */
  readonly idle: readonly RunnerEntry[];
  /** Of all others, what goes without being asked, and what stays. */
  readonly leaving: readonly RunnerEntry[];
  readonly staying: readonly RunnerEntry[];
}

/**
 * So many as make room, in the scope where that takes the fewest, and only where the account is known to give as much as is
 * asked for: what no end of ours could let in makes nobody go. `waiting`: no runner comes for them.
 */
export function givenUpFor(
  waiting: readonly JobEntry[],
  limits: LearnedLimits,
  { idle, leaving, staying }: HeldQuota,
): GivenUp {
  const wanted = needsOf(waiting, limits);
  if (wanted.length === 0) return NOTHING_GIVEN;
  const now = roomBeside([...idle, ...staying, ...leaving], limits);
  const soon = roomBeside([...idle, ...staying], limits);
  const given = new Set<RunnerEntry>();
  let isAwaited = false;
  for (const needs of wanted) {
    const isFree = takeIn(needs, now);
    const left = idle.filter((each) => !given.has(each));
    const more = isFree ? [] : fewestFor(needs, limits, soon, left);
    if (more === null) continue;
    isAwaited ||= !isFree;
    for (const each of more) {
      given.add(each);
      makeRoom(each, soon);
    }
    takeIn(needs, soon);
  }
  return { runners: new Set([...given].map(({ name }) => name)), isAwaited };
}

type Needs = readonly (readonly [scope: string, need: number])[];
type Room = Map<string, number>;

/** Of those that quotas alone keep waiting, the oldest first. */
const needsOf = (waiting: readonly JobEntry[], limits: LearnedLimits): readonly Needs[] =>
  waiting
    .toSorted((a, b) => a.job.createdAtMs - b.job.createdAtMs)
    .map(({ quota }) => Object.entries(quota?.needs ?? {}))
    .filter((needs) => needs.length > 0 && needs.every(([scope]) => limits.has(scope)));

function roomBeside(alive: readonly RunnerEntry[], limits: LearnedLimits): Room {
  const usage = usageOf(alive, 'made and coming');
  return new Map([...limits].map(([scope, limit]) => [scope, roomIn(scope, limit, usage)]));
}

function makeRoom({ candidate }: RunnerEntry, room: Room): void {
  if (candidate === null) return;
  for (const scope of scopesOf(candidate)) room.set(scope, (room.get(scope) ?? 0) + needOf(scope, candidate));
}

/** Where there is room it is taken. */
function takeIn(needs: Needs, room: Room): boolean {
  const fit = needs.find(([scope, need]) => (room.get(scope) ?? 0) >= need);
  if (fit === undefined) return false;
  room.set(fit[0], (room.get(fit[0]) ?? 0) - fit[1]);
  return true;
}

/** Null: all of them together would not do. */
function fewestFor(
  needs: Needs,
  limits: LearnedLimits,
  room: Room,
  idle: readonly RunnerEntry[],
): readonly RunnerEntry[] | null {
  const ways = needs.flatMap(([scope, need]) => {
    const limit = limits.get(scope);
    const way = isGiven(limit, need) ? wayIn(scope, need - (room.get(scope) ?? 0), idle) : null;
    return way === null ? [] : [way];
  });
  return ways.sort((a, b) => a.length - b.length)[0] ?? null;
}

/** So much at once it has given us. */
const isGiven = (limit: LearnedLimit | undefined, need: number): boolean =>
  limit !== undefined && !limit.isOutgrown && need <= limit.tooMany - limit.need;

function wayIn(scope: string, lacking: number, idle: readonly RunnerEntry[]): readonly RunnerEntry[] | null {
  const way: RunnerEntry[] = [];
  let left = lacking;
  for (const each of idle) {
    if (left <= 0) break;
    if (each.candidate === null || !scopesOf(each.candidate).includes(scope)) continue;
    way.push(each);
    left -= needOf(scope, each.candidate);
  }
  return left <= 0 ? way : null;
}
