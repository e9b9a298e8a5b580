import { expect, test } from 'vitest';
import { inProcess, START_MS } from './transports.ts';

test('an offering that is refused again while its old refusal is being forgotten stays remembered', async () => {
  let again: () => Promise<unknown> = async () => {};
  const { ledger } = inProcess((table) => ({
    ...table,
    async delete(key, condition) {
      await again();
      return table.delete(key, condition);
    },
  }));
  await ledger.unavailable.remember('a', START_MS - 1, 'no stock');
  again = () => ledger.unavailable.remember('a', START_MS + 60_000, 'no stock again');
  expect([...(await ledger.unavailable.list(START_MS))]).toEqual([]);
  expect([...(await ledger.unavailable.list(START_MS))]).toEqual([['a', 'no stock again']]);
});
