/** Which runners wait on for jobs to come, how many are wanting, and which jobs wait for their slots, or for limits of their own. */
import type { Config } from '../../../shared/config/config.ts';
import { parseLabels } from '../../../shared/job/labels.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView } from '../../../shared/ledger/ledger.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import { WARM_AGE_MAX_MS, WARM_AGE_MS, WARM_BEYOND_MAX, WARM_LEFT_MS } from '../../../shared/warm/limits.ts';
import { type Pool, poolNameOf, stampOf } from '../../../shared/warm/pools.ts';
import type { ReaperWorld } from '../world.ts';
import type { Survey } from './survey.ts';

/** Instead of a stamp: it was launched for a job. */
export const LEFT = 'left over';

interface WarmWorld {
  readonly entries: readonly RunnerEntry[];
  readonly config: Config;
  readonly version: string;
  readonly nowMs: number;
}

export interface WarmPlan {
  /** No job waits for them, and they are kept. */
  readonly kept: ReadonlySet<RunnerName>;
  /** To be launched. */
  readonly wanting: readonly { readonly pool: Pool; readonly count: number; readonly stamp: string }[];
}

/** Jobs wait for a slot, and all are in use: what waits for jobs that may come makes room for as many, what is stopped first. */
export function yielding(pools: readonly Pool[], waiting: number): readonly Pool[] {
  let left = waiting;
  const given = new Map<Pool, number>();
  const inOrder = pools.toSorted((a, b) => Number(a.kind === 'hot') - Number(b.kind === 'hot'));
  for (const pool of inOrder) {
    given.set(pool, Math.min(pool.count, left));
    left -= Math.min(pool.count, left);
  }
  return pools.map((pool) => ({ ...pool, count: pool.count - (given.get(pool) ?? 0) }));
}

/**
 * `all`: runners that may still take a job, and that no job waits for, and those that are made to be stopped. Of those that
 * are ready, new ones stay before old ones. What is old, or made of what has changed, is replaced one at a time, and stays
 * until another is ready. What a person asked for waits until its own end, is no pool's, and gives way to nobody.
 * `entries`: all. While nobody knows what became of some, no more than WARM_BEYOND_MAX are made in their place.
 */
export function planWarm(
  pools: readonly Pool[],
  all: readonly RunnerEntry[],
  { entries, config, version, nowMs }: WarmWorld,
): WarmPlan {
  const isWaitedFor = ({ waitsUntilMs = 0 }: RunnerEntry) => nowMs < waitsUntilMs;
  const kept = new Set<RunnerName>(all.filter(isWaitedFor).map(({ name }) => name));
  const free = all.filter(({ waitsUntilMs }) => waitsUntilMs === undefined);
  const wanting = pools.map((pool) => {
    const stamp = stampOf(pool, version, config);
    const isNew = ({ warm, createdAtMs }: RunnerEntry) =>
      warm === undefined || warm === LEFT
        ? nowMs - createdAtMs <= WARM_LEFT_MS
        : warm === stamp && nowMs - createdAtMs <= WARM_AGE_MS;
    const members = free
      .filter((each) => isMember(each, pool, config, nowMs) && !kept.has(each.name))
      .sort((a, b) => Number(isNew(b)) - Number(isNew(a)) || b.createdAtMs - a.createdAtMs);
    const ready = members.filter((each) => isReady(each, pool)).slice(0, pool.count);
    const newOnes = ready.filter(isNew).length;
    const coming = members.filter((each) => !isReady(each, pool)).slice(0, pool.count - newOnes);
    for (const { name } of [...ready, ...coming]) kept.add(name);
    const missing = Math.max(0, pool.count - ready.length - coming.length);
    const isOneReplaced = missing === 0 && coming.length === 0 && newOnes < ready.length;
    const unsettled = entries.filter(
      (each) => isUnsettled(each) && poolNameOf(each, config) === pool.name && !members.includes(each),
    );
    const room = pool.count + WARM_BEYOND_MAX - members.length - unsettled.length;
    return { pool, stamp, count: Math.min(isOneReplaced ? 1 : missing, room) };
  });
  return { kept, wanting: wanting.filter(({ count }) => count > 0) };
}

/**
 * Its machine may be there, or come: nobody knows what its launch made, it goes, or a look says that it is gone, and no job
 * ever had it.
 */
const isUnsettled = (entry: RunnerEntry): boolean =>
  (entry.instanceId !== null || entry.walks != null) &&
  entry.waitsUntilMs === undefined &&
  entry.warm !== undefined &&
  entry.warm !== LEFT &&
  entry.for === null &&
  entry.busyWith === null &&
  entry.takenAtMs === undefined &&
  entry.startedAtMs === undefined;

const isReady = ({ state, standby }: RunnerEntry, { kind }: Pool): boolean =>
  kind === 'hot' ? state === 'idle' : standby === 'stopped';

/**
 * Also what was launched for a job that has another now: it is kept where one is wanting, and not for long. What was stopped
 * and is started is a job's: without that it goes.
 */
const isMember = (entry: RunnerEntry, pool: Pool, config: Config, nowMs: number): boolean =>
  entry.startedAtMs === undefined &&
  poolNameOf(entry, config) === pool.name &&
  nowMs - entry.createdAtMs <= maxAgeMs(entry);

const maxAgeMs = ({ warm }: RunnerEntry): number =>
  warm === undefined || warm === LEFT ? WARM_LEFT_MS + SPARE_MS : WARM_AGE_MAX_MS;

/** Of its half hour, for the one in its place to boot. */
const SPARE_MS = 5 * 60_000;

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
  { runners }: Pick<Survey, 'runners'>,
  { config, ledger }: Pick<ReaperWorld, 'config' | 'ledger'>,
): Promise<Slots | null> {
  const isFull = config.warm.length > 0 && runners.length >= config.limits.runners;
  return isFull ? (await ledger.capacity.view()).slots : null;
}

/** Slots that jobs with no runner coming may take, were there any number. */
export function slotsFor(uncovered: readonly JobEntry[], slots: Slots, config: Config): number {
  const used = new Map<string, number>();
  for (const { profile, repository } of slots) count(keysFor(profile, repository), used);
  const inLine = uncovered.filter(isInLine).filter((entry) => {
    const [, ...own] = keysOf(entry, config);
    const hasRoom = own.every((key) => (used.get(key) ?? 0) < limitOf(key, config));
    if (hasRoom) count(own, used);
    return hasRoom;
  });
  return inLine.length + slotsForAside(uncovered);
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

export const keysFor = (profile: string | null, repository: string): readonly string[] => [
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
