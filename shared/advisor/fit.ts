/** What is to be had for a job: with the cores it asked for or, only when that is nothing, with the next more. Pure. */
import type { Config } from '../config/config.ts';
import { LEFT_OUT_NAMED_MAX } from '../limits.ts';
import { familyOf, type MarketType } from '../market/market.ts';
import type { CapacityType, Offering, Requirements } from '../nouns.ts';
import type { RunOutcome } from '../ports.ts';
import { type PlacementMarket, type PricedOffering, priceOfferings, whyUnfit } from './offerings.ts';
import { bidFor, scoreOf } from './price.ts';

export interface LeftOut {
  readonly what: string;
  readonly because: string;
}

export interface ScoredOffering extends PricedOffering {
  readonly priceLimit: number | null;
  /** The lower the better: expected cost, of one core where a range of cores was asked for. */
  readonly score: number;
}

export interface FitRequest {
  readonly requirements: Requirements;
  readonly config: Config;
  /** by `unavailableKeys`, with the reason */
  readonly unavailable: ReadonlyMap<string, string>;
  /** Why the account's quota forbids an offering; null: it does not. */
  readonly withheld?: (offering: Offering) => string | null;
  readonly nowMs: number;
}

export interface Fit {
  readonly usable: readonly ScoredOffering[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];
}

type Scope = Extract<RunOutcome, { kind: 'unavailable' }>['scope'];

/** Names an offering wherever it is remembered or logged. */
export function offeringKey(offering: Offering): string {
  return `${offering.zone}/${offering.instanceType}/${offering.capacityType}`;
}

/** Under which keys a refusal of this scope is remembered, for this offering and its like. */
export function unavailableKeys(offering: Offering, scope: Scope): readonly string[] {
  const { placement, region, zone, instanceType, capacityType } = offering;
  switch (scope) {
    case 'offering':
      return [`offering:${offeringKey(offering)}`];
    case 'zone':
      return [`zone:${placement}/${zone}/${capacityType}`];
    case 'family':
      return [`family:${region}/${familyOf(instanceType)}/${capacityType}`];
    case 'placement':
      return [`placement:${placement}/${region}/${capacityType}`];
  }
}

const SCOPES: readonly Scope[] = ['offering', 'zone', 'family', 'placement'];

/** Each key that a refusal of it may be remembered under. */
export const keysOf = (offering: Offering): readonly string[] =>
  SCOPES.flatMap((scope) => unavailableKeys(offering, scope));

export function nearestFit(
  request: FitRequest,
  placementMarkets: readonly PlacementMarket[],
  capacityType: CapacityType,
): Fit {
  const notes: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const step of coresToTry(request.requirements)) {
    if (step.because !== null) notes.push(`${step.because}: nothing ${capacityType} is to be had with fewer`);
    const usable: ScoredOffering[] = [];
    for (const placementMarket of placementMarkets)
      fitTypes(placementMarket, step, capacityType, request, { usable, leftOut });
    if (usable.length > 0) return { usable, leftOut, notes };
  }
  return { usable: [], leftOut, notes: [...notes, `nothing ${capacityType} is to be had`] };
}

export interface Cores {
  readonly min: number;
  readonly max: number;
  /** Null: as asked. */
  readonly because: string | null;
}

const WIDER_CORES = [2, 4, 8, 16, 32, 64];

/** A type named exactly has the cores that it has. */
export function coresToTry({ cpu, type }: Requirements): readonly Cores[] {
  const asked: Cores = { ...cpu, because: null };
  if (type !== null && isExact(type))
    return [
      asked,
      { min: cpu.max + 1, max: Number.MAX_SAFE_INTEGER, because: `widened to the cores of ${type}` },
    ];
  const tops = [cpu.max, ...WIDER_CORES.filter((cores) => cores > cpu.max)];
  const wider = tops.slice(1).map((max, step) => ({
    min: (tops[step] as number) + 1,
    max,
    because: `widened to at most ${max} cores`,
  }));
  return [asked, ...wider];
}

/** `ecs.c8y.2xlarge` is a type, `ecs.c8y` a family. */
const isExact = (type: string): boolean => type.split('.').length > 2;

interface Sorted {
  readonly usable: ScoredOffering[];
  readonly leftOut: LeftOut[];
}

/** Thousands of offerings for a wide range: they are put where they belong at once. */
function fitTypes(
  placementMarket: PlacementMarket,
  cores: Cores,
  capacityType: CapacityType,
  request: FitRequest,
  seen: Sorted,
): void {
  for (const type of placementMarket.market.types)
    if (type.cpu >= cores.min && type.cpu <= cores.max)
      fitType(placementMarket, type, capacityType, request, seen);
}

function fitType(
  placementMarket: PlacementMarket,
  type: MarketType,
  capacityType: CapacityType,
  request: FitRequest,
  { usable, leftOut }: Sorted,
): void {
  const verdict = whyUnfit(type, request.requirements, request.config);
  if (verdict === 'other') return;
  if (verdict !== null) {
    leftOut.push({ what: type.type, because: verdict.because });
    return;
  }
  for (const offering of priceOfferings(placementMarket, type, capacityType, request.nowMs)) {
    const bid = scoreOffering(offering, request);
    if ('because' in bid) leftOut.push(bid);
    else usable.push(bid);
  }
}

function scoreOffering(offering: PricedOffering, request: FitRequest): ScoredOffering | LeftOut {
  // A quota holds whatever is in stock.
  const because = request.withheld?.(offering) ?? whyUnavailable(offering, request.unavailable);
  if (because !== null) return { what: offeringKey(offering), because };
  const { spot, limits } = request.config;
  const bid = bidFor(offering, { ratio: spot.priceLimitRatio, ceiling: limits.pricePerHour });
  if (bid.kind === 'left out') return { what: offeringKey(offering), because: bid.because };
  const { min, max } = request.requirements.cpu;
  const score = scoreOf(offering) / (min === max ? 1 : offering.cpu);
  return Object.assign(offering, { priceLimit: bid.priceLimit, score });
}

function whyUnavailable(offering: PricedOffering, unavailable: ReadonlyMap<string, string>): string | null {
  if (offering.stock === 'sold-out' || offering.stock === 'gone') return 'it is sold out';
  if (unavailable.size === 0) return null;
  const key = keysOf(offering).find((each) => unavailable.has(each));
  return key === undefined ? null : `it was of no use a moment ago (${unavailable.get(key)})`;
}

/** One entry a reason, in the order they came up: a few named, the rest counted. */
export function groupByReason(leftOut: readonly LeftOut[]): readonly LeftOut[] {
  const byReason = new Map<string, Set<string>>();
  for (const { what, because } of leftOut) {
    const named = byReason.get(because);
    if (named === undefined) byReason.set(because, new Set([what]));
    else named.add(what);
  }
  return [...byReason].map(([because, named]) => {
    const more = named.size - LEFT_OUT_NAMED_MAX;
    const shown = [...named].slice(0, LEFT_OUT_NAMED_MAX).join(', ');
    return { what: more > 0 ? `${shown} and ${more} more` : shown, because };
  });
}
