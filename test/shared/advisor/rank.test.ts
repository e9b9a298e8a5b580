import { describe, expect, test } from 'vitest';
import { type RankRequest, rank, unavailableKeys } from '../../../shared/advisor/rank.ts';
import type { Candidate } from '../../../shared/nouns.ts';
import { ask, config, market, NOW_MS, needs, offer, placement, REGION, type } from './builders.ts';

const eight = type('ecs.c8y.2xlarge', [offer('b'), offer('k', { price: 0.5 })]);
const sixteen = type('ecs.c8y.4xlarge', [offer('b', { price: 0.6, onDemandPrice: 4 })], {
  cpu: 16,
  memoryGiB: 32,
});
const sixtyFour = type('ecs.c8y.16xlarge', [offer('b', { price: 0.8, onDemandPrice: 16 })], {
  cpu: 64,
  memoryGiB: 128,
});

const dumped = type('ecs.g8y.8xlarge', [offer('b', { price: 0.3, onDemandPrice: 8 })], {
  cpu: 32,
  memoryGiB: 128,
});
const lean = type('ecs.c8y.8xlarge', [offer('b', { price: 0.3, onDemandPrice: 8 })], {
  cpu: 32,
  memoryGiB: 32,
});
const soldOut = type('ecs.c8y.2xlarge', [offer('b', { spotStock: 'sold-out' })]);
const wide = (price: number) =>
  type('ecs.c8y.4xlarge', [offer('b', { price, onDemandPrice: 4 })], { cpu: 16, memoryGiB: 32 });
const [dear, nearlyDear] = [wide(2.1), wide(1.9)];

const short = (candidates: readonly Candidate[]) =>
  candidates.map(
    (each) => `${each.zone.at(-1)} ${each.instanceType.slice(4)} ${each.capacityType} ${each.priceLimit}`,
  );
const patient = { nowMs: NOW_MS, firstTryAtMs: NOW_MS - 300_000 };
const ceiling = (pricePerHour: number, more = {}) => config({ limits: { pricePerHour }, ...more });
const unavailable = (...named: [Candidate, Parameters<typeof unavailableKeys>[1]][]) =>
  new Map(
    named.flatMap(([each, scope]) => unavailableKeys(each, scope).map((key) => [key, 'NoStock'] as const)),
  );
const first = rank(ask([eight])).candidates[0] as Candidate;

