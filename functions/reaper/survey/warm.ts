/** Which runners wait on for jobs to come, and how many are wanting. */
import type { Config } from '../../../shared/config/config.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import {
  WARM_AGE_MAX_MS,
  WARM_AGE_MS,
  WARM_BEYOND_MAX,
  WARM_LEAVES_MS,
  WARM_LEFT_MS,
} from '../../../shared/warm/limits.ts';
import { type Pool, poolNameOf, stampOf } from '../../../shared/warm/pools.ts';
import type { Short } from '../own-limits.ts';

/** Instead of a stamp: it was launched for a job. */
export const LEFT = 'left over';

interface WarmWorld {
  readonly entries: readonly RunnerEntry[];
  readonly config: Config;
  readonly version: string;
  readonly nowMs: number;
  readonly short: Short;
}

export interface WarmPlan {
  /** No job waits for them, and they are kept. */
  readonly kept: ReadonlySet<RunnerName>;
  /** To be launched. */
  readonly wanting: readonly { readonly pool: Pool; readonly count: number; readonly stamp: string }[];
}

/**
 * What waits for jobs that may come makes room for those that wait: for as many as lack a slot, what is stopped first; for what
 * they lack of the hour's money, what runs. What is on its way out makes room already, and what a pool lacks makes none.
 */
export function yielding(
  pools: readonly Pool[],
  short: Short,
  standingIn: (pool: Pool) => number,
  leaving: number,
): readonly Pool[] {
  let slots = Math.max(0, short.slots - leaving);
  let money = Math.max(0, short.money - leaving);
  if (slots + money === 0) return pools;
  const counts = new Map<Pool, number>();
  const inOrder = pools.toSorted((a, b) => Number(a.kind === 'hot') - Number(b.kind === 'hot'));
  for (const pool of inOrder) {
    const standing = Math.min(pool.count, standingIn(pool));
    const given = Math.min(standing, pool.kind === 'hot' ? Math.max(slots, money) : slots);
    counts.set(pool, standing - given);
    slots -= Math.min(slots, given);
    if (pool.kind === 'hot') money -= Math.min(money, given);
  }
  return pools.map((pool) => ({ ...pool, count: counts.get(pool) ?? pool.count }));
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
  { entries, config, version, nowMs, short }: WarmWorld,
): WarmPlan {
  const isWaitedFor = ({ waitsUntilMs = 0 }: RunnerEntry) => nowMs < waitsUntilMs;
  const kept = new Set<RunnerName>(all.filter(isWaitedFor).map(({ name }) => name));
  const free = all.filter(({ waitsUntilMs }) => waitsUntilMs === undefined);
  const membersOf = (pool: Pool) => free.filter((each) => isMember(each, pool, config, nowMs));
  const standingIn = (pool: Pool) => membersOf(pool).length;
  const leaving = entries.filter((each) => isLeaving(each, nowMs)).length;
  const wanting = yielding(pools, short, standingIn, leaving).map((pool) => {
    const stamp = stampOf(pool, version, config);
    const isNew = ({ warm, createdAtMs }: RunnerEntry) =>
      warm === undefined || warm === LEFT
        ? nowMs - createdAtMs <= WARM_LEFT_MS
        : warm === stamp && nowMs - createdAtMs <= WARM_AGE_MS;
    const members = membersOf(pool)
      .filter(({ name }) => !kept.has(name))
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

const isLeaving = ({ state, stateAtMs, removedAtMs }: RunnerEntry, nowMs: number): boolean =>
  (state === 'retiring' || removedAtMs !== null) && nowMs - (removedAtMs ?? stateAtMs) < WARM_LEAVES_MS;

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
