/** What a runner costs at the moment, as `list` and the dashboard show it. */
import { expect, test } from 'vitest';
import { priceNow } from '../../../cli/list/live-runner.ts';
import type { RunnerEntry } from '../../../shared/ledger/entries.ts';
import { diskPricePerHour } from '../../../shared/market/disk.ts';
import { build } from '../../shared/ledger/builders.ts';

const DISK = diskPricePerHour(40);

// biome-ignore format: a table reads best as a table.
test.each<[RunnerEntry['state'], NonNullable<RunnerEntry['standby']> | null, number]>([
  ['booting', 'preparing', 0.5],
  ['booting', 'stopping', 0.5],
  ['booting', 'stopped', DISK],
  ['retiring', 'stopped', DISK],
  ['launching', 'starting', 0.5],
  ['booting', null, 0.5],
  ['busy', null, 0.5],
  ['retiring', null, 0.5],
])('%s, %s: %d an hour', (state, standby, price) => {
  const candidate = { pricePerHour: 0.5 } as RunnerEntry['candidate'];
  expect(priceNow(build.runnerEntry('r', { state, standby, candidate, diskGiB: 40 }), null)).toBe(price);
});
