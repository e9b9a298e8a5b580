/** What is to be had for a job: with the cores it asked for or, only when that is nothing, with the next more. Pure. */
import type { Config } from '../config/config.ts';
import { coresMax } from '../job/bounds.ts';
import { diskPriceIn } from '../market/disk.ts';
import type { MarketType } from '../market/market.ts';
import { familyOf } from '../market/type-names.ts';
import type { CapacityType, Offering, Requirements } from '../nouns.ts';
import type { RunOutcome } from '../ports.ts';
import {
  type Ceiling,
  type Cores,
  coresToTry,
  isByCore,
  isWidened,
  sizeAskedFor,
  UNKNOWN_SIZE,
} from './cores.ts';
import {
  isOfKind,
  type PlacementMarket,
  type PricedOffering,
  priceOfferings,
  whyUnfit,
} from './offerings.ts';
import { bidFor, type Expected, scoreOf } from './price.ts';
import { HOURS_KEPT } from './spend.ts';

export interface LeftOut {
  readonly what: string;
  readonly because: string;
}

export interface ScoredOffering extends PricedOffering {
  readonly priceLimit: number | null;
  readonly priceMax: number | null;
  /** The lower the better: expected cost, of one core where a range of cores was asked for. */
  readonly score: number;
}

export interface FitRequest extends Expected {
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

/** What the market takes back again and again. */
export const familyInZoneKey = ({ zone, instanceType, capacityType }: Offering): string =>
  `family-zone:${zone}/${familyOf(instanceType)}/${capacityType}`;

/** Each key that a refusal of it may be remembered under. */
export const keysOf = (offering: Offering): readonly string[] => [
  ...SCOPES.flatMap((scope) => unavailableKeys(offering, scope)),
  familyInZoneKey(offering),
];

export function nearestFit(
  request: FitRequest,
  placementMarkets: readonly PlacementMarket[],
  capacityType: CapacityType,
): Fit {
  const notes: string[] = [];
  const leftOut: LeftOut[] = [];
  const { requirements, config } = request;
  let size: Ceiling | null = null;
  for (const step of coresToTry(requirements, coresMax(requirements, config))) {
    if (step.because !== null) {
      notes.push(`${step.because}: nothing ${capacityType} is available with fewer`);
      size ??= sizeAskedFor(request, placementMarkets);
    }
    const usable: ScoredOffering[] = [];
    for (const placementMarket of placementMarkets)
      fitTypes(placementMarket, step, capacityType, { ...request, size }, { usable, leftOut });
    if (usable.length > 0) return { usable, leftOut, notes };
  }
  return { usable: [], leftOut, notes: [...notes, `nothing ${capacityType} is available`] };
}

/** With what nothing wider may cost more than; null: this is the size that was asked for. */
type Sized = FitRequest & { readonly size: Ceiling | null };

interface Sorted {
  readonly usable: ScoredOffering[];
  readonly leftOut: LeftOut[];
}

/** Thousands of offerings for a wide range: they are put where they belong at once. */
function fitTypes(
  placementMarket: PlacementMarket,
  cores: Cores,
  capacityType: CapacityType,
  request: Sized,
  seen: Sorted,
): void {
  const { requirements } = request;
  // A loop of its own: a compiler that meets all of the below in a loop of a thousand turns spends more on it than it saves.
  const ofThatKind = placementMarket.market.types.filter(
    (type) => type.cpu >= cores.min && type.cpu <= cores.max && isOfKind(type, requirements),
  );
  for (const type of ofThatKind) fitType(placementMarket, type, capacityType, request, seen);
}

function fitType(
  placementMarket: PlacementMarket,
  type: MarketType,
  capacityType: CapacityType,
  request: Sized,
  { usable, leftOut }: Sorted,
): void {
  const verdict = whyUnfit(type, request.requirements, request.config);
  if (verdict === 'other') return;
  if (verdict !== null) {
    leftOut.push({ what: type.type, because: verdict.because });
    return;
  }
  const size = isWidened(type, request.requirements) ? request.size : null;
  const disk = (request.requirements.diskGiB ?? 0) * (diskPriceIn(placementMarket.market) ?? 0);
  const ceiling = size?.ceiling === null ? UNKNOWN_SIZE : lowest(request, size, disk);
  for (const offering of priceOfferings(placementMarket, type, capacityType, request.nowMs)) {
    const bid = scoreOffering(offering, ceiling, request);
    if ('because' in bid) leftOut.push(bid);
    else usable.push(bid);
  }
}

/** `ceiling` a string: why nobody knows what it may cost. */
function scoreOffering(
  offering: PricedOffering,
  ceiling: Ceiling | string,
  request: Sized,
): ScoredOffering | LeftOut {
  // A quota holds whatever is in stock.
  const because = request.withheld?.(offering) ?? whyUnavailable(offering, request.unavailable);
  if (because !== null) return { what: offeringKey(offering), because };
  if (typeof ceiling === 'string') return { what: offeringKey(offering), because: ceiling };
  const bid = bidFor(offering, { ratio: request.config.spot.priceLimitRatio, ...ceiling });
  if (bid.kind === 'left out') return { what: offeringKey(offering), because: bid.because };
  const score = scoreOf(offering, request) / (isByCore(request.requirements) ? offering.cpu : 1);
  const { priceLimit, priceMax } = bid;
  return Object.assign(offering, { priceLimit, priceMax, score });
}

/** Of several the lowest. A machine that alone costs more than all may cost would wait for ever. */
function lowest({ config, hours = HOURS_KEPT }: FitRequest, size: Ceiling | null, disk: number): Ceiling {
  const { pricePerHour, spendPerHour, spendPerDay } = config.limits;
  const least = (bound: number | null) => (bound === null ? null : Math.max(0, bound - disk));
  const all: readonly Ceiling[] = [
    { ceiling: pricePerHour, what: 'limits.pricePerHour' },
    { ceiling: least(spendPerHour), what: 'limits.spendPerHour' },
    { ceiling: least(spendPerDay === null ? null : spendPerDay / hours), what: 'limits.spendPerDay' },
    ...(size === null ? [] : [size]),
  ];
  const [first, ...others] = all.filter(({ ceiling }) => ceiling !== null);
  const lower = (a: Ceiling, b: Ceiling) => ((b.ceiling as number) < (a.ceiling as number) ? b : a);
  return first === undefined ? (all[0] as Ceiling) : others.reduce(lower, first);
}

function whyUnavailable(offering: PricedOffering, unavailable: ReadonlyMap<string, string>): string | null {
  if (offering.stock === 'sold-out' || offering.stock === 'gone') return 'it is sold out';
  if (unavailable.size === 0) return null;
  const key = keysOf(offering).find((each) => unavailable.has(each));
  return key === undefined ? null : `it was of no use a moment ago (${unavailable.get(key)})`;
}
