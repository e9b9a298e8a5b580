/** What a run may cost at most is known in yuan and dollars; nothing is launched for other money. */
import { expect, test } from 'vitest';
import { linesOf, planOf } from '../../../cli/prove/plan.ts';
import { config, market, NOW_MS, offer, REGION, type } from '../../shared/advisor/builders.ts';

const DISK = { diskPerGiBHour: 0.00015 };
const two = (price: number) => [
  type('ecs.c8a.large', [offer('b', { price, onDemandPrice: price })], {
    arch: 'amd64',
    cpu: 2,
    memoryGiB: 4,
  }),
];

// Two machines, each a bit more than half an hour.
// biome-ignore format: a table reads best as a table.
test.each<[what: string, price: number, money: object, launches: boolean, says: RegExp]>([
  ['half a yuan an hour',                    0.5,  { currency: 'CNY' },          true,  /Costs 0\.\d\d CNY at most/],
  ['a yuan and more',                        1.2,  { currency: 'CNY' },          false, /known to cost less than 1 CNY in all/],
  ['a few cents an hour',                    0.08, { currency: 'USD', ...DISK }, true,  /Costs 0\.\d\d USD at most/],
  ['half a dollar an hour',                  0.5,  { currency: 'USD', ...DISK }, false, /known to cost less than 0\.13 USD in all/],
  ['dollars, and a disk without a price',    0.08, { currency: 'USD' },          false, /what a disk costs is not known in USD/],
  ['another currency',                       0.01, { currency: 'JPY', ...DISK }, false, /the account pays in JPY, and what may be spent is known in CNY and USD alone/],
])('%s', (_what, price, money, launches, says) => {
  const plan = planOf(config(), new Map([[REGION, market(two(price), money)]]), NOW_MS);
  expect(plan.candidates.length > 0).toBe(launches);
  expect(linesOf(plan, config()).join('\n')).toMatch(says);
});
