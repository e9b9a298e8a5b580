/** Which offerings to try for a job, in which order, and how high to bid: pure, from the market that we have. */

import type { Config } from '../config/config.ts';
import { CANDIDATES_MAX, LEFT_OUT_NAMED_MAX } from '../limits.ts';
import { diskPriceIn } from '../market/disk.ts';
import type { Market } from '../market/market.ts';
import type { Candidate, CapacityType } from '../nouns.ts';
import { isWidened } from './cores.ts';
import { type FitRequest, type LeftOut, nearestFit, type ScoredOffering } from './fit.ts';
import { isStale, marketsOfPlacements, type PlacementMarket } from './offerings.ts';
import { pick, sortOfferings } from './pick.ts';
import { expectedCost } from './price.ts';

export { familyInZoneKey, keysOf, unavailableKeys } from './fit.ts';

export interface RankRequest extends FitRequest {
  /** by region; null or missing: the catalogue stands in */
  readonly markets: ReadonlyMap<string, Market | null>;
  readonly firstTryAtMs: number;
  /** Interrupted jobs may not go on spot again. */
  readonly offSpot: boolean;
}

export interface Ranking {
  /** At most CANDIDATES_MAX, best first; empty: nothing is to be had now. */
  readonly candidates: readonly Candidate[];
  /** One entry a reason. */
  readonly leftOut: readonly LeftOut[];
  /** For the log: widening steps, an old market, no market. */
  readonly notes: readonly string[];
}

export function rank(request: RankRequest): Ranking {
  const placementMarkets = marketsOfPlacements(request.config, request.markets, request.nowMs);
  const fits = capacityTypesFor(request).map((capacityType) =>
    nearestFit(request, placementMarkets, capacityType),
  );
  const usable = fits.flatMap((fit) => fit.usable);
  const inOrder = sortOfferings(usable, request.config.placementChoice === 'order', CANDIDATES_MAX);
  return {
    candidates: pick(inOrder, CANDIDATES_MAX).map((each) =>
      toCandidate(each, placeOf(each, usable), request),
    ),
    leftOut: groupByReason(fits.flatMap((fit) => fit.leftOut)),
    notes: [
      ...placementMarkets.flatMap((placementMarket) => notesOn(placementMarket, request.nowMs)),
      ...fits.flatMap((fit) => fit.notes),
    ],
  };
}

/** One entry a reason, in the order they came up: a few named, the rest counted. */
function groupByReason(leftOut: readonly LeftOut[]): readonly LeftOut[] {
  const byReason = new Map<string, Set<string>>();
  for (const { what, because } of leftOut)
    byReason.set(because, (byReason.get(because) ?? new Set()).add(what));
  return [...byReason].map(([because, named]) => {
    const more = named.size - LEFT_OUT_NAMED_MAX;
    const shown = [...named].slice(0, LEFT_OUT_NAMED_MAX).join(', ');
    return { what: more > 0 ? `${shown} and ${more} more` : shown, because };
  });
}

/** Pay-as-you-go only when asked for, when spot failed the job before, or when its patience is over. */
export function capacityTypesFor(
  request: Pick<RankRequest, 'offSpot' | 'nowMs' | 'firstTryAtMs'> & {
    readonly requirements: Pick<RankRequest['requirements'], 'capacityType'> | null;
    readonly config: Pick<Config, 'spot'>;
  },
): readonly CapacityType[] {
  if (request.offSpot || request.requirements?.capacityType === 'on-demand') return ['on-demand'];
  const { onDemandFallback, patience } = request.config.spot;
  return onDemandFallback && request.nowMs - request.firstTryAtMs >= patience
    ? ['spot', 'on-demand']
    : ['spot'];
}

function notesOn({ region, market, isCatalog }: PlacementMarket, nowMs: number): readonly string[] {
  if (isCatalog) return [`no market of ${region}: the catalogue's types, at market price`];
  const notes = [
    ...(isStale(market.stockAtMs, nowMs) ? [`the market of ${region} is old: its stock proves nothing`] : []),
    ...(market.currency !== null && diskPriceIn(market) === null
      ? [`what a disk costs in ${region} is not known in ${market.currency}: it counts as nothing`]
      : []),
  ];
  if (market.incomplete === null) return notes;
  return [...notes, `the market of ${region} is incomplete because ${market.incomplete}`];
}

/** By expected cost, among all that were to be had. */
function placeOf({ score }: ScoredOffering, usable: readonly ScoredOffering[]): string {
  const better = usable.reduce((count, each) => count + Number(each.score < score), 0);
  return `${better + 1} of ${usable.length}`;
}

function toCandidate(chosen: ScoredOffering, place: string, request: FitRequest): Candidate {
  const { placement, region, zone, instanceType, capacityType, arch, cpu, memoryGiB } = chosen;
  const { pricePerHour, onDemandPricePerHour, currency, diskPerGiBHour, priceLimit, priceMax } = chosen;
  return {
    ...{ placement, region, zone, instanceType, capacityType, arch, cpu, memoryGiB },
    ...{ pricePerHour, onDemandPricePerHour, currency, diskPerGiBHour, priceLimit, priceMax },
    expectedCostPerHour: expectedCost(chosen, request),
    because: `${reasonFor(chosen, place)}${sizeNote(chosen, request.requirements)}`,
  };
}

const sizeNote = (chosen: ScoredOffering, { cpu, type }: FitRequest['requirements']): string =>
  isWidened(chosen, { cpu, type }) ? `; nothing with ${cpu.max} cores was available` : '';

function reasonFor({ capacityType, pricePerHour, isStale }: ScoredOffering, place: string): string {
  const what = capacityType === 'on-demand' ? ', pay-as-you-go' : '';
  if (pricePerHour === null) return `it is number ${place} by what it can cost at most${what}`;
  return `it is number ${place} by expected cost${what}${isStale ? ', at an old price' : ''}`;
}
