/** Who waits for a slot, and who for a limit of its repository's or profile's own. */
import type { Config } from '../../shared/config/config.ts';
import { parseLabels } from '../../shared/job/labels.ts';
import type { JobEntry } from '../../shared/ledger/entries.ts';
import type { CapacityView } from '../../shared/ledger/ledger.ts';
import type { ReaperWorld } from './world.ts';

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

export type Slots = CapacityView['slots'];

/** Null: there is one that is free, or no pool that could give way. */
export async function slotsIfFull(
  { runners }: { readonly runners: readonly unknown[] },
  { config, ledger }: Pick<ReaperWorld, 'config' | 'ledger'>,
): Promise<Slots | null> {
  const isFull = config.warm.length > 0 && runners.length >= config.limits.runners;
  return isFull ? (await ledger.capacity.view()).slots : null;
}

/** Slots that jobs with no runner coming may take, were there any number. */
export function slotsFor(uncovered: readonly JobEntry[], slots: Slots, config: Config): number {
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
  for (const { profile, repository } of slots) count(keysFor(profile, repository), used);
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

const keysFor = (profile: string | null, repository: string): readonly string[] => [
  ...[ALL, repositoryKey(repository)],
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
