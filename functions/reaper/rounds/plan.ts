/** Whose turn it is: which waiting jobs are launched for now, and in which order the others wait. Pure. */
import type { Config } from '../../../shared/config/config.ts';
import { PROBES_OF_LIKE_MAX } from '../../../shared/github-limits.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView, Reserved } from '../../../shared/ledger/ledger.ts';
import { LAUNCHES_PER_SWEEP_MAX, PROBE_FIRST_MS, PROBES_PER_SWEEP_MAX } from '../../../shared/limits.ts';
import { mintPace, mintsAtOnce, mintsLeft, minuteOf } from '../../../shared/runner/mint-pace.ts';
import { ALL, count, isInLine, keysFor, keysOf, limitOf, repositoryKey } from '../own-limits.ts';
import { byAge, inTurns, nextTurn, turnsOf, type Waiting } from './in-turns.ts';
import { type MoneyRoom, moneyRoom } from './money/room.ts';

export interface Plan {
  /** To be launched for now, first turn first. */
  readonly start: readonly Waiting[];
  /** Due, servable, and without a slot or a mint: the first in line first. */
  readonly line: readonly Waiting[];
  /** There are slots, and the line waits for GitHub's minute alone. */
  readonly isPaced: boolean;
  /** There are slots, and of what found no offer some wait for what becomes of the first. */
  readonly isProbing: boolean;
  /** For whom the hour's money is kept; null: for nobody. */
  readonly reserved: Reserved | null;
}

/** What else has to agree to a launch; asked once for each, in order, and yes means that it is made. */
export type Gate = (entry: JobEntry) => boolean;

interface Room {
  readonly config: Config;
  /** Runners by key of a limit, those of this plan included. */
  readonly used: Map<string, number>;
  readonly money: MoneyRoom;
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
  mayStart: Gate = () => true,
  order = byAge,
): Plan {
  const room = roomIn(view, config, nowMs);
  const due = uncovered.filter(({ entry }) => entry.nextTryAtMs <= nowMs);
  const servable = due.filter(({ entry }) => isInLine(entry)).sort(order);
  const withoutOffer = due.filter(({ entry }) => entry.obstacle === 'offer').sort(byAge);
  const aside = due.filter(({ entry }) => isTriedLast(entry)).sort(byTry);

  const probes = hasRoom(room) ? fewOfEach(inTurns(withoutOffer)).slice(0, PROBES_PER_SWEEP_MAX) : [];
  const overdue = aside.filter(({ entry }) => nowMs - entry.nextTryAtMs >= PROBE_FIRST_MS);
  const isProbeFirst = (minuteOf(nowMs) * 60_000) % PROBE_FIRST_MS === 0;
  const isKept = ({ entry }: Waiting) => entry.job.id === view.reserved?.job;
  const kept = takeTurns(servable.filter(isKept), view.reserved ?? null, room, mayStart);
  const first = isProbeFirst ? takeFew(overdue, 1, room, mayStart) : [];
  const turns = takeTurns(
    servable.filter((each) => !isKept(each)),
    null,
    room,
    mayStart,
  );
  const line = [...kept.line, ...turns.line];
  const rest = aside.filter((each) => !first.includes(each));
  const last = line.length > 0 ? [] : takeFew(rest, PROBES_PER_SWEEP_MAX, room, mayStart);
  const tried = probes.filter(({ entry }) => room.money.fits(entry) && mayStart(entry));
  const start = [...kept.start, ...first, ...turns.start, ...last, ...tried];
  // Its launch may be refused yet: prices move.
  const stays = kept.start.length > 0 ? view.reserved : null;
  const isPaced = line.length > 0 && room.startsLeft <= 0 && hasSlot(room);
  const isProbing = probes.length < withoutOffer.length && hasSlot(room);
  return { start, line, isPaced, isProbing, reserved: stays ?? room.money.reserved() };
}

const likeOf = ({ entry }: Waiting): string => [...entry.job.labels].sort().join(' ').toLowerCase();

/** Pure. What one found sold out, others with its labels would find so: who has not been tried yet stands aside with it. */
export function withItsLike(uncovered: readonly Waiting[]): readonly Waiting[] {
  const scarce = new Set(
    uncovered.filter(({ entry }) => entry.obstacle === 'offer' && !entry.quota).map(likeOf),
  );
  return uncovered.map((held) =>
    isInLine(held.entry) && scarce.has(likeOf(held))
      ? { ...held, entry: { ...held.entry, obstacle: 'offer' } }
      : held,
  );
}

/** All at once would mint for the same few offers before the first of them is refused. */
function fewOfEach(jobs: readonly Waiting[]): readonly Waiting[] {
  const tried = new Map<string, number>();
  return jobs.filter((held) => {
    count([likeOf(held)], tried);
    return (tried.get(likeOf(held)) ?? 0) <= PROBES_OF_LIKE_MAX;
  });
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

const isTriedLast = ({ obstacle }: JobEntry): boolean => obstacle === 'waste' || obstacle === 'refusal';

function roomIn(view: CapacityView, config: Config, nowMs: number): Room {
  const used = new Map<string, number>();
  const pace = mintPace(config);
  const left = Math.min(mintsLeft(view.mints, pace, nowMs), mintsAtOnce(pace));
  for (const { profile, repository } of view.slots) count(keysFor(profile, repository), used);
  return {
    config,
    used,
    money: moneyRoom(view, config, nowMs),
    startsLeft: Math.min(LAUNCHES_PER_SWEEP_MAX, left),
  };
}

const hasSlot = ({ used, config }: Room): boolean => (used.get(ALL) ?? 0) < config.limits.runners;
const hasRoom = (room: Room): boolean => room.startsLeft > 0 && hasSlot(room);

/**
 * Everybody in the order of the turns: those that there is room for, and those that wait for it. The first that the hour's
 * money does not suffice for has it reserved. `before`: it was, by the last sweep.
 */
function takeTurns(jobs: readonly Waiting[], before: Reserved | null, room: Room, mayStart: Gate) {
  const [start, line]: [Waiting[], Waiting[]] = [[], []];
  const turns = turnsOf(jobs);
  for (let next = nextTurn(turns, room.used); next !== null; next = nextTurn(turns, room.used)) {
    const keys = keysOf(next.entry, room.config);
    // What its own limit keeps out is nobody else's matter.
    if (isLimited(next, keys, room)) continue;
    if (hasRoom(room) && room.money.fits(next.entry) && mayStart(next.entry)) {
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
  count(keys, room.used);
  room.startsLeft--;
}

const byTry = ({ entry: a }: Waiting, { entry: b }: Waiting): number =>
  a.nextTryAtMs - b.nextTryAtMs || a.job.id - b.job.id;

const isLimited = ({ entry }: Waiting, keys: readonly string[], { used, config, money }: Room): boolean =>
  money.isShareUsed(entry) || keys.slice(1).some((key) => (used.get(key) ?? 0) >= limitOf(key, config));
