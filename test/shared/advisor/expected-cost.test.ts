/** How far the order by expected cost is from the best choice, on the simulated market, for short and long jobs. */
import { expect, test } from 'vitest';
import { type Expected, expectedCost } from '../../../shared/advisor/price.ts';
import { rank } from '../../../shared/advisor/rank.ts';
import type { MarketType } from '../../../shared/market/market.ts';
import type { Arch, CapacityType } from '../../../shared/nouns.ts';
import { standardRegions } from '../../../simulator/ecs/index.ts';
import { createMarket } from '../../../simulator/ecs/region/market.ts';
import { seeded } from '../../../simulator/random.ts';
import { ask, config, NOW_MS, needs, offer, placement, REGION } from './builders.ts';

const region = standardRegions().find(({ id }) => id === REGION);
const ZONES = ['h', 'i', 'k'];
const MOMENTS = Array.from({ length: 12 }, (_, at) => NOW_MS + at * 2 * 3_600_000);
const market = createMarket(seeded(3), 0.05);

/** As the simulated market is at that moment. */
function typesAt(atMs: number, arch: Arch): MarketType[] {
  return [...(region?.types.values() ?? [])]
    .filter((each) => each.arch === arch && each.cpu === 8)
    .map((each) => ({
      ...{ type: each.id, family: each.family, arch, cpu: each.cpu, memoryGiB: each.memoryGiB },
      ...{ isSpecial: false, pricedAtMs: NOW_MS },
      offers: ZONES.filter((zone) => region?.sells(`${REGION}-${zone}`, each.id)).map((zone) =>
        offer(zone, {
          price: market.spotPrice(`${REGION}-${zone}`, each, atMs),
          onDemandPrice: each.onDemandPrice,
          interruption: market.interruptionRate(`${REGION}-${zone}`, each) / 100,
        }),
      ),
    }));
}

interface Offered {
  readonly pricePerHour: number;
  readonly interruption: number;
}

/** Taken back at any moment with the same chance; what ran is paid, and all of it runs again at `again` an hour. */
function trueCost({ pricePerHour, interruption: rate }: Offered, again: number, hours: number): number {
  const isTaken = 1 - Math.exp(-rate * hours);
  const ran = rate === 0 ? hours : isTaken / rate;
  return pricePerHour * ran + isTaken * again * hours;
}

test.each<[what: string, hours: number, rerun: CapacityType]>([
  ['ten minutes, run again on spot,', 1 / 6, 'spot'],
  ['ten minutes', 1 / 6, 'on-demand'],
  ['an hour', 1, 'on-demand'],
  ['four hours', 4, 'on-demand'],
])('jobs of %s cost at most 3 %% more than the best choice', (_what, hours, rerun) => {
  let [ours, best] = [0, 0];
  for (const arch of ['amd64', 'arm64'] as const)
    for (const atMs of MOMENTS) {
      const types = typesAt(atMs, arch);
      const requirements = needs({ arch, memoryGiB: { min: arch === 'arm64' ? 16 : 8, max: null } });
      const own = config({ placements: [placement(REGION, ZONES)] });
      const [first] = rank(ask(types, { requirements, config: own, hours, rerun })).candidates;
      const fitting = types.filter(
        (each) => each.memoryGiB >= requirements.memoryGiB.min && !/^ecs\.(e-|t5|t6|s6)/.test(each.type),
      );
      const again = Math.min(
        ...fitting.flatMap(({ offers }) => offers.map(({ onDemandPrice }) => onDemandPrice as number)),
      );
      const costs = fitting.flatMap(({ type, offers }) =>
        offers
          .filter(({ price, onDemandPrice }) => (price as number) <= (onDemandPrice as number))
          .map(({ zone, price, interruption }) => ({
            key: `${type} ${zone}`,
            cost: trueCost(
              { pricePerHour: price as number, interruption: interruption as number },
              rerun === 'spot' ? (price as number) : again,
              hours,
            ),
          })),
      );
      best += Math.min(...costs.map(({ cost }) => cost));
      ours += costs.find(({ key }) => key === `${first?.instanceType} ${first?.zone}`)?.cost ?? 1e9;
    }
  expect(ours / best).toBeGreaterThanOrEqual(1);
  expect(ours / best, `${(ours / best).toFixed(4)}`).toBeLessThanOrEqual(1.03);
});

// biome-ignore format: a table reads best as a table.
test.each<[what: string, run: Expected, interruption: number | null, cost: number]>([
  ['a sure one costs its price',                       { hours: 4 },                           0,    1],
  ['a second run goes pay-as-you-go',                  { hours: 1 },                           0.1,  1.5],
  ['the longer, the dearer',                           { hours: 4 },                           0.1,  3],
  ['it is run again once at most',                     { hours: 100 },                         0.5,  6],
  ['of unknown length: a quarter of an hour',          {},                                     0.2,  1.25],
  ['at an unknown rate: a tenth an hour',              { hours: 1 },                           null, 1.5],
  ['a second run goes pay-as-you-go, and it is said',  { hours: 1, rerun: 'on-demand' },       0.1,  1.5],
  ['a second run goes on spot once more',              { hours: 0.5, rerun: 'spot' },          0.1,  1.05],
  ['as often as the market takes back at most',        { hours: 0.5, rerun: 'spot' },          9,    2],
])('%s', (_what, run, interruption, cost) => {
  const prices = { capacityType: 'spot' as const, pricePerHour: 1, onDemandPricePerHour: 5, isStale: false };
  expect(expectedCost({ ...prices, interruption }, run)).toBeCloseTo(cost, 10);
});
