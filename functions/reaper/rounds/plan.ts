/** Whose turn it is: which waiting jobs are launched for now, and in which order the others wait. Pure. */
import type { Config } from '../../../shared/config/config.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView, Reserved } from '../../../shared/ledger/ledger.ts';
import { LAUNCHES_PER_SWEEP_MAX, PROBE_FIRST_MS, PROBES_PER_SWEEP_MAX } from '../../../shared/limits.ts';
import { mintPace, mintsAtOnce, mintsLeft, minuteOf } from '../../../shared/runner/mint-pace.ts';
import { type MoneyRoom, moneyRoom } from '../money-room.ts';
import { ALL, count, isInLine, keysOf, limitOf, repositoryKey, usedBy } from '../own-limits.ts';
import { type Likes, likesOf, type Scarce } from '../scarce.ts';
import { byAge, byTry, inTurns, nextTurn, turnsOf, type Waiting } from './in-turns.ts';

export interface Plan {
  /** To be launched for now, first turn first. */
  readonly start: readonly Waiting[];
  /** Due, servable, and without a slot or a mint: the first in line first. */
  readonly line: readonly Waiting[];
  /** There are slots, and the line waits for GitHub's minute alone. */
  readonly isPaced: boolean;
  /** There are slots, and some wait for nothing but what becomes of the first of their like. */
  readonly isProbing: boolean;
  /** For whom the hour's money is kept; null: for nobody. */
  readonly reserved: Reserved | null;
}

/** What else has to agree to a launch; asked once for each, in order, and yes means that it is made. */
export type Gate = (entry: JobEntry) => boolean;

/** What a plan goes by beside what waits and what there is. */
export interface Terms {
  readonly mayStart?: Gate;
  readonly order?: typeof byAge;
  /** Whose like a few try. */
  readonly scarce?: Scarce;
  /** By the same sweep, before. */
  readonly started?: readonly Waiting[];
}

interface Room {
  readonly config: Config;
  /** Runners by key of a limit, those of this plan included. */
  readonly used: Map<string, number>;
  readonly money: MoneyRoom;
  readonly likes: Likes;
  startsLeft: number;
}

/**
 * Who stands in line goes first, by turns: the repository with the fewest runners, then the oldest job. What had runners
 * of no use takes of what they leave, or once in a few minutes one place before them, so that it is not starved itself.
 * What found no offer is tried beside them: it takes a slot only if it has become servable.
 * `uncovered`: waiting jobs with no runner coming.
 */
export function planStarts(
  uncovered: readonly Waiting[],
  view: CapacityView,
  config: Config,
  nowMs: number,
  { mayStart = () => true, order = byAge, scarce = NOTHING, started = [] }: Terms = {},
): Plan {
  const room = roomIn(view, config, nowMs, scarce);
  const due = uncovered.filter(({ entry }) => entry.nextTryAtMs <= nowMs);
  const servable = due.filter(({ entry }) => isInLine(entry)).sort(order);
  const aside = due.filter(({ entry }) => isTriedLast(entry)).sort(byTry);
  const leftOf = (is: (entry: JobEntry) => boolean) =>
    PROBES_PER_SWEEP_MAX - started.filter(({ entry }) => is(entry)).length;

  // Before those of their like in line: what they found is confirmed, or over.
  const probes = probesOf(due, leftOf(isWithoutOffer), room);
  const overdue = aside.filter(({ entry }) => nowMs - entry.nextTryAtMs >= PROBE_FIRST_MS);
  const isProbeFirst = (minuteOf(nowMs) * 60_000) % PROBE_FIRST_MS === 0;
  const isKept = ({ entry }: Waiting) => entry.job.id === view.reserved?.job;
  const kept = takeTurns(servable.filter(isKept), view.reserved ?? null, room, mayStart);
  const first = isProbeFirst ? takeFew(overdue, 1, room, mayStart) : [];
  const others = servable.filter((each) => !isKept(each));
  const turns = takeTurns(others, null, room, mayStart);
  const line = [...kept.line, ...turns.line];
  const rest = aside.filter((each) => !first.includes(each));
  const last = line.length > 0 ? [] : takeFew(rest, leftOf(isTriedLast), room, mayStart);
  const tried = probes.filter(({ entry }) => room.money.fits(entry) && mayStart(entry));
  const start = [...kept.start, ...first, ...turns.start, ...last, ...tried];
  // Its launch may be refused yet: prices move.
  const stays = kept.start.length > 0 ? view.reserved : null;
  const isPaced = line.length > 0 && room.startsLeft <= 0 && hasSlot(room);
  const isProbing = room.likes.anyLeftOut() && hasSlot(room);
  return { start, line, isPaced, isProbing, reserved: stays ?? room.money.reserved() };
}

const NOTHING: Scarce = new Set();

