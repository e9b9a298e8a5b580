/** One row of advice: the fields of spot-instance-advisor in its units, then ours. */
import type { Market, MarketOffer, MarketType } from '../../shared/market/market.ts';
import type { Candidate, CapacityType } from '../../shared/nouns.ts';

/** Null is "not known" everywhere; the tool whose fields these are leaves such offerings out. */
export interface AdviceRow {
  readonly instanceTypeId: string;
  readonly zoneId: string;
  /** an hour */
  readonly pricePerCore: number | null;
  /** tenths of the pay-as-you-go price: 2 is a fifth of it */
  readonly discount: number | null;
  /** root mean square of past prices' distance from a tenth of pay-as-you-go: the lower the steadier and cheaper */
  readonly possibility: number | null;
  readonly cpuCoreCount: number;
  /** GiB */
  readonly memorySize: number;
  readonly instanceFamily: string;
  readonly arch: 'x86_64' | 'arm64';
  readonly region: string;
  readonly capacityType: CapacityType;
  readonly currency: string | null;
  readonly pricePerHour: number | null;
  readonly pastPricePerHour: number | null;
  readonly onDemandPricePerHour: number | null;
  readonly priceLimit: number | null;
  readonly expectedCostPerHour: number | null;
  /** percent of instances taken back, average of 30 days */
  readonly interruptionRate: number | null;
  readonly stock: string | null;
  readonly because: string;
}

export function candidateRow(candidate: Candidate, market: Market): AdviceRow {
  const type = market.types.find((each) => each.type === candidate.instanceType);
  const offer = type?.offers.find((each) => each.zone === candidate.zone);
  if (type === undefined || offer === undefined)
    throw new Error(`${candidate.instanceType} is not in its market`);
  const { priceLimit, expectedCostPerHour, because } = candidate;
  return { ...rowOf(type, offer, market, candidate.capacityType), priceLimit, expectedCostPerHour, because };
}

/** As spot-instance-advisor lists them: by price per core, without those that have no price or no stock. */
export function listedRows(market: Market, types: readonly MarketType[]): readonly AdviceRow[] {
  const rows = types.flatMap((type) =>
    type.offers
      .filter(
        (offer) => offer.price !== null && (offer.spotStock === 'ample' || offer.spotStock === 'scarce'),
      )
      .map((offer) => rowOf(type, offer, market, 'spot')),
  );
  const key = (row: AdviceRow) => `${row.instanceTypeId} ${row.zoneId}`;
  return rows.sort(
    (a, b) => (a.pricePerCore as number) - (b.pricePerCore as number) || (key(a) < key(b) ? -1 : 1),
  );
}

function rowOf(type: MarketType, offer: MarketOffer, market: Market, capacityType: CapacityType): AdviceRow {
  const isSpot = capacityType === 'spot';
  const price = isSpot ? offer.price : offer.onDemandPrice;
  return {
    instanceTypeId: type.type,
    zoneId: offer.zone,
    pricePerCore: price === null ? null : price / type.cpu,
    discount: price === null || offer.onDemandPrice === null ? null : (10 * price) / offer.onDemandPrice,
    possibility: offer.spread,
    cpuCoreCount: type.cpu,
    memorySize: type.memoryGiB,
    instanceFamily: type.family,
    arch: type.arch === 'amd64' ? 'x86_64' : 'arm64',
    region: market.region,
    capacityType,
    currency: market.currency,
    pricePerHour: price,
    pastPricePerHour: offer.pastPrice,
    onDemandPricePerHour: offer.onDemandPrice,
    priceLimit: null,
    expectedCostPerHour: price,
    interruptionRate: offer.interruption === null ? null : Math.round(offer.interruption * 10_000) / 100,
    stock: isSpot ? offer.spotStock : offer.onDemandStock,
    because: 'it is listed by its price per core',
  };
}
