import { expect, test } from 'vitest';
import type { Market } from '../../../shared/market/market.ts';
import { refreshDue } from '../../../shared/market/plan.ts';
import { config, market, NOW_MS, offer, REGION, type } from '../advisor/builders.ts';

const MINUTE_MS = 60_000;
/** Asked just now, the stock; its price never was. */
const asked = market([type('ecs.c8y.2xlarge', [offer('b')], { pricedAtMs: null })]);
const due = (last: Market | null, afterMs: number) =>
  refreshDue({ region: REGION, config: config(), last, nowMs: NOW_MS + afterMs, need: 'stock' });
const STOCK_ALONE = { listTypes: false, prices: [], advice: [], sinceMs: null };

// biome-ignore format: a table reads best as a table.
test.each([
  ['a minute later it is asked, and nothing else is', asked, MINUTE_MS, STOCK_ALONE],
  ['nor a day later',                                 asked, 1440 * MINUTE_MS, STOCK_ALONE],
  ['a moment later it is not asked',                  asked, MINUTE_MS / 6, null],
  ['where there is no market, the types come first',  null,  0, { ...STOCK_ALONE, listTypes: true }],
])('while jobs wait for what was sold out: %s', (_name, last, afterMs, expected) => {
  expect(due(last, afterMs)).toEqual(expected);
});
