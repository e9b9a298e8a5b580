/** For whom the stock is asked before launches: who waits for what was sold out. */
import { expect, test } from 'vitest';
import { askStock } from '../../../../../functions/reaper/rounds/stock/ask-stock.ts';
import type { JobEntry } from '../../../../../shared/ledger/entries.ts';
import { job, OFFER } from './starts.ts';

const asksFor = async (change: Partial<JobEntry>): Promise<boolean> => {
  const asked: string[] = [];
  const refreshMarket = async (need: string) => String(asked.push(need));
  const entries = [job(1, { obstacle: 'limit' }), job(2, change)];
  const jobs = entries.map((entry) => ({ entry, rev: 'r' }));
  await askStock({ jobs }, 0, { refreshMarket });
  expect(asked.every((need) => need === 'stock')).toBe(true);
  return asked.length === 1;
};

test.each<[string, Partial<JobEntry>, boolean]>([
  ['found no offer', OFFER, true],
  ['has none to be asked for', { ...OFFER, isUntried: true }, true],
  [
    'waits for a quota, which holds whatever is in stock',
    { ...OFFER, quota: { needs: {}, againAtMs: 0 } },
    false,
  ],
  ['has begun meanwhile', { ...OFFER, startedOn: 'ci-runner-arm64-spot-2-1' }, false],
  ['waits for a slot', { obstacle: null }, false],
])('one that %s: %s', async (_, change, isAsked) => {
  expect(await asksFor(change)).toBe(isAsked);
});
