/** How answers of the cloud become a market: each replaces what was known of its kind, and nothing else. Pure. */
import type { Market, MarketOffer, MarketType, Stock } from './market.ts';

/** What is known of a type before anything is for sale. */
export type TypeFacts = Pick<MarketType, 'type' | 'family' | 'arch' | 'cpu' | 'memoryGiB' | 'isSpecial'>;
/** zone → type → stock */
export type StockByZone = ReadonlyMap<string, ReadonlyMap<string, Stock | null>>;

/** One row of a type's price history. */
export interface PricePoint {
  readonly zone: string;
  readonly atMs: number;
  readonly price: number;
  readonly onDemandPrice: number | null;
}

export interface Answers {
  readonly types: readonly TypeFacts[] | null;
  readonly spotStock: StockByZone | null;
  readonly onDemandStock: StockByZone | null;
  /** by type; an empty list: the cloud knows no price */
  readonly prices: ReadonlyMap<string, readonly PricePoint[]>;
  /** by type, then zone: a share of 0 to 1 */
  readonly interruptions: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** A type without a zone that sells it is dropped. Where nothing was answered, it is `last` itself. */
export function mergeAnswers(
  last: readonly MarketType[],
  answers: Answers,
  nowMs: number,
): readonly MarketType[] {
  if (isWithoutAnswer(answers)) return last;
  const before = new Map(last.map((type) => [type.type, type]));
  const facts: readonly TypeFacts[] = answers.types ?? last;
  return facts
    .map((fact) => mergedType(fact, before.get(fact.type), answers, nowMs))
    .filter((type) => type.offers.length > 0)
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

const isWithoutAnswer = ({ types, spotStock, onDemandStock, prices, interruptions }: Answers): boolean =>
  [types, spotStock, onDemandStock].every((each) => each === null) && prices.size + interruptions.size === 0;

function mergedType(
  fact: TypeFacts,
  before: MarketType | undefined,
  answers: Answers,
  nowMs: number,
): MarketType {
  const { type, family, arch, cpu, memoryGiB, isSpecial } = fact;
  const points = answers.prices.get(type);
  const offers = zonesOf(type, before, answers).map((zone) => {
    const offer = before?.offers.find((each) => each.zone === zone) ?? nothingKnown(zone);
    return {
      ...offer,
      ...stockIn(zone, type, offer, answers),
      ...(points === undefined ? {} : summarised(points.filter((point) => point.zone === zone))),
      interruption: answers.interruptions.get(type)?.get(zone) ?? offer.interruption,
    };
  });
  const pricedAtMs = points === undefined ? (before?.pricedAtMs ?? null) : nowMs;
  return { type, family, arch, cpu, memoryGiB, isSpecial, pricedAtMs, offers };
}

/**
 * Where it is sold: as the newest look at stock says, and as before. What one look does not list is sold out: in scarcity it may
 * be back a minute later, and its price with it. What the look before did not list either leaves when the types are listed anew.
 */
function zonesOf(type: string, before: MarketType | undefined, answers: Answers): readonly string[] {
  const { spotStock, onDemandStock } = answers;
  const zones = [spotStock, onDemandStock].flatMap((stock) =>
    [...(stock ?? [])].filter(([, types]) => types.has(type)).map(([zone]) => zone),
  );
  const isAnew = answers.types !== null && spotStock !== null && onDemandStock !== null;
  const known = (before?.offers ?? []).filter((offer) => !isAnew || !isGone(offer));
  return [...new Set([...zones, ...known.map((offer) => offer.zone)])].sort();
}

const isGone = ({ spotStock, onDemandStock }: MarketOffer): boolean =>
  spotStock === 'gone' && onDemandStock === 'gone';

function stockIn(zone: string, type: string, offer: MarketOffer, { spotStock, onDemandStock }: Answers) {
  const look = (stock: StockByZone | null, before: Stock | null): Stock | null => {
    if (stock === null) return before;
    const inZone = stock.get(zone);
    return inZone?.has(type) ? (inZone.get(type) ?? null) : 'gone';
  };
  return {
    spotStock: look(spotStock, offer.spotStock),
    onDemandStock: look(onDemandStock, offer.onDemandStock),
  };
}

/** The newest by its own time, whatever our clock says; the mean; and the spread as spot-instance-advisor has it. */
function summarised(points: readonly PricePoint[]) {
  const latest = points.reduce<PricePoint | null>(
    (newest, point) => (newest === null || point.atMs > newest.atMs ? point : newest),
    null,
  );
  if (latest === null) return { price: null, pastPrice: null, spread: null };
  const mean = (of: (point: PricePoint) => number) =>
    points.reduce((sum, each) => sum + of(each), 0) / points.length;
  return {
    price: latest.price,
    pastPrice: mean(({ price }) => price),
    spread: Math.sqrt(mean(({ price, onDemandPrice }) => (price - 0.1 * (onDemandPrice ?? 0)) ** 2)),
    onDemandPrice: latest.onDemandPrice,
  };
}

function nothingKnown(zone: string): MarketOffer {
  const unknown = { price: null, pastPrice: null, spread: null, onDemandPrice: null, interruption: null };
  return { zone, spotStock: null, onDemandStock: null, ...unknown };
}

export function emptyMarket(region: string, spotDuration: 0 | 1): Market {
  return {
    ...{ region, spotDuration, currency: null, incomplete: null, types: [] },
    ...{ stockAtMs: 0, typesAtMs: 0, adviceAtMs: null, throttledAtMs: null, neededAtMs: null },
  };
}