// biome-ignore format: a table reads best as a table.
const cases: [name: string, asked: RankRequest, candidates: string[]][] = [
  ['the cheapest zone comes first', ask([eight]), ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6']],
  ['what its hours make dearer than a day’s money is not for it', ask([eight], { config: config({ limits: { spendPerDay: 3 } }), hours: 10 }), []],
  ['with few hours it is', ask([eight], { config: config({ limits: { spendPerDay: 3 } }), hours: 2 }), ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6']],
  ['64 cores that are cheaper by the core are not for a job of 8', ask([eight, sixtyFour]), ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6']],
  ['a range takes the cheapest by the core', ask([eight, sixtyFour], { requirements: needs({ cpu: { min: 8, max: 64 } }) }),
    ['b c8y.16xlarge spot 0.96', 'b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6']],
  ['nothing fits: wider, step by step', ask([sixteen, sixtyFour]), ['b c8y.4xlarge spot 0.72']],
  ['at least 8: the cheapest in total, whatever a core costs', ask([eight, sixtyFour], { requirements: needs({ cpu: { min: 8, max: null } }) }),
    ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6', 'b c8y.16xlarge spot 0.96']],
  ['at least 8: more cores that cost less', ask([eight, dumped], { requirements: needs({ cpu: { min: 8, max: null } }) }),
    ['b g8y.8xlarge spot 0.36', 'b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6']],
  ['at least 8 with memory by the core: what is short of it is not', ask([eight, lean], { requirements: needs({ cpu: { min: 8, max: null }, memoryGiB: { min: 16, max: null, perCore: 2 } }) }),
    ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6']],
  ['wider, but never dearer than pay-as-you-go of the size asked', ask([soldOut, dear]), []],
  ['wider, and bid no higher than pay-as-you-go of the size asked', ask([soldOut, nearlyDear]), ['b c8y.4xlarge spot 2']],
  ['patience over: pay-as-you-go of the size asked before anything wider that is dearer', ask([soldOut, dear], patient),
    ['b c8y.2xlarge on-demand null']],
  ['pay-as-you-go is not widened beyond the price of the size asked', ask([soldOut, sixteen], { offSpot: true, unavailable: unavailable([{ ...first, capacityType: 'on-demand' }, 'offering']) }), []],
  ['nobody knows the price of the size asked: nothing wider', ask([type('ecs.c8y.2xlarge', [offer('b', { price: null, onDemandPrice: null, spotStock: 'gone' })]), sixteen]), []],
  ['nothing fits at all', ask([eight], { requirements: needs({ memoryGiB: { min: 512, max: null } }) }), []],
  ['nothing of that architecture', ask([eight], { requirements: needs({ arch: 'amd64' }) }), []],
  ['only one zone is left', ask([type('ecs.c8y.2xlarge', [offer('b', { spotStock: 'sold-out' }), offer('k')])]), ['k c8y.2xlarge spot 0.48']],
  ['a zone without a vSwitch is not ours', ask([type('ecs.c8y.2xlarge', [offer('j')])]), []],
  ['everything is unavailable', ask([eight], { unavailable: unavailable([first, 'zone'], [{ ...first, zone: 'cn-hangzhou-k' }, 'zone']) }), []],
  ['a refused offering leaves the others', ask([eight], { unavailable: unavailable([first, 'offering']) }), ['k c8y.2xlarge spot 0.6']],
  ['a refused family is refused in every zone, and cores widen', ask([eight, type('ecs.g8y.4xlarge', [offer('k')], { cpu: 16, memoryGiB: 64 })],
    { unavailable: unavailable([first, 'family']) }), ['k g8y.4xlarge spot 0.48']],
  ['a refused placement is refused whole', ask([eight], { unavailable: unavailable([first, 'placement']) }), []],
  ['spot refusals say nothing of pay-as-you-go', ask([eight], { offSpot: true, unavailable: unavailable([first, 'zone']) }),
    ['b c8y.2xlarge on-demand null', 'k c8y.2xlarge on-demand null']],
  ['a missing price is bid at market price, after its betters', ask([eight, type('ecs.g8y.2xlarge', [offer('b', { price: null })])]),
    ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6', 'b g8y.2xlarge spot null']],
  ['no price at all comes last', ask([type('ecs.a.2xlarge', [offer('b', { price: null, onDemandPrice: null })]), eight]),
    ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6', 'b a.2xlarge spot null']],
  ['a price of zero is an unknown price', ask([eight, type('ecs.g8y.2xlarge', [offer('b', { price: 0 })])]),
    ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6', 'b g8y.2xlarge spot null']],
  ['a pay-as-you-go price of zero caps nothing', ask([type('ecs.g8y.2xlarge', [offer('b', { onDemandPrice: 0 })])]), ['b g8y.2xlarge spot null']],
  ['spot dearer than pay-as-you-go is left out', ask([type('ecs.c8y.2xlarge', [offer('b', { price: 2.1 }), offer('k')])]), ['k c8y.2xlarge spot 0.48']],
  ['spot as dear as pay-as-you-go is bid at that', ask([type('ecs.c8y.2xlarge', [offer('b', { price: 2 })])]), ['b c8y.2xlarge spot 2']],
  ['no three decimals between price and cap: at market price', ask([type('ecs.c8y.2xlarge', [offer('b', { price: 0.1236, onDemandPrice: 0.1239 })])]),
    ['b c8y.2xlarge spot null']],
  ['the limit is rounded up', ask([type('ecs.c8y.2xlarge', [offer('b', { price: 0.3334 })])]), ['b c8y.2xlarge spot 0.401']],
  ['the limit is never above pay-as-you-go', ask([type('ecs.c8y.2xlarge', [offer('b', { price: 1.9, onDemandPrice: 1.9999 })])]), ['b c8y.2xlarge spot 1.999']],
  ['an interruption rate makes it dearer', ask([type('ecs.c8y.2xlarge', [offer('b', { interruption: 0.3 }), offer('k', { price: 0.5 })])]),
    ['k c8y.2xlarge spot 0.6', 'b c8y.2xlarge spot 0.48']],
  ['an unknown interruption rate is not never', ask([type('ecs.c8y.2xlarge', [offer('b', { interruption: null }), offer('k', { price: 0.41 })])]),
    ['k c8y.2xlarge spot 0.492', 'b c8y.2xlarge spot 0.48']],
  ['stock decides between equals', ask([type('ecs.c8y.2xlarge', [offer('b', { spotStock: 'scarce' }), offer('k')])]),
    ['k c8y.2xlarge spot 0.48', 'b c8y.2xlarge spot 0.48']],
  ['an excluded family is left out', ask([type('ecs.e-c1m2.2xlarge', [offer('b')]), type('ecs.t6.2xlarge', [offer('b')])]), []],
  ['an excluded family that a label names is in', ask([type('ecs.t6.2xlarge', [offer('b')]), eight], { requirements: needs({ type: 'ecs.t6' }) }), ['b t6.2xlarge spot 0.48']],
  ['the cloud\'s own word for a family counts', ask([type('ecs.u1-c1m2.2xlarge', [offer('b')], { family: 'ecs.u1' }), eight],
    { requirements: needs({ type: 'ecs.u1' }) }), ['b u1-c1m2.2xlarge spot 0.48']],
  ['a GPU is for those who name it', ask([type('ecs.gn7.2xlarge', [offer('b')], { isSpecial: true })]), []],
  ['a type named exactly has the cores that it has', ask([eight, sixtyFour], { requirements: needs({ type: 'ecs.c8y.16xlarge' }) }), ['b c8y.16xlarge spot 0.96']],
  ['above the ceiling is left out', ask([eight], { config: ceiling(0.45) }), ['b c8y.2xlarge spot 0.45']],
  ['cores widen within the ceiling only', ask([sixteen], { config: ceiling(0.55) }), []],
  ['an unknown price under a ceiling is bid at the ceiling', ask([type('ecs.c8y.2xlarge', [offer('b', { price: null })])], { config: ceiling(1.2345) }), ['b c8y.2xlarge spot 1.234']],
  ['nothing known under a ceiling is left out', ask([type('ecs.c8y.2xlarge', [offer('b', { price: null, onDemandPrice: null })])], { config: ceiling(1) }), []],
  ['patience over: spot and pay-as-you-go by cost', ask([eight], patient),
    ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6', 'b c8y.2xlarge on-demand null', 'k c8y.2xlarge on-demand null']],
  ['patience is not over while first tried in the future', ask([eight], { firstTryAtMs: NOW_MS + 9e9 }), ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6']],
  ['no fallback: spot for ever', ask([eight], { ...patient, config: config({ spot: { onDemandFallback: false } }) }), ['b c8y.2xlarge spot 0.48', 'k c8y.2xlarge spot 0.6']],
  ['pay-as-you-go asked for', ask([eight], { requirements: needs({ capacityType: 'on-demand' }) }), ['b c8y.2xlarge on-demand null', 'k c8y.2xlarge on-demand null']],
  ['pay-as-you-go above the ceiling is left out', ask([eight], { offSpot: true, config: ceiling(1.5) }), []],
  ['pay-as-you-go has a stock of its own', ask([type('ecs.c8y.2xlarge', [offer('b', { onDemandStock: 'gone' }), offer('k')])], { offSpot: true }), ['k c8y.2xlarge on-demand null']],
];

test.each(cases)('%s', (_name, asked, candidates) => {
  expect(short(rank(asked).candidates)).toEqual(candidates);
});

describe('of more than six', () => {
  const many = Array.from({ length: 9 }, (_, each) =>
    type(`ecs.f${each}.2xlarge`, [offer('b', { price: 0.1 + each / 100 })]),
  );
  const other = type('ecs.far.2xlarge', [offer('k', { price: 1.5 })]);

  test('the best are kept, and one of a second zone', () => {
    const { candidates } = rank(ask([...many, other]));
    expect(candidates.map((each) => each.instanceType.slice(4, 7))).toEqual([
      'f0.',
      'f1.',
      'f2.',
      'f3.',
      'f4.',
      'far',
    ]);
  });

  test('half are pay-as-you-go once patience is over', () => {
    const { candidates } = rank(ask(many, patient));
    expect(candidates.map((each) => each.capacityType)).toEqual([
      'spot',
      'spot',
      'spot',
      'on-demand',
      'on-demand',
      'on-demand',
    ]);
  });

  test('one is of a second placement', () => {
    const region = 'cn-shanghai';
    const there = market([type('ecs.c8y.2xlarge', [offer('b', { zone: `${region}-b`, price: 0.05 })])], {
      region,
    });
    const both = {
      markets: new Map([
        [REGION, market([...many, other])],
        [region, there],
      ]),
    };
    const placements = [placement(REGION, ['b', 'k']), placement(region, ['b'])];
    const byOrder = rank(ask([], { ...both, config: config({ placements }) })).candidates;
    expect(byOrder.map((each) => each.zone.slice(3))).toEqual([
      ...Array(4).fill('hangzhou-b'),
      'hangzhou-k',
      'shanghai-b',
    ]);
    const byPrice = rank(
      ask([], { ...both, config: config({ placements, placementChoice: 'price' }) }),
    ).candidates;
    expect(byPrice[0]?.region).toBe(region);
    expect(byPrice.map((each) => each.placement)).toEqual([1, 0, 0, 0, 0, 0]);
  });
});

describe('what is left out says why', () => {
  test('one entry a reason, a few named and the rest counted', () => {
    const sold = Array.from({ length: 7 }, (_, each) =>
      type(`ecs.f${each}.2xlarge`, [offer('b', { spotStock: 'gone' })]),
    );
    const { leftOut } = rank(ask([...sold, type('ecs.t5.2xlarge', [offer('b')]), eight]));
    expect(leftOut).toEqual([
      {
        what: '0123'.replace(/./g, 'cn-hangzhou-b/ecs.f$&.2xlarge/spot, ').slice(0, -2).concat(' and 3 more'),
        because: 'it is sold out',
      },
      { what: 'ecs.t5.2xlarge', because: 'defaults.excludeFamilies has ecs.t5, and no label names it' },
    ]);
  });

  test('a refusal by the cloud is told with its code', () => {
    const { leftOut } = rank(ask([eight], { unavailable: unavailable([first, 'offering']) }));
    expect(leftOut).toEqual([
      { what: 'cn-hangzhou-b/ecs.c8y.2xlarge/spot', because: 'it was of no use a moment ago (NoStock)' },
    ]);
  });
});

test('each widening step is told', () => {
  expect(rank(ask([sixtyFour])).notes).toEqual(
    [16, 32, 64].map((cores) => `widened to at most ${cores} cores: nothing spot is available with fewer`),
  );
});
