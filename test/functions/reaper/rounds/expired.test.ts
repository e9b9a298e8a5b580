/** When a queued job is given up, and one that nobody can ask about is dropped. */
import { expect, test } from 'vitest';
import { dropExpired, isGivenUp } from '../../../../functions/reaper/rounds/expired.ts';
import { openLost } from '../../../../functions/reaper/rounds/lost.ts';
import { QUEUED_MAX_MS } from '../../../../shared/limits.ts';
import type { JobId, JobRecord } from '../../../../shared/nouns.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper, record } from '../fixture.ts';
import { due } from './late/sweeper.ts';

const MINUTE_MS = 60_000;
const DAY_MS = QUEUED_MAX_MS;

// biome-ignore format: a table reads best as a table.
test.each([
  ['queued for more than a day, its run unchanged',      [2 * DAY_MS, null, 2 * DAY_MS], true],
  ['created long ago, its run let it go a moment ago',   [20 * DAY_MS, null, MINUTE_MS], false],
  ['created long ago, a delivery said queued just now',  [20 * DAY_MS, MINUTE_MS, 20 * DAY_MS], false],
  ['heard of more than a day ago, nothing since',        [20 * DAY_MS, 2 * DAY_MS, 20 * DAY_MS], true],
  ['created long ago, nothing tells of its run',         [20 * DAY_MS, null, null], false],
  ['young',                                              [MINUTE_MS, MINUTE_MS, MINUTE_MS], false],
] as const)('%s: given up %s', (_, [created, heard, changed], isSo) => {
  const at = (ago: number | null) => (ago === null ? null : START_MS - ago);
  expect(isGivenUp({ createdAtMs: START_MS - created }, at(heard), at(changed), START_MS)).toBe(isSo);
});

test('what waits for a day in the ledger, and GitHub still calls queued, is given up, once its run is quiet as well', async () => {
  const run = { id: 10, attempt: 1, status: 'queued', conclusion: null, event: 'push' };
  let changedAtMs = START_MS - MINUTE_MS;
  const { world, alerts } = openReaper({
    github: {
      job: async () => record(1, { status: 'queued' }),
      run: async () => ({ ...run, changedAtMs }) as never,
    },
  });
  const { jobs, history } = world.ledger;
  const entry = due({
    firstTryAtMs: START_MS - 2 * DAY_MS,
    job: build.job(1, { createdAtMs: START_MS - 2 * DAY_MS }),
  });
  await jobs.add(1 as JobId, entry);
  await dropExpired([held(await jobs.read(1 as JobId))], world);
  expect(await jobs.read(1 as JobId)).not.toBeNull();
  changedAtMs = START_MS - 2 * DAY_MS;
  await dropExpired([held(await jobs.read(1 as JobId))], world);
  expect(await jobs.read(1 as JobId)).toBeNull();
  expect((await history.read(entry.job.createdAtMs, 1 as JobId))?.outcome).toBe('expired');
  expect(alerts).toHaveLength(1);
  await history.merge({ job: entry.job, outcome: 'success', runnerName: 'theirs' });
  expect((await history.read(entry.job.createdAtMs, 1 as JobId))?.outcome, 'it ran after all').toBe(
    'success',
  );
});

const started = (days: number) =>
  due({
    startedOn: build.runnerName('1-1'),
    startedAtMs: START_MS - days * DAY_MS,
    firstTryAtMs: START_MS - days * DAY_MS,
  });

async function dropStarted(days: number, job: () => Promise<JobRecord | null>) {
  const { world } = openReaper({ github: { job } });
  const { jobs } = world.ledger;
  await jobs.add(1 as JobId, started(days));
  await dropExpired([held(await jobs.read(1 as JobId))], world);
  return { isThere: (await jobs.read(1 as JobId)) !== null, world };
}

const noApp = async () => {
  throw new Error('GitHub answered 404');
};

test('a job that started, and cannot be asked about any more, is dropped once no runner may live so long', async () => {
  expect(await dropStarted(5, noApp)).toMatchObject({ isThere: true });
  const { isThere, world } = await dropStarted(7, noApp);
  expect(isThere).toBe(false);
  const row = await world.ledger.history.read(due().job.createdAtMs, 1 as JobId);
  expect(row).toMatchObject({ outcome: 'expired', because: expect.stringMatching(/how it ended/) });
});

test('nor is one kept that GitHub does not know, and one that GitHub says is running is', async () => {
  expect(await dropStarted(7, async () => null)).toMatchObject({ isThere: false });
  expect(await dropStarted(7, async () => record(1, { status: 'in_progress' }))).toMatchObject({
    isThere: true,
  });
});

test('what is kept for good reason takes nobody else’s turn', async () => {
  const waiting = Array.from({ length: 25 }, (_, at) => at + 1);
  const each = openReaper({
    github: { job: async (_, __, id) => (id === 25 ? null : record(id, { status: 'waiting' })) },
  });
  const { jobs } = each.world.ledger;
  for (const id of waiting) {
    const job = build.job(id);
    await jobs.add(job.id, { ...due({ firstTryAtMs: START_MS - 2 * DAY_MS }), job });
  }
  for (let sweep = 0; sweep < 3; sweep++) {
    const { things } = await jobs.list(100);
    await dropExpired(
      things.toSorted((a, b) => a.entry.job.id - b.entry.job.id),
      each.world,
    );
    await each.pass(MINUTE_MS);
  }
  expect(await jobs.read(25 as JobId)).toBeNull();
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['GitHub lost days ago', 2 * DAY_MS, false],
  ['was missed just now',  MINUTE_MS,  true],
])('a job that the look finds, and that %s, is launched for %s', async (_, ago, isLaunched) => {
  const { world, launched } = openReaper();
  const job = build.job(1, { createdAtMs: START_MS - ago });
  const seen = { ...record(1, { status: 'queued', job }), runChangedAtMs: START_MS - ago };
  expect(await openLost(seen, world)).toBe(isLaunched);
  expect(launched).toEqual(isLaunched ? [1] : []);
  const row = await world.ledger.history.read(job.createdAtMs, 1 as JobId);
  expect(row?.outcome ?? null).toBe(isLaunched ? null : 'expired');
});