/** What found no offer takes a slot only if it has become servable: as many as may, in turns, and a few of each like. */
function probesOf(due: readonly Waiting[], max: number, room: Room): readonly Waiting[] {
  const probes: Waiting[] = [];
  const tried = { ...room, used: new Map(room.used) };
  for (const next of inTurns(due.filter(({ entry }) => isWithoutOffer(entry)).sort(byTry))) {
    if (probes.length >= max) return probes;
    const keys = keysOf(next.entry, room.config);
    // It is ranked before it takes anything, and most find nothing again.
    const isFree = next.entry.isUntried === true;
    const isHeldBack = !isFree && (isLimited(next, keys, tried) || isLeftOut(next, null, room));
    if (isHeldBack || !fits(next, room)) continue;
    probes.push(next);
    if (isFree) continue;
    room.likes.count(next.entry);
    count(keys.slice(1), tried.used);
  }
  return probes;
}

/** Everybody whose launch could take a slot, in the order of the turns: what a person is told of its place. */
export function lineOf(
  uncovered: readonly Waiting[],
  view: CapacityView,
  config: Config,
): readonly Waiting[] {
  return inTurns(uncovered.filter(({ entry }) => isInLine(entry)).sort(byAge), roomIn(view, config, 0).used);
}

/** What a launch for it has to stay within, and of that what has no room at this moment: its repository's money is the repository's. */
export function limitsIn(view: CapacityView, config: Config, nowMs: number) {
  const room = roomIn(view, config, nowMs);
  return (entry: JobEntry): { readonly all: readonly string[]; readonly full: readonly string[] } => {
    const all = keysOf(entry, config);
    const full = all.filter((key) => (room.used.get(key) ?? 0) >= limitOf(key, config));
    const share = room.money.isShareUsed(entry) ? [repositoryKey(entry.job.repository)] : [];
    return { all, full: [...full, ...share] };
  };
}

const isWithoutOffer = ({ obstacle }: JobEntry): boolean => obstacle === 'offer';
const isTriedLast = ({ obstacle }: JobEntry): boolean => obstacle === 'waste' || obstacle === 'refusal';

function roomIn(view: CapacityView, config: Config, nowMs: number, scarce = NOTHING): Room {
  const pace = mintPace(config);
  const left = Math.min(mintsLeft(view.mints, pace, nowMs), mintsAtOnce(pace));
  return {
    config,
    used: usedBy(view.slots),
    money: moneyRoom(view, config, nowMs),
    likes: likesOf(scarce, nowMs, config),
    startsLeft: Math.min(LAUNCHES_PER_SWEEP_MAX, left),
  };
}

const hasSlot = ({ used, config }: Room): boolean => (used.get(ALL) ?? 0) < config.limits.runners;
const hasRoom = (room: Room): boolean => room.startsLeft > 0 && hasSlot(room);
const fits = ({ entry }: Waiting, room: Room): boolean => hasRoom(room) && room.money.fits(entry);

/**
 * Everybody in the order of the turns: those that there is room for, and those that wait for it. The first that the hour's
 * money does not suffice for has it reserved. `before`: it was, by the last sweep.
 */
function takeTurns(jobs: readonly Waiting[], before: Reserved | null, room: Room, mayStart: Gate) {
  const [start, line]: [Waiting[], Waiting[]] = [[], []];
  const turns = turnsOf(jobs);
  for (let next = nextTurn(turns, room.used); next !== null; next = nextTurn(turns, room.used)) {
    const keys = keysOf(next.entry, room.config);
    // What its own limit, or those of its like, keep out is nobody else's matter.
    if (isLimited(next, keys, room) || isLeftOut(next, before, room)) continue;
    if (fits(next, room) && mayStart(next.entry)) {
      start.push(next);
      take(next, keys, room);
    } else {
      line.push(next);
      room.money.reserve(next.entry, before);
      // Whoever waits counts as well: the line goes on in turns.
      count(keys.slice(1), room.used);
    }
  }
  return { start, line };
}

/** At most `max` of those that stand aside, in turns of their own. */
function takeFew(jobs: readonly Waiting[], max: number, room: Room, mayStart: Gate): readonly Waiting[] {
  const start: Waiting[] = [];
  for (const next of inTurns(jobs)) {
    if (start.length >= max || !hasRoom(room)) return start;
    const keys = keysOf(next.entry, room.config);
    if (isLimited(next, keys, room) || !room.money.fits(next.entry) || !mayStart(next.entry)) continue;
    start.push(next);
    take(next, keys, room);
  }
  return start;
}

function take({ entry }: Waiting, keys: readonly string[], room: Room): void {
  room.money.take(entry);
  room.likes.count(entry);
  count(keys, room.used);
  room.startsLeft--;
}

/** Whom the hour's money is kept for has waited long enough. */
const isLeftOut = (next: Waiting, before: Reserved | null, room: Room): boolean =>
  before === null && fits(next, room) && room.likes.isLeftOut(next.entry);

const isLimited = ({ entry }: Waiting, keys: readonly string[], { used, config, money }: Room): boolean =>
  money.isShareUsed(entry) || keys.slice(1).some((key) => (used.get(key) ?? 0) >= limitOf(key, config));
