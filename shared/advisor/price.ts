/** What an offering may cost, and how high we bid for it. Pure. */
import type { Candidate, CapacityType } from '../nouns.ts';

/** What is taken for an interruption rate that nobody told us: unknown is not never. */
export const INTERRUPTION_UNKNOWN = 0.1;

export interface Prices {
  readonly capacityType: CapacityType;
  readonly pricePerHour: number | null;
  readonly onDemandPricePerHour: number | null;
  readonly interruption: number | null;
  /** So old that the market may have moved away from it. */
  readonly isStale: boolean;
}

export interface BidRules {
  readonly ratio: number;
  /** What an hour may cost at most. */
  readonly ceiling: number | null;
  /** What sets the ceiling, completing "it costs more than …"; absent: `limits.pricePerHour`. */
  readonly what?: string;
}

export type Bid =
  | { readonly kind: 'bid'; readonly priceLimit: number | null; readonly priceMax: number | null }
  | { readonly kind: 'left out'; readonly because: string };

/**
 * ECS takes a price limit of at most three decimals, and refuses one below the market price.
 * Null means at market price, which ECS itself caps at pay-as-you-go; so does "on demand".
 */
export function bidFor(prices: Prices, rules: BidRules): Bid {
  const because = whyTooDear(prices, rules);
  if (because !== null) return { kind: 'left out', because };
  if (prices.capacityType === 'on-demand') return AT_MARKET;
  return spotBid(prices, rules);
}

const AT_MARKET: Bid = { kind: 'bid', priceLimit: null, priceMax: null };
const CEILING = 'limits.pricePerHour';

function whyTooDear(prices: Prices, { ceiling, what = CEILING }: BidRules): string | null {
  const { pricePerHour: price, onDemandPricePerHour: onDemand } = prices;
  if (price !== null && onDemand !== null && price > onDemand)
    return 'spot costs more than pay-as-you-go there';
  if (ceiling === null) return null;
  if (onDemand === null) return `its pay-as-you-go price is unknown, and ${what} is set`;
  return price !== null && price > ceiling ? `it costs more than ${what}` : null;
}

function spotBid(prices: Prices, { ratio, ceiling, what = CEILING }: BidRules): Bid {
  const { pricePerHour: price, onDemandPricePerHour: onDemand } = prices;
  if (onDemand === null) return AT_MARKET;
  const top = Math.min(onDemand, ceiling ?? onDemand);
  if (price === null && top === onDemand) return AT_MARKET;
  const wanted = price === null || prices.isStale ? top : Math.min(top, ceilToThree(price * ratio));
  const priceLimit = floorToThree(wanted);
  if (priceLimit > 0 && priceLimit >= (price ?? 0))
    return { kind: 'bid', priceLimit, priceMax: floorToThree(top) };
  if (top === onDemand) return AT_MARKET;
  return { kind: 'left out', because: `no price limit of three decimals fits under ${what}` };
}

/**
 * Of a candidate that the market was above: with the limit at which it would still cost no more than the next one, an
 * interruption counted, nor more than what is kept of money for the next one. Null: the next one is cheaper, or there is none.
 */
export function raised(
  candidate: Candidate,
  next: Candidate | undefined,
  isWorthByCore: boolean,
): Candidate | null {
  const { priceLimit, priceMax = null, pricePerHour, isRaised, cpu } = candidate;
  if (next === undefined || isRaised || priceLimit === null || priceMax === null || pricePerHour === null)
    return null;
  const beyondPrice = (candidate.expectedCostPerHour ?? pricePerHour) - pricePerHour;
  const kept = next.priceLimit ?? next.onDemandPricePerHour ?? priceLimit;
  const nextCosts = next.expectedCostPerHour ?? kept;
  const worth = nextCosts * (isWorthByCore ? Math.min(1, cpu / next.cpu) : 1) - beyondPrice;
  const limit = floorToThree(Math.min(priceMax, kept, worth));
  if (limit <= priceLimit) return null;
  // More than the old limit it costs by now.
  return {
    ...candidate,
    priceLimit: limit,
    pricePerHour: Math.max(pricePerHour, priceLimit),
    isRaised: true,
  };
}

/** What is taken for the length of a job of which nothing is known: most end within a quarter of an hour. */
export const HOURS_UNKNOWN = 0.25;

export interface Expected {
  /** How long the job is expected to run; absent: nothing is known of its like. */
  readonly hours?: number;
  /** What it is run again on when the market takes back its machine; absent: pay-as-you-go. */
  readonly rerun?: CapacityType;
}

/**
 * An hour of it, and its share of a second run: a job of `hours` is interrupted with the probability rate × hours, and is
 * then run again whole, at the price of what it is run again on. Null when no price is known.
 */
export function expectedCost(prices: Prices, { hours = HOURS_UNKNOWN, rerun }: Expected): number | null {
  const { pricePerHour, onDemandPricePerHour, interruption } = prices;
  if (pricePerHour === null || prices.capacityType === 'on-demand') return pricePerHour;
  const share = Math.min(1, (interruption ?? INTERRUPTION_UNKNOWN) * hours);
  const again = rerun === 'spot' ? pricePerHour : (onDemandPricePerHour ?? pricePerHour);
  return pricePerHour + share * again;
}

/** What orders offerings: an unknown spot price counts as its cap, and nothing known as dearest. */
export function scoreOf(prices: Prices, run: Expected): number {
  return expectedCost(prices, run) ?? prices.onDemandPricePerHour ?? Number.POSITIVE_INFINITY;
}

/** Never above the value, whatever binary fractions do. */
function floorToThree(value: number): number {
  const near = Math.round(value * 1000);
  return (near / 1000 <= value ? near : near - 1) / 1000;
}

/** A hair above three decimals is noise of the multiplication, not a reason for one more thousandth. */
function ceilToThree(value: number): number {
  const near = Math.round(value * 1000);
  return (near / 1000 >= value - 1e-9 ? near : near + 1) / 1000;
}
