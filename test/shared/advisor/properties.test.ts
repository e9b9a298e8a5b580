import { describe, expect, test } from 'vitest';
import { sizeAskedFor } from '../../../shared/advisor/cores.ts';
import { marketsOfPlacements } from '../../../shared/advisor/offerings.ts';
import { bidFor } from '../../../shared/advisor/price.ts';
import { type RankRequest, rank, unavailableKeys } from '../../../shared/advisor/rank.ts';
import { CANDIDATES_MAX } from '../../../shared/limits.ts';
import type { Candidate } from '../../../shared/nouns.ts';
import fc from '../../fast-check.ts';
import { REGION } from './builders.ts';
import { askOf, draws, rankWithOnly } from './draws.ts';

const all = (asked: RankRequest, holds: (candidate: Candidate, asked: RankRequest) => boolean) =>
  rank(asked).candidates.every((candidate) => holds(candidate, asked));
const property = (holds: (candidate: Candidate, asked: RankRequest) => boolean) =>
  fc.assert(
    fc.property(draws, (draw) => all(askOf(draw), holds)),
    { numRuns: 150 },
  );

describe('whatever is asked of whatever market', () => {
  test('a candidate satisfies its requirements', () => {
    property((each, { requirements: { arch, cpu: asked, memoryGiB, type } }) => {
      const isNamed = type === null || each.instanceType === type || each.instanceType.startsWith(`${type}.`);
      const isInMemory =
        each.memoryGiB >= memoryGiB.min && each.memoryGiB <= (memoryGiB.max ?? each.memoryGiB);
      return each.arch === arch && each.cpu >= asked.min && isInMemory && isNamed;
    });
  });

  test('no zone is without a vSwitch, no type of an excluded family', () => {
    property((each, { config: { placements }, requirements: { type } }) => {
      const there = placements[each.placement];
      const isOurs = there?.region === each.region && there.zones[each.zone.slice(-1)] !== undefined;
      return isOurs && (type !== null || !/^ecs\.(e-|t5|t6|s6)/.test(each.instanceType));
    });
  });

  test('a price limit has three decimals, and lies between price and pay-as-you-go', () => {
    property(({ priceLimit, pricePerHour, onDemandPricePerHour, capacityType }, { config: { limits } }) => {
      if (priceLimit === null) return true;
      const isThree = priceLimit === Number(priceLimit.toFixed(3));
      const isUnder =
        priceLimit <= (onDemandPricePerHour ?? 0) && priceLimit <= (limits.pricePerHour ?? priceLimit);
      return capacityType === 'spot' && isThree && isUnder && priceLimit >= (pricePerHour ?? 0);
    });
  });

  test('nothing can come to cost more than limits.pricePerHour', () => {
    property(({ priceLimit, onDemandPricePerHour }, { config: { limits } }) => {
      const cap = priceLimit ?? onDemandPricePerHour;
      return limits.pricePerHour === null || (cap !== null && cap <= limits.pricePerHour);
    });
  });

  test('the order is by expected cost, by the core for a range', () => {
    fc.assert(
      fc.property(draws, (draw) => {
        const asked = askOf(draw);
        const { min, max } = asked.requirements.cpu;
        const { candidates } = rank(asked);
        for (const [a, b] of candidates.slice(1).map((b, at) => [candidates[at] as Candidate, b] as const)) {
          if (asked.config.placementChoice === 'order' && a.placement !== b.placement) {
            expect(a.placement).toBeLessThan(b.placement);
            continue;
          }
          const cost = (each: Candidate) =>
            (each.expectedCostPerHour ?? each.onDemandPricePerHour ?? Number.POSITIVE_INFINITY) /
            (max === null || min === max ? 1 : each.cpu);
          expect(cost(a)).toBeLessThanOrEqual(cost(b));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('the same input gives the same answer, whatever the order of the market’s rows', () => {
    fc.assert(
      fc.property(draws, (draw) => {
        const asked = askOf(draw);
        const market = asked.markets.get(REGION) ?? null;
        const turned = market && { ...market, types: [...market.types].reverse() };
        const answer = rank(asked);
        expect(rank(asked)).toEqual(answer);
        expect(rank({ ...asked, markets: new Map([[REGION, turned]]) }).candidates).toEqual(
          answer.candidates,
        );
      }),
      { numRuns: 80 },
    );
  });

  test('a job for 8 cores is given more only when nothing with 8 is available', () => {
    let widened = 0;
    fc.assert(
      fc.property(draws, (draw) => {
        const asked = askOf(draw);
        const eight = {
          ...asked,
          requirements: { ...asked.requirements, cpu: { min: 8, max: 8 }, type: null },
        };
        const bigger = rank(eight).candidates.find((each) => each.cpu !== 8);
        if (bigger === undefined) return;
        widened++;
        const hasNoOther = rankWithOnly(8, eight).candidates.every(
          (each) => each.capacityType !== bigger.capacityType,
        );
        expect(hasNoOther).toBe(true);
      }),
      { numRuns: 250 },
    );
    expect(widened, 'the draw must contain such jobs').toBeGreaterThan(10);
  });

  test('no machine that is wider than asked can come to cost more than pay-as-you-go of the size asked', () => {
    let widened = 0;
    fc.assert(
      fc.property(draws, (draw) => {
        const asked = askOf({ ...draw, cpu: { min: 8, max: 8 }, type: null });
        const { candidates } = rank(asked);
        const wider = candidates.filter(({ cpu }) => cpu > 8);
        if (wider.length === 0) return;
        widened++;
        const { requirements, config: own, nowMs } = asked;
        const markets = marketsOfPlacements(own, asked.markets, nowMs);
        const { ceiling } = sizeAskedFor({ requirements, config: own, nowMs }, markets);
        const most = wider.map(({ priceLimit, onDemandPricePerHour }) => priceLimit ?? onDemandPricePerHour);
        expect(Math.max(...(most as number[]))).toBeLessThanOrEqual(ceiling as number);
      }),
      { numRuns: 250 },
    );
    expect(widened, 'the draw must contain such jobs').toBeGreaterThan(5);
  });

  test('what the cloud refused is not tried again, and there are never more than six', () => {
    fc.assert(
      fc.property(draws, fc.constantFrom('offering', 'zone', 'family', 'placement'), (draw, scope) => {
        const asked = askOf(draw);
        const keys = (each: Candidate) => unavailableKeys(each, scope as 'offering');
        const before = rank(asked).candidates;
        const unavailable = new Map(
          before
            .slice(0, 2)
            .flatMap(keys)
            .map((key) => [key, 'NoStock']),
        );
        const after = rank({ ...asked, unavailable }).candidates;
        expect(after.flatMap(keys).filter((key) => unavailable.has(key))).toEqual([]);
        expect(Math.max(before.length, after.length)).toBeLessThanOrEqual(CANDIDATES_MAX);
      }),
      { numRuns: 80 },
    );
  });

  test('where two zones have something, two are tried', () => {
    fc.assert(
      fc.property(draws, (draw) => {
        const asked = askOf(draw);
        const { candidates } = rank(asked);
        const zones = new Set(candidates.map((each) => each.zone));
        if (zones.size !== 1 || candidates.length < CANDIDATES_MAX) return;
        const [zone] = zones;
        const gone = new Map(
          unavailableKeys(candidates[0] as Candidate, 'zone').map((key) => [key, zone as string]),
        );
        const cpus = new Set(candidates.map((each) => each.cpu));
        const elsewhere = rank({ ...asked, unavailable: gone }).candidates.filter(
          (each) => cpus.has(each.cpu) && each.zone !== zone,
        );
        expect(elsewhere).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

test('no price whatever makes a bid above pay-as-you-go, or with more than three decimals', () => {
  const price = fc.double({ min: 0.0001, max: 500, noNaN: true });
  fc.assert(
    fc.property(
      price,
      price,
      fc.double({ min: 1, max: 5, noNaN: true }),
      fc.option(price),
      fc.boolean(),
      (spot, onDemand, ratio, ceiling, isStale) => {
        const prices = { pricePerHour: spot, onDemandPricePerHour: onDemand, interruption: 0, isStale };
        const bid = bidFor({ ...prices, capacityType: 'spot' }, { ratio, ceiling });
        if (bid.kind === 'left out') return spot > onDemand || ceiling !== null;
        const limit = bid.priceLimit ?? spot;
        const isThree = bid.priceLimit === null || bid.priceLimit === Number(bid.priceLimit.toFixed(3));
        return isThree && limit >= spot && limit <= onDemand && limit <= (ceiling ?? limit);
      },
    ),
    { numRuns: 5000 },
  );
});
