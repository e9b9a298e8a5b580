/** A repository's own jobs that GitHub lost do not keep its real ones waiting. */
import { expect, test } from 'vitest';
import { gateOf } from '../../../../functions/reaper/brake/streak.ts';
import { startDue } from '../../../../functions/reaper/rounds/due.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';

const MINUTE_MS = 60_000;
const NOTHING = { before: { total: 0, slots: [], mints: {} }, runners: [], ledgerComplete: true };
/** Made so many minutes ago. */
const waiting = (id: number, minutes: number) => ({
  entry: build.jobEntry(id, {
    job: build.job(id, { createdAtMs: START_MS - minutes * MINUTE_MS }),
    nextTryAtMs: START_MS,
  }),
  rev: 'r',
});
const jobs = [waiting(1, 300), waiting(2, 299), waiting(3, 5), waiting(4, 4)];
const wastes = [1, 2, 3, 4, 5].map((job) => ({
  ...{ runner: `r-${job}`, job, repository: 'acme/kernel', atMs: START_MS, ending: 'given nothing' as const },
  ...{ offering: null, image: null, version: null },
}));

test.each([
  ['while launches are held back, one of a repository is tried, the youngest', START_MS, [4]],
  ['else all are launched for, the oldest first', null, [1, 2, 3, 4]],
])('%s', async (_, sinceMs, expected) => {
  const { world, launched } = openReaper();
  const mayStart = gateOf({ sinceMs, wastes }, [], START_MS);
  const because = sinceMs === null ? null : 'launches are held back';
  await startDue({ uncovered: jobs, mayStart, because }, NOTHING, START_MS + MINUTE_MS, world);
  expect(launched).toEqual(expected);
});
