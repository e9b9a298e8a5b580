/** How many cores are looked for, step by step, and what a machine with more than were asked may cost. Pure. */
import type { Config } from '../config/config.ts';
import type { MarketType } from '../market/market.ts';
import type { Offering, Requirements } from '../nouns.ts';
import { type PlacementMarket, priceOfferings, whyUnfit } from './offerings.ts';

export interface Cores {
  readonly min: number;
  readonly max: number;
  /** Null: as asked. */
  readonly because: string | null;
}

const WIDER_CORES = [2, 4, 8, 16, 32, 64];

/** Of a range of cores a bigger machine is worth more; of `8cpu` and `8+cpu` it is not. */
export const isByCore = ({ cpu: { min, max } }: Pick<Requirements, 'cpu'>): boolean =>
  max !== null && min !== max;

/** A type named exactly has the cores that it has; `8+cpu` has no need to be widened. */
export function coresToTry({ cpu, type }: Requirements, most = Number.MAX_SAFE_INTEGER): readonly Cores[] {
  if (cpu.max === null) return [{ min: cpu.min, max: most, because: null }];
  const asked: Cores = { min: cpu.min, max: cpu.max, because: null };
  if (type !== null && isExact(type))
    return [
      asked,
      { min: cpu.max + 1, max: Number.MAX_SAFE_INTEGER, because: `widened to the cores of ${type}` },
    ];
  const top = cpu.max;
  const tops = [top, ...WIDER_CORES.filter((cores) => cores > top && cores <= most)];
  const wider = tops.slice(1).map((max, step) => ({
    min: (tops[step] as number) + 1,
    max,
    because: `widened to at most ${max} cores`,
  }));
  return [asked, ...wider];
}

/** `ecs.c8y.2xlarge` is a type, `ecs.c8y` a family. */
const isExact = (type: string): boolean => type.split('.').length > 2;

/** Bigger than was asked for, where nothing of that size was to be had. */
export const isWidened = (
  { cpu }: Pick<Offering, 'cpu'>,
  asked: Pick<Requirements, 'cpu' | 'type'>,
): boolean => asked.cpu.max !== null && cpu > asked.cpu.max && !(asked.type !== null && isExact(asked.type));

/** What an hour may cost at most, and what says so. Null: nobody knows it. */
export interface Ceiling {
  readonly ceiling: number | null;
  readonly what: string;
}

const SIZE = 'pay-as-you-go of the size that was asked for';

export const UNKNOWN_SIZE = `nobody knows the price of ${SIZE}, and it may cost no more`;

interface SizeRequest {
  readonly requirements: Requirements;
  readonly config: Config;
  readonly nowMs: number;
}

/**
 * The cheapest pay-as-you-go price of what was asked for, in stock or not: patience ends there. Where nobody sells that
 * size at all, the next bigger one is what was asked for. Where its price is not known, nothing wider is known to be
 * worth it.
 */
export function sizeAskedFor(request: SizeRequest, placementMarkets: readonly PlacementMarket[]): Ceiling {
  const { min, max } = request.requirements.cpu;
  const sold = placementMarkets.flatMap((each) =>
    each.market.types
      .filter((type) => type.cpu >= min && isSold(type, each, request))
      .map((type) => ({ cpu: type.cpu, price: cheapest(type, each, request) })),
  );
  const next = Math.min(...sold.map(({ cpu }) => cpu));
  const upTo = Math.max(max ?? next, next);
  const prices = sold.flatMap(({ cpu, price }) => (cpu <= upTo && price !== null ? [price] : []));
  return { ceiling: prices.length === 0 ? null : Math.min(...prices), what: SIZE };
}

const isSold = (type: MarketType, each: PlacementMarket, { requirements, config }: SizeRequest): boolean =>
  type.offers.some(({ zone }) => each.letters.has(zone.slice(-1))) &&
  whyUnfit(type, requirements, config) === null;

function cheapest(type: MarketType, each: PlacementMarket, { nowMs }: SizeRequest): number | null {
  const prices = priceOfferings(each, type, 'on-demand', nowMs).flatMap(({ onDemandPricePerHour }) =>
    onDemandPricePerHour === null ? [] : [onDemandPricePerHour],
  );
  return prices.length === 0 ? null : Math.min(...prices);
}
