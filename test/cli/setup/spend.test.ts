/** What set-up proposes as bounds of money: in what the account pays, by its prices there. */
import { expect, test } from 'vitest';
import { proposedSpend } from '../../../cli/setup/runners-yaml.ts';

type Rpc = Parameters<typeof proposedSpend>[1]['rpc'];

const priced =
  (sold: string, OriginPrice: number, Currency: string): Rpc =>
  async (_service, _region, _action, { InstanceType } = {}) => ({
    Currency,
    SpotPrices: { SpotPriceType: InstanceType === sold ? [{ OriginPrice }] : [] },
  });

// biome-ignore format: a table reads best as a table.
test.each([
  ['in yuan',                             priced('ecs.c8y.2xlarge', 1.0677, 'CNY'), { spendPerHour: 50,  spendPerDay: 300,  currency: 'CNY' }],
  ['in dollars',                          priced('ecs.c8y.2xlarge', 0.334,  'USD'), { spendPerHour: 20,  spendPerDay: 120,  currency: 'USD' }],
  ['a region without the newest type',    priced('ecs.c6.2xlarge',  45,     'JPY'), { spendPerHour: 2000, spendPerDay: 12000, currency: 'JPY' }],
  ['sums that no binary fraction has',    priced('ecs.c7.2xlarge',  0.014,  'EUR'), { spendPerHour: 0.7, spendPerDay: 4.2,  currency: 'EUR' }],
  ['no right to ask',                     async () => Promise.reject(new Error('Forbidden')), { spendPerHour: 50, spendPerDay: 300, currency: null }],
  ['a price of zero is none',             priced('ecs.c8y.2xlarge', 0,      'CNY'), { spendPerHour: 50,  spendPerDay: 300,  currency: 'CNY' }],
  ['dollars, and no type of ours sold',   priced('ecs.other',       0.3,    'USD'), { spendPerHour: 7,   spendPerDay: 42,   currency: 'USD' }],
  ['a region with the newest types alone', priced('ecs.c9i.2xlarge', 0.2,   'USD'), { spendPerHour: 10,  spendPerDay: 60,   currency: 'USD' }],
  ['another currency, and no price',      priced('ecs.other',       1,      'JPY'), { spendPerHour: 50,  spendPerDay: 300,  currency: null }],
  ['no currency',                         priced('ecs.c8y.2xlarge', 1,      '?'),   { spendPerHour: 50,  spendPerDay: 300,  currency: null }],
] as [string, Rpc, object][])('%s', async (_what, rpc, proposed) => {
  expect(await proposedSpend('eu-central-1', { rpc })).toEqual(proposed);
});
