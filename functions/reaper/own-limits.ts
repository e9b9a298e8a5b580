/** Who waits for a slot, and who for a limit of its repository's or profile's own. */
import { spendLimits } from '../../shared/advisor/spend.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import type { JobEntry } from '../../shared/ledger/entries.ts';
import type { CapacityView } from '../../shared/ledger/ledger.ts';
import { moneyRoom, spentPerHour, waitsFor } from './money-room.ts';

/** Its launch can take a slot, as far as its last try tells; whether its own limit has room is seen each time. */
export function isInLine({ obstacle = null }: Pick<JobEntry, 'obstacle'>): boolean {
  return obstacle === null || obstacle === 'limit';
}

/**
 * Slots that are left to jobs whose last launch came to nothing: they are tried while one is free, one after the other. What
 * gets no further runner takes none.
 */
export const slotsForAside = (uncovered: readonly JobEntry[]): 0 | 1 =>
  uncovered.some((entry) => !isInLine(entry) && entry.obstacle !== 'cap') ? 1 : 0;

type Slots = CapacityView['slots'];

/** What jobs wait for, and machines of pools may have. */
export interface Short {
  /** While all are in use: so many. */
  readonly slots: number;
  /** Of the hour's money what so many machines cost. */
  readonly money: number;
}

/** `view`: null where there is no pool. */
export function shortIn(
  view: CapacityView | null,
  runners: readonly unknown[],
  uncovered: readonly JobEntry[],
  config: Config,
  nowMs: number,
): Short {
  if (view === null) return { slots: 0, money: 0 };
  const isFull = runners.length >= config.limits.runners;
  const slots = isFull ? slotsFor(uncovered, view.slots, config) : 0;
  return { slots, money: machinesFor(uncovered, view, config, nowMs) };
}

/** What the waiting jobs lack of the hour's money, in machines of the mean price. */
function machinesFor(
  uncovered: readonly JobEntry[],
  view: CapacityView,
  config: Config,
  nowMs: number,
): number {
  const hourMax = spendLimits(config)?.perHour ?? Number.POSITIVE_INFINITY;
  const room = moneyRoom(view, config, nowMs);
  const wanted = uncovered
    .filter((entry) => waitsFor('spendPerHour', entry) && !room.isShareUsed(entry))
    .map(({ cost }) => cost?.perHour ?? 0)
    .filter((perHour) => perHour <= hourMax)
    .reduce((sum, perHour) => sum + perHour, 0);
  const spent = spentPerHour(view);
  const lacking = wanted === 0 ? 0 : wanted - (hourMax - spent);
  // Where nothing costs anything, no machine that goes gives any back.
  return lacking <= 0 || spent === 0 ? 0 : Math.ceil((lacking * view.slots.length) / spent);
}

/** Slots that jobs with no runner coming may take, were there any number. */
function slotsFor(uncovered: readonly JobEntry[], slots: Slots, config: Config): number {
  const used = usedBy(slots);
  const inLine = uncovered.filter(isInLine).filter((entry) => {
    const [, ...own] = keysOf(entry, config);
    const hasRoom = own.every((key) => (used.get(key) ?? 0) < limitOf(key, config));
    if (hasRoom) count(own, used);
    return hasRoom;
  });
  return inLine.length + slotsForAside(uncovered);
}

/** Runners by key of a limit. */
export function usedBy(slots: Slots): Map<string, number> {
  const used = new Map<string, number>();
  for (const { profile, repository, isUnassigned } of slots)
    count(keysFor(profile, isUnassigned ? null : repository), used);
  return used;
}

export const ALL = 'all';
const PROFILE = 'profile ';

export const repositoryKey = (repository: string): string => `repository ${repository.toLowerCase()}`;

/** Of all runners, of its repository, and of its profile. */
export function keysOf({ job }: Pick<JobEntry, 'job'>, config: Config): readonly string[] {
  const understood = parseLabels(job.labels, job.repository, config);
  const profile = understood.kind === 'ours' ? understood.requirements.profile : null;
  return keysFor(profile, job.repository);
}

const keysFor = (profile: string | null, repository: string | null): readonly string[] => [
  ALL,
  ...(repository === null ? [] : [repositoryKey(repository)]),
  ...(profile === null ? [] : [`${PROFILE}${profile}`]),
];

export function limitOf(key: string, { limits, profiles }: Config): number {
  if (key === ALL) return limits.runners;
  const isProfile = key.startsWith(PROFILE);
  const limit = isProfile ? profiles[key.slice(PROFILE.length)]?.runners : limits.runnersPerRepository;
  return limit ?? Number.POSITIVE_INFINITY;
}

export function count(keys: readonly string[], used: Map<string, number>): void {
  for (const key of keys) used.set(key, (used.get(key) ?? 0) + 1);
}
