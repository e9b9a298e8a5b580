/**
 * How much the account gives at once, learned from its refusals: it is used up by machines of ours, and free again
 * when they end. Pure.
 */
import type { RunnerEntry } from '../ledger/entries.ts';
import { LIMIT_KEPT_MS, LIMIT_PROBE_MS, LIMITS_MAX } from '../limits.ts';
import { familyOf } from '../market/type-names.ts';
import type { Offering } from '../nouns.ts';

export interface LearnedLimit {
  readonly unit: 'vCPUs' | 'instances';
  /** So many of ours at once were refused. */
  readonly tooMany: number;
  /** What was asked for then, of `tooMany`. */
  readonly need: number;
  /** The cloud's own code. */
  readonly code: string;
  readonly sinceMs: number;
  readonly refusedAtMs: number;
  /** More than were refused are alive: it is no limit any more, only how far the next launches may go. */
  readonly isOutgrown?: boolean;
}

/** By scope: see `scopesOf`. */
export type LearnedLimits = ReadonlyMap<string, LearnedLimit>;

/** What of ours is alive, or coming, by scope. */
export type Usage = ReadonlyMap<string, number>;

/** What a definite refusal of ECS says is used up. */
export interface UsedUp {
  readonly scope: 'family' | 'placement';
  readonly code: string;
}

type Place = Pick<Offering, 'region' | 'instanceType' | 'capacityType' | 'cpu'>;

const placementScope = (region: string): string => `placement:${region}`;
/** Spot and pay-as-you-go have quotas of their own (SDK model DescribeAccountAttributes: max-spot-…, max-postpaid-…). */
const familyScope = ({ region, instanceType, capacityType }: Place): string =>
  `family:${region}/${familyOf(instanceType)}/${capacityType}`;

/** Both bind an offering; the wider comes first. */
export const scopesOf = (place: Place): readonly string[] => [
  placementScope(place.region),
  familyScope(place),
];

export function scopeOf(place: Place, { scope }: Pick<UsedUp, 'scope'>): string {
  return scope === 'family' ? familyScope(place) : placementScope(place.region);
}

/** Of a family so many vCPUs are to be had, of a placement so many instances. */
export const needOf = (scope: string, { cpu }: Pick<Place, 'cpu'>): number =>
  scope.startsWith('family:') ? cpu : 1;

/** `coming` too: launches under way, by the first of what they try. */
export function usageOf(runners: readonly RunnerEntry[], which: 'made' | 'made and coming'): Usage {
  const usage = new Map<string, number>();
  for (const runner of runners)
    for (const [scope, need] of usesOf(runner, which)) usage.set(scope, (usage.get(scope) ?? 0) + need);
  return usage;
}

function usesOf(
  { instanceId, region, candidate, walks }: RunnerEntry,
  which: 'made' | 'made and coming',
): readonly (readonly [scope: string, need: number])[] {
  const place = candidate ?? (which === 'made' ? null : (walks?.[0] ?? null));
  if (place !== null) return scopesOf(place).map((scope) => [scope, needOf(scope, place)] as const);
  return instanceId === null || region === null ? [] : [[placementScope(region), 1]];
}

/** How much more may be had. */
export const roomIn = (scope: string, { tooMany }: LearnedLimit, usage: Usage): number =>
  tooMany - 1 - (usage.get(scope) ?? 0);

/** The first of a burst is learned from: what follows it says the same again. */
export const isNews = (before: LearnedLimit | undefined, nowMs: number): boolean =>
  before === undefined || nowMs - before.refusedAtMs >= LIMIT_PROBE_MS / 2;

/** Of ours, by the ledger: machines, and those with launches that are under way, the refused one among them. */
export interface Used {
  readonly made: number;
  readonly coming: number;
}

/** What was let in within a limit that is known is given as a rule: its answer may not be written down yet. */
export function afterRefusal(
  before: LearnedLimit | undefined,
  place: Place,
  usedUp: UsedUp,
  { made, coming }: Used,
  nowMs: number,
): LearnedLimit {
  if (before !== undefined && !isNews(before, nowMs)) return before;
  const need = needOf(scopeOf(place, usedUp), place);
  const within = before === undefined || before.isOutgrown ? 0 : Math.min(coming - need, before.tooMany - 1);
  const used = Math.max(made, within);
  const unit = usedUp.scope === 'family' ? 'vCPUs' : 'instances';
  const sinceMs = before?.sinceMs ?? nowMs;
  return { unit, code: usedUp.code, need, tooMany: used + need, sinceMs, refusedAtMs: nowMs };
}

/**
 * After a look: null forgets it. `alive`: what surely is, by the cloud and the ledger. More than were refused prove that
 * it has grown, and twice as many may be tried: not all who wait at once. Just after the refusal they are what the same
 * burst was given.
 */
export function afterLook(limit: LearnedLimit, alive: number, nowMs: number): LearnedLimit | null {
  const { refusedAtMs, tooMany, need } = limit;
  if (nowMs - refusedAtMs > LIMIT_KEPT_MS) return null;
  if (alive < tooMany) return limit;
  if (nowMs - refusedAtMs < LIMIT_PROBE_MS) return { ...limit, tooMany: alive + need };
  return { ...limit, tooMany: 2 * alive + need, isOutgrown: true };
}

/** A limit grows, and others' machines end, unseen by us: one launch may try it from time to time. */
export const isProbeDue = ({ refusedAtMs }: LearnedLimit, nowMs: number): boolean =>
  nowMs - refusedAtMs >= LIMIT_PROBE_MS;

/** In one clause. */
export function describeLimit(
  scope: string,
  { unit, tooMany, need, code, isOutgrown }: LearnedLimit,
): string {
  const most = tooMany - need;
  return isOutgrown
    ? `it gives more than it did, and is tried step by step: up to ${most} ${unit} ${whereIs(scope)} now`
    : `it gives no more than ${most} ${unit} ${whereIs(scope)} (${code})`;
}

/** `family:cn-hangzhou/ecs.c8y/spot` → of ecs.c8y (spot) in cn-hangzhou */
function whereIs(scope: string): string {
  const [, region, family, capacityType] = /^\w+:([^/]+)(?:\/([^/]+)\/([^/]+))?$/.exec(scope) ?? [];
  return family === undefined ? `in ${region}` : `of ${family} (${capacityType}) in ${region}`;
}

/** The oldest of too many go: a note must stay small. */
export function encodeLimits(limits: LearnedLimits): string {
  const newest = [...limits].sort(([, a], [, b]) => b.refusedAtMs - a.refusedAtMs).slice(0, LIMITS_MAX);
  return JSON.stringify(Object.fromEntries(newest));
}

export const decodeLimits = (text: string): LearnedLimits =>
  new Map(Object.entries(text === '' ? {} : (JSON.parse(text) as Record<string, LearnedLimit>)));
