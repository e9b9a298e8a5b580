/** What a person is told of jobs that wait for no good reason, and when a queued job is given up. */
import { expect, test } from 'vitest';
import { startDue } from '../../../../functions/reaper/rounds/due.ts';
import { dropExpired, isGivenUp } from '../../../../functions/reaper/rounds/expired.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import { QUEUED_MAX_MS } from '../../../../shared/limits.ts';
import type { JobId, JobRecord } from '../../../../shared/nouns.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper, record } from '../fixture.ts';

const MINUTE_MS = 60_000;
const DAY_MS = QUEUED_MAX_MS;

function sweeper(config: object = {}) {
  const each = openReaper({ config });
  const { world, alerts } = each;
  const told = () => alerts.filter((text) => /has waited for \d+ minutes/.test(text));
  const sweep = async (entry: JobEntry, because: string | null = null, ...more: JobEntry[]) => {
    const uncovered = [entry, ...more].map((each) => ({ entry: each, rev: 'r' }));
    await startDue({ uncovered, mayStart: () => true, because }, world.clock.nowMs() + MINUTE_MS, world);
    await each.pass(MINUTE_MS);
  };
  return { ...each, told, sweep };
}

const due = (some: Partial<JobEntry> = {}) =>
  build.jobEntry(1, { firstTryAtMs: START_MS, nextTryAtMs: START_MS, ...some });

test('a job that could start and does not is told of after alerts.waiting, once, with how many slots are free', async () => {
  const { sweep, told } = sweeper({ alerts: { waiting: '3m' } });
  for (let minute = 0; minute < 4; minute++) await sweep(due());
  expect(told()).toEqual([]);
  for (let minute = 0; minute < 4; minute++) await sweep(due());
  expect(told()).toHaveLength(1);
  expect(told()[0]).toMatch(
    /^The job 1 of acme\/kernel has waited for 4 minutes, and 100 of 100 slots are free\./,
  );
});

test('not what stands aside, nor while launches are held back, nor soon after all slots were in use', async () => {
  const { sweep, told, world } = sweeper({ alerts: { waiting: '3m' }, limits: { runners: 1 } });
  for (let minute = 0; minute < 6; minute++) await sweep(due({ obstacle: 'offer' }));
  for (let minute = 0; minute < 6; minute++) await sweep(due(), 'launches are held back');
  await world.ledger.capacity.take(build.slot(9), build.limits(), world.clock.nowMs());
  await sweep(due());
  await world.ledger.capacity.handBack(build.runnerName(9));
  for (let minute = 0; minute < 3; minute++) await sweep(due());
  expect(told()).toEqual([]);
  await sweep(due());
  expect(told()).toHaveLength(1);
});

test.each([
  ['repository', { runnersPerRepository: 1 }, null],
  ['profile', {}, 'kernel'],
])('nor what its own %s’s limit keeps out, until some time after that', async (_, limits, profile) => {
  const profiles = { kernel: { cpu: 8, runners: 1 } };
  const { sweep, told, world } = sweeper({ alerts: { waiting: '3m' }, limits, profiles });
  const labels = ['self-hosted', 'aliyun', 'arm64', ...(profile === null ? [] : [profile])];
  const waits = () => due({ job: build.job(1, { labels }), obstacle: 'limit' });
  const slot = build.slot(9, { profile });
  await world.ledger.capacity.take(slot, build.limits(), world.clock.nowMs());
  for (let minute = 0; minute < 6; minute++) await sweep(waits());
  await world.ledger.capacity.handBack(build.runnerName(9));
  for (let minute = 0; minute < 3; minute++) await sweep(waits());
  expect(told()).toEqual([]);
  await sweep(waits());
  expect(told()).toEqual([expect.stringMatching(/^The job 1 of acme\/kernel/)]);
});

test('a limit of one repository is no reason for another’s jobs to wait', async () => {
  const { sweep, told, world } = sweeper({ alerts: { waiting: '3m' }, limits: { runnersPerRepository: 1 } });
  await world.ledger.capacity.take(build.slot(9), build.limits(), world.clock.nowMs());
  const theirs = due({ job: build.job(2, { repository: 'acme/other' }) });
  for (let minute = 0; minute < 5; minute++) await sweep(due({ obstacle: 'limit' }), null, theirs);
  expect(told()).toEqual([expect.stringMatching(/^The job 2 of acme\/other/)]);
});

test('what found no offer for an hour is told of, once, with its reason', async () => {
  const { sweep, told } = sweeper();
  const soldOut = () => due({ obstacle: 'offer', because: 'it is sold out' });
  for (let minute = 0; minute < 60; minute++) await sweep(soldOut());
  expect(told()).toEqual([]);
  for (let minute = 0; minute < 5; minute++) await sweep(soldOut());
  expect(told()).toEqual([expect.stringMatching(/60 minutes|61 minutes/)]);
  expect(told()[0]).toMatch(/Its last reason: it is sold out\./);
});

test('nor what found no offer, while all slots are in use', async () => {
  const { sweep, told, world } = sweeper({ limits: { runners: 1 } });
  await world.ledger.capacity.take(build.slot(9), build.limits(), world.clock.nowMs());
  for (let minute = 0; minute < 65; minute++) await sweep(due({ obstacle: 'offer' }));
  expect(told()).toEqual([]);
});

test('what is refused for an hour is told of, once, with its reason', async () => {
  const { sweep, told } = sweeper();
  const refused = () => due({ obstacle: 'refusal', because: 'its run is not known at GitHub' });
  for (let minute = 0; minute < 65; minute++) await sweep(refused());
  expect(told()).toEqual([expect.stringMatching(/Its last reason: its run is not known at GitHub\./)]);
});

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
