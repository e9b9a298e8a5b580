import { expect, test } from 'vitest';
import type { JobId } from '../../../shared/nouns.ts';
import { tableOf } from '../../../simulator/tablestore/index.ts';
import { build, CREATED_MS } from './builders.ts';
import { inProcess, START_MS } from './transports.ts';

const HISTORY_ROWS = 100_000;
const ALIVE_ROWS = 2_000;
const DAY_MS = 24 * 3_600_000;

test('a sweep costs by what is alive: 2,000 entries beside 100,000 rows of history', async () => {
  const { ledger, store } = inProcess();
  const history = tableOf(store, 'history');
  for (let at = 0; at < HISTORY_ROWS; at++)
    await history.put([`2026-0${1 + (at % 5)}-01`, String(at)], { schema: 1, body: '{}' }, { row: 'absent' });
  for (let at = 0; at < ALIVE_ROWS / 2; at++) {
    await ledger.jobs.add(at as JobId, build.jobEntry(at));
    await ledger.runners.add(build.runnerName(at), build.runnerEntry(at));
    await ledger.notes.add(`a note that no sweep asks for ${at}`, { text: '', untilMs: null });
  }
  store.counts.rowsScanned = 0;
  store.counts.calls.clear();
  const heapBefore = process.memoryUsage().heapUsed;
  const [jobs, runners] = [await ledger.jobs.list(10_000), await ledger.runners.list(10_000)];
  expect([jobs.things.length, jobs.complete]).toEqual([ALIVE_ROWS / 2, true]);
  expect([runners.things.length, runners.complete]).toEqual([ALIVE_ROWS / 2, true]);
  expect(store.counts.rowsScanned).toBe(ALIVE_ROWS);
  expect(Object.fromEntries(store.counts.calls), 'pages of 5,000, or 4 MB').toEqual({ GetRange: 2 });
  expect(process.memoryUsage().heapUsed - heapBefore, 'by what is alive').toBeLessThan(64 * 1024 * 1024);
});

test('kinds that stand next to each other are one list, over as many pages as it takes, and the market is in none', async () => {
  const { ledger, store } = inProcess();
  for (let at = 0; at < 3; at++) {
    await ledger.jobs.add(at as JobId, build.jobEntry(at));
    await ledger.runners.add(build.runnerName(at), build.runnerEntry(at));
    await ledger.notes.add(`note-${at}`, { text: 'x'.repeat(1_500_000), untilMs: null });
  }
  await ledger.capacity.take(build.slot(1), build.limits(), START_MS);
  await ledger.market.write('cn-hangzhou', new Uint8Array(1_000_000));
  store.counts.calls.clear();
  const jobs = await ledger.together('jobs', 100);
  expect([jobs.job.length, jobs.capacity?.total, jobs.note.length, jobs.complete]).toEqual([3, 1, 0, true]);
  const runners = await ledger.together('runners', 100);
  expect(runners.runner.map(({ id }) => id)).toEqual([0, 1, 2].map((at) => String(build.runnerName(at))));
  expect(Object.fromEntries(store.counts.calls)).toEqual({ GetRange: 2 });
  const notes = await ledger.together('notes', 100);
  expect(notes.note.map(({ id }) => id)).toEqual(['note-0', 'note-1', 'note-2']);
  expect(store.counts.calls.get('GetRange'), '4 MB a page').toBeGreaterThan(3);
  expect(await ledger.together('runners', 2)).toMatchObject({ complete: false });
});

test('history is kept for 90 days after it was last written, and then it is gone', async () => {
  const { ledger, clock } = inProcess();
  const job = build.job(1);
  await ledger.history.merge({ job, outcome: 'success' });
  await clock.runUntil(START_MS + 89 * DAY_MS);
  await ledger.history.merge({ job, pricePerHour: 0.1 });
  await clock.runUntil(START_MS + (89 + 90) * DAY_MS - 1);
  expect(await ledger.history.read(CREATED_MS, job.id)).toMatchObject({
    outcome: 'success',
    pricePerHour: 0.1,
  });
  await clock.runUntil(START_MS + (89 + 90) * DAY_MS);
  expect(await ledger.history.read(CREATED_MS, job.id)).toBeNull();
});

test('entries that are alive have no end of their own', async () => {
  const { ledger, clock } = inProcess();
  await ledger.jobs.add(1 as JobId, build.jobEntry(1));
  await clock.runUntil(START_MS + 400 * DAY_MS);
  expect((await ledger.jobs.read(1 as JobId))?.entry).toEqual(build.jobEntry(1));
});
