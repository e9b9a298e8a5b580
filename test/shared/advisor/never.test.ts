/** Jobs that no type could ever do are refused with what would do; all that is only out of stock, or not known, waits. */
import { describe, expect, test } from 'vitest';
import { whyNever } from '../../../shared/advisor/never.ts';
import { rank } from '../../../shared/advisor/rank.ts';
import type { Market } from '../../../shared/market/market.ts';
import type { Requirements } from '../../../shared/nouns.ts';
import { seeded } from '../../../simulator/random.ts';
import {
  ask,
  config,
  market,
  NOW_MS,
  needs,
  offer,
  placement,
  REGION,
  type,
  wholeMarket,
} from './builders.ts';

const amd64 = { arch: 'amd64', image: 'amd64' } as const;
const WHOLE = wholeMarket(1);
const told = (asked: Partial<Requirements>, of: Market | null = WHOLE, change = {}) =>
  whyNever(needs(asked), config(change), new Map([[REGION, of]]), NOW_MS);
const most = (arch: string, what: 'cpu' | 'memoryGiB') =>
  Math.max(...WHOLE.types.filter((each) => each.arch === arch).map((each) => each[what]));
const exactly = (cores: number) => ({ cpu: { min: cores, max: cores } });

// biome-ignore format: a table reads best as a table.
const NEVER: [what: string, asked: Partial<Requirements>, because: string | RegExp][] = [
  ['a family of the other architecture', { ...amd64, type: 'ecs.c8y' },             'ecs.c8y is arm64, and the job is for amd64: write arm64'],
  ['a type of the other architecture',   { type: 'ecs.g7.2xlarge' },                'ecs.g7.2xlarge is amd64, and the job is for arm64: write amd64'],
  ['a family that is not there',         { ...amd64, type: 'ecs.c99' },             /^there is no family ecs\.c99 in cn-hangzhou; is ecs\.\w+ meant\?$/],
  ['a family like no other',             { ...amd64, type: 'ecs.quantum' },         'there is no family ecs.quantum in cn-hangzhou'],
  ['a type that is not there',           { type: 'ecs.c8y.2xlarg' },                'there is no type ecs.c8y.2xlarg in cn-hangzhou; is ecs.c8y.2xlarge meant?'],
  ['more cores than there are',          { ...amd64, ...exactly(5000) },            `it asks for 5000 cores, and the largest amd64 type in cn-hangzhou has ${most('amd64', 'cpu')}`],
  ['more memory than there is',          { ...exactly(8), memoryGiB: { min: 90_000, max: null } }, /^it asks for 90000 GiB of memory, and the largest arm64 type in cn-hangzhou has \d+$/],
  ['more cores than the family has',     { type: 'ecs.c8y', ...exactly(500) },      /^it asks for 500 cores, and the largest ecs\.c8y in cn-hangzhou has \d+$/],
  ['memory that no size has',            { ...amd64, ...exactly(8), memoryGiB: { min: 17, max: 17 } }, /^no amd64 type in cn-hangzhou has both its 8 cores/],
];

test.each(NEVER)('%s: refused, with what would do', (_what, asked, because) => {
  const expected = typeof because === 'string' ? because : expect.stringMatching(because);
  expect(told(asked)).toEqual(expected);
});

describe('waits, because too little is known', () => {
  const lost = { ...amd64, type: 'ecs.quantum' };
  test.each<[string, Market | null]>([
    ['no market', null],
    ['an incomplete market', { ...WHOLE, incomplete: 'a page was missing' }],
    ['types of three days ago', { ...WHOLE, typesAtMs: NOW_MS - 3 * 86_400_000 }],
    ['types of a clock that is ahead', { ...WHOLE, typesAtMs: NOW_MS + 3 * 86_400_000 }],
  ])('%s', (_what, of) => {
    expect(told(lost, of)).toBeNull();
  });

  test('a second placement whose market is unknown', () => {
    const placements = [placement(REGION, ['b']), placement('cn-beijing', ['b'])];
    expect(told(lost, WHOLE, { placements })).toBeNull();
  });
});

test.each<[string, Partial<Requirements>, Market]>([
  [
    'sold out everywhere',
    {},
    market([type('ecs.c8y.2xlarge', [offer('b', { spotStock: 'gone', onDemandStock: 'gone' })])]),
  ],
  ['sold in other zones only', {}, market([type('ecs.c8y.2xlarge', [offer('z')])])],
  ['not on sale today, but in the catalogue', { type: 'ecs.c8y' }, market([])],
  ['newer than the catalogue', { type: 'ecs.new1' }, market([type('ecs.new1.2xlarge', [])])],
  ['available with more cores only', { ...amd64, cpu: { min: 9, max: 9 } }, WHOLE],
])('what is %s waits', (_what, asked, of) => {
  expect(told(asked, of)).toBeNull();
});

test('whatever finds a candidate is never refused', () => {
  const random = seeded(11);
  let found = 0;
  for (let at = 0; at < 60; at++) {
    const [low, high] = [random.whole(1, 128), random.whole(1, 128)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    const named = random.pick(WHOLE.types);
    const asked = needs({
      ...(random.chance(0.5) ? amd64 : {}),
      cpu: { min: low, max: high },
      memoryGiB: { min: random.whole(1, 600), max: null },
      type: random.chance(0.3) ? random.pick([named.type, named.family]) : null,
    });
    const request = ask(null, { requirements: asked, markets: new Map([[REGION, wholeMarket(at)]]) });
    if (rank(request).candidates.length === 0) continue;
    found++;
    expect(whyNever(asked, request.config, request.markets, NOW_MS), JSON.stringify(asked)).toBeNull();
  }
  expect(found).toBeGreaterThan(10);
});
