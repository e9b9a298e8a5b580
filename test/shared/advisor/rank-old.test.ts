import { describe, expect, test } from 'vitest';
import { rank } from '../../../shared/advisor/rank.ts';
import { ask, config, market, NOW_MS, offer, placement, REGION, type, ZONES } from './builders.ts';

const eight = type('ecs.c8y.2xlarge', [offer('b'), offer('k', { price: 0.5 })]);

describe('an old market', () => {
  const old = (stockAtMs: number, change = {}) =>
    ask([], {
      markets: new Map([
        [
          REGION,
          market([type('ecs.c8y.2xlarge', [offer('b', change)], { pricedAtMs: stockAtMs })], { stockAtMs }),
        ],
      ]),
    });

  test('still launches, bids up to pay-as-you-go and says so', () => {
    const { candidates, notes } = rank(old(NOW_MS - 3_600_001, { spotStock: 'gone' }));
    expect(candidates.map((each) => each.priceLimit)).toEqual([2]);
    expect(notes).toEqual(['the market of cn-hangzhou is old: its stock proves nothing']);
  });

  test('clocks may differ a little; a market from the far future is an old one', () => {
    expect(rank(old(NOW_MS + 60_000)).notes).toEqual([]);
    expect(rank(old(NOW_MS + 600_000)).notes).toHaveLength(1);
  });

  test('what its refresh could not do is told', () => {
    const { notes } = rank(
      ask([], { markets: new Map([[REGION, market([eight], { incomplete: 'we were throttled' })]]) }),
    );
    expect(notes).toEqual(['the market of cn-hangzhou is incomplete because we were throttled']);
  });
});

describe('no market', () => {
  test('the catalogue stands in, in our zones, at market price', () => {
    const { candidates, notes } = rank(ask(null));
    const named = candidates.map((each) => `${each.zone.at(-1)} ${each.instanceType} ${each.priceLimit}`);
    expect(named).toEqual(
      ['b ecs.c8y', 'k ecs.c8y', 'b ecs.c6r', 'k ecs.c6r', 'b ecs.g6r', 'b ecs.g8y'].map(
        (each) => `${each}.2xlarge null`,
      ),
    );
    expect(notes).toEqual(["no market of cn-hangzhou: the catalogue's types, at market price"]);
  });

  test('a walk is not staked on one type, however many zones there are', () => {
    const wide = config({ placements: [placement(REGION, ZONES)] });
    const types = rank(ask(null, { config: wide })).candidates.map((each) => each.instanceType);
    expect(types).toHaveLength(6);
    expect(new Set(types).size).toBeGreaterThanOrEqual(3);
  });

  test('a region that the catalogue lacks is tried all the same', () => {
    const there = config({ placements: [placement('eu-central-1', ['a'])] });
    const { candidates } = rank(ask(null, { config: there }));
    expect(new Set(candidates.map((each) => each.zone))).toEqual(new Set(['eu-central-1a']));
    expect(candidates.length).toBeGreaterThan(1);
  });
});
