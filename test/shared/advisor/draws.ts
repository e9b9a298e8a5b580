/** Jobs, markets and configurations drawn at random: small records, so that a counterexample can be read. */

import { type RankRequest, rank } from '../../../shared/advisor/rank.ts';
import { catalogMarket } from '../../../shared/market/catalog.ts';
import type { Arch } from '../../../shared/nouns.ts';
import fc from '../../fast-check.ts';
import { ask, config, NOW_MS, needs, placement, REGION, wholeMarket, ZONES } from './builders.ts';

const MARKETS = [1, 2, 3, 4].map((seed) => wholeMarket(seed));
const cores = fc.constantFrom(1, 2, 4, 8, 12, 16, 32, 64, 128);
const cpu = fc.oneof(
  cores.map((each) => ({ min: each, max: each })),
  cores.map((each) => ({ min: each, max: null })),
  fc.tuple(cores, cores).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) })),
);

export const draws = fc.record({
  arch: fc.constantFrom<Arch>('amd64', 'arm64'),
  cpu,
  memoryGiB: fc.record({ min: fc.constantFrom(1, 8, 16, 32, 100, 256), max: fc.constantFrom(null, 64, 512) }),
  type: fc.constantFrom(null, null, null, 'ecs.g7', 'ecs.c8y', 'ecs.c8y.4xlarge', 'ecs.e-c1m2'),
  capacityType: fc.constantFrom('spot' as const, 'spot' as const, 'on-demand' as const),
  /** null: no market */
  market: fc.constantFrom(0, 1, 2, 3, null),
  zones: fc.subarray(['b', 'g', 'h', 'k'], { minLength: 1 }),
  hasSecond: fc.boolean(),
  ceiling: fc.constantFrom(null, null, 0.35, 1, 4),
  ratio: fc.constantFrom(1, 1.2, 3),
  waitedMs: fc.constantFrom(-1, 0, 299_999, 300_000),
  nowMs: fc.constantFrom(NOW_MS, NOW_MS - 9e8, NOW_MS + 9e8),
  offSpot: fc.boolean(),
  placementChoice: fc.constantFrom('order', 'price'),
});
export type Draw = typeof draws extends fc.Arbitrary<infer Drawn> ? Drawn : never;

export function askOf(draw: Draw): RankRequest {
  const { arch, cpu: asked, memoryGiB, type, capacityType, zones, nowMs, offSpot, placementChoice } = draw;
  const second = draw.hasSecond ? [placement('cn-shanghai', ['b'])] : [];
  return ask([], {
    requirements: needs({ arch, cpu: asked, memoryGiB, type, capacityType }),
    markets: new Map([[REGION, draw.market === null ? null : (MARKETS[draw.market] ?? null)]]),
    config: config({
      placements: [placement(REGION, zones), ...second],
      placementChoice,
      limits: { pricePerHour: draw.ceiling },
      spot: { priceLimitRatio: draw.ratio },
    }),
    nowMs,
    firstTryAtMs: nowMs - draw.waitedMs,
    offSpot,
  });
}

/** What would be available if every market had types of these cores only. */
export function rankWithOnly(only: number, asked: RankRequest) {
  const cut = asked.config.placements.map(({ region }) => {
    const zones = ZONES.map((zone) => `${region}-${zone}`);
    const market = asked.markets.get(region) ?? catalogMarket(region, zones);
    return [region, { ...market, types: market.types.filter((type) => type.cpu === only) }] as const;
  });
  return rank({ ...asked, markets: new Map(cut) });
}
