/** Offerings that would do for a job and are in stock: chosen as the launcher chooses, but for prices. */
import { walkPages } from '../../../shared/adapters/alibaba/pages.ts';
import { readStock, readTypes, StockAnswer, TypesPage } from '../../../shared/adapters/ecs/market-answers.ts';
import { coresToTry, isWidened } from '../../../shared/advisor/cores.ts';
import { marketsOfPlacements, priceOfferings, whyUnfit } from '../../../shared/advisor/offerings.ts';
import type { PlacementConfig } from '../../../shared/config/config.ts';
import { coresMax } from '../../../shared/job/bounds.ts';
import { MARKET_PAGES_MAX } from '../../../shared/market/limits.ts';
import type { Market, MarketType } from '../../../shared/market/market.ts';
import { emptyMarket, mergeAnswers, type TypeFacts } from '../../../shared/market/merge.ts';
import type { CapacityType, Offering, Requirements } from '../../../shared/nouns.ts';
import type { DoctorWorld } from '../world.ts';

export interface Stocked extends Offering {
  /** Bigger than was asked for: taken where it costs no more than that, and here no price is asked. */
  readonly isWidened: boolean;
}

/** By region. */
export type Markets = ReadonlyMap<string, Market>;

/** What each region sells now: read once for all that is looked for in it. */
export async function marketsOf(world: DoctorWorld): Promise<Markets> {
  const regions = new Set(world.config.placements.map(({ region }) => region));
  const read = [...regions].map(async (region) => [region, await marketOf(world, region)] as const);
  return new Map(await Promise.all(read));
}

/** Of the nearest size that is to be had, in every placement given; empty: none of any size. */
export function stocked(
  world: DoctorWorld,
  markets: Markets,
  placements: readonly PlacementConfig[],
  requirements: Requirements,
  capacityType: CapacityType = requirements.capacityType,
): Stocked[] {
  const config = { ...world.config, placements: [...placements] };
  const fitting = marketsOfPlacements(config, markets, world.nowMs()).flatMap((one) =>
    one.market.types
      .filter((type) => whyUnfit(type, requirements, world.config) === null)
      .flatMap((type) => priceOfferings(one, type, capacityType, world.nowMs()))
      .filter(({ stock }) => stock === 'ample' || stock === 'scarce'),
  );
  for (const { min, max } of coresToTry(requirements, coresMax(requirements, config))) {
    const found = fitting.filter(({ cpu }) => cpu >= min && cpu <= max);
    if (found.length > 0) return found.map((one) => ({ ...one, isWidened: isWidened(one, requirements) }));
  }
  return [];
}

/** A refusal is thrown on: doctor says that it could not look. */
async function marketOf(world: DoctorWorld, region: string): Promise<Market> {
  const { duration } = world.config.spot;
  const nowMs = world.nowMs();
  const answers = {
    types: await allTypes(world, region),
    spotStock: await stockOf(world, region, {
      SpotStrategy: 'SpotAsPriceGo',
      SpotDuration: String(duration),
    }),
    onDemandStock: await stockOf(world, region, { SpotStrategy: 'NoSpot' }),
    ...{ prices: new Map(), interruptions: new Map() },
  };
  const types: readonly MarketType[] = mergeAnswers([], answers, nowMs);
  return { ...emptyMarket(region, duration), stockAtMs: nowMs, typesAtMs: nowMs, types };
}

async function allTypes({ alibaba }: DoctorWorld, region: string): Promise<TypeFacts[]> {
  const { pages, complete } = await walkPages(MARKET_PAGES_MAX, async (next) =>
    TypesPage.parse(
      await alibaba.rpc('ecs', region, 'DescribeInstanceTypes', { MaxResults: '100', ...next }),
    ),
  );
  if (!complete)
    throw new Error(`${region} has more than ${MARKET_PAGES_MAX} pages of instance types: report this`);
  return pages.flatMap(readTypes);
}

async function stockOf({ alibaba }: DoctorWorld, region: string, spot: Readonly<Record<string, string>>) {
  const query = { DestinationResource: 'InstanceType', InstanceChargeType: 'PostPaid', ...spot };
  return readStock(StockAnswer.parse(await alibaba.rpc('ecs', region, 'DescribeAvailableResource', query)));
}
