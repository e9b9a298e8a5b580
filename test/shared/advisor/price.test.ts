/** How high we bid: prices that are old, unknown, nothing, or above pay-as-you-go; and what a bid that the market was above is raised to. */
import { expect, test } from 'vitest';
import { bidFor, type Prices, raised } from '../../../shared/advisor/price.ts';
import type { Candidate } from '../../../shared/nouns.ts';

const PRICES: Prices = {
  ...{ capacityType: 'spot', pricePerHour: 0.4, onDemandPricePerHour: 2, interruption: 0, isStale: false },
};
const RULES = { ratio: 1.2, ceiling: null };
const bid = (priceLimit: number | null, priceMax: number | null = null) => ({
  kind: 'bid',
  priceLimit,
  priceMax,
});
const out = (because: string) => ({ kind: 'left out', because });

// biome-ignore format: a table reads best as a table.
test.each<[what: string, prices: Partial<Prices>, ceiling: number | null, found: object]>([
  ['a price of today',                         {},                                              null,   bid(0.48, 2)],
  ['an old price: what it may cost at most',   { isStale: true },                               null,   bid(2, 2)],
  ['an old price under a ceiling',             { isStale: true },                               1,      bid(1, 1)],
  ['no price: at market price',                { pricePerHour: null },                          null,   bid(null)],
  ['no price under a ceiling: the ceiling',    { pricePerHour: null },                          1,      bid(1, 1)],
  ['neither price known: at market price',     { pricePerHour: null, onDemandPricePerHour: null }, null, bid(null)],
  ['neither, and a ceiling',                   { pricePerHour: null, onDemandPricePerHour: null }, 1,   out('its pay-as-you-go price is unknown, and limits.pricePerHour is set')],
  ['a price of nothing: at market price',      { pricePerHour: 0 },                             null,   bid(null)],
  ['a price of nothing under a ceiling',       { pricePerHour: 0 },                             1,      out('no price limit of three decimals fits under limits.pricePerHour')],
  ['both of nothing: at market price',         { pricePerHour: 0, onDemandPricePerHour: 0 },    null,   bid(null)],
  ['as dear as pay-as-you-go',                 { pricePerHour: 2 },                             null,   bid(2, 2)],
  ['dearer than pay-as-you-go',                { pricePerHour: 2.001 },                         null,   out('spot costs more than pay-as-you-go there')],
  ['dearer than the ceiling',                  {},                                              0.3,    out('it costs more than limits.pricePerHour')],
  ['the ratio goes beyond pay-as-you-go',      { pricePerHour: 1.9 },                           null,   bid(2, 2)],
  ['less than a thousandth',                   { pricePerHour: 0.0001, onDemandPricePerHour: 0.0005 }, null, bid(null)],
  ['US dollars, with four decimals',           { pricePerHour: 0.0123, onDemandPricePerHour: 0.0819 }, null, bid(0.015, 0.081)],
  ['pay-as-you-go itself',                     { capacityType: 'on-demand', pricePerHour: 2 },  null,   bid(null)],
])('%s', (_what, prices, ceiling, found) => {
  expect(bidFor({ ...PRICES, ...prices }, { ...RULES, ceiling })).toEqual(found);
});

const candidate = (some: Partial<Candidate> = {}): Candidate => ({
  ...{ placement: 0, region: 'cn-hangzhou', zone: 'cn-hangzhou-k', instanceType: 'ecs.c8y.2xlarge' },
  ...{ capacityType: 'spot', arch: 'arm64', cpu: 8, memoryGiB: 16, because: '' },
  ...{ pricePerHour: 0.4, onDemandPricePerHour: 2, expectedCostPerHour: 0.45, priceLimit: 0.48, priceMax: 2 },
  ...some,
});
const next = (costs: number | null, some: Partial<Candidate> = {}) =>
  candidate({
    ...{ instanceType: 'ecs.g8y.2xlarge', expectedCostPerHour: costs },
    ...{ priceLimit: costs === null ? null : costs * 1.2, ...some },
  });

// biome-ignore format: a table reads best as a table.
test.each<[what: string, own: Partial<Candidate>, next: Candidate | undefined, limit: number | null]>([
  ['up to what the next one costs, an interruption counted', {},                     next(0.8),                    0.75],
  ['no higher than it may cost',                             { priceMax: 0.6 },      next(0.8),                    0.6],
  ['not where the next one is cheaper than the bid',         {},                     next(0.5),                    null],
  ['not where the next one costs the same',                  {},                     next(0.53),                   null],
  ['no higher than the next one’s own limit',                {},                     next(0.8, { priceLimit: 0.7 }), 0.7],
  ['not the last one: nothing is dearer',                    {},                     undefined,                    null],
  ['before one of no known price: up to its pay-as-you-go',  {},                     next(null, { onDemandPricePerHour: 1 }), 0.95],
  ['before one of which nothing is known',                   {},                     next(null, { onDemandPricePerHour: null }), null],
  ['before a bigger one: by the core',                       {},                     next(1.6, { cpu: 16 }),       0.75],
  ['once',                                                   { isRaised: true },     next(0.8),                    null],
  ['not at market price',                                    { priceLimit: null, priceMax: null }, next(0.8),      null],
  ['not without a price',                                    { pricePerHour: null }, next(0.8),                    null],
])('a bid that the market was above is raised %s', (_what, own, after, limit) => {
  const found = raised(candidate(own), after, true);
  expect(found?.priceLimit ?? null).toBe(limit);
  expect(found?.isRaised ?? null).toBe(limit === null ? null : true);
});

test('where what is cheapest in total is taken, a bigger machine is worth no more', () => {
  expect(raised(candidate({}), next(0.8, { cpu: 16 }), false)?.priceLimit).toBe(0.75);
  expect(raised(candidate({}), next(0.8, { cpu: 16 }), true)).toBeNull();
});
