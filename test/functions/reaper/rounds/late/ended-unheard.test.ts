/** Jobs that wait for long, and whose end no delivery told: they are asked about before anything is launched for them. */
import { expect, test } from 'vitest';
import { startDue } from '../../../../../functions/reaper/rounds/due.ts';
import { HEARD_KEPT_MS, UNHEARD_ASKS_MAX } from '../../../../../shared/github-limits.ts';
import type { GitHub } from '../../../../../shared/ports.ts';
import { build } from '../../../../shared/ledger/builders.ts';
import { START_MS } from '../../../../world/in-process.ts';
import { openReaper, record, runOf } from '../../fixture.ts';

const NOTHING = { before: { total: 0, slots: [], mints: {} }, runners: [], ledgerComplete: true };
const RUNNERS = 3;

type Status = NonNullable<Awaited<ReturnType<GitHub['job']>>>['status'];

/** So many jobs wait, the first the oldest; GitHub says this of each. */
async function openWaiting(count: number, ageMs: number, says: (id: number) => Status | null, some = {}) {
  const asked: number[] = [];
  const job = async (_target: unknown, _repository: string, id: number) => {
    asked.push(id);
    const status = says(id);
    const ended = status === 'completed' ? { conclusion: 'cancelled', completedAtMs: START_MS } : {};
    return status === null ? null : record(id, { status, ...ended });
  };
  const reaper = openReaper({
    config: { limits: { runners: RUNNERS, runnersPerRepository: null } },
    github: { job, ...some } as Partial<GitHub>,
  });
  const { ledger } = reaper.world;
  for (let id = 1; id <= count; id++) {
    const createdAtMs = START_MS - ageMs - (count - id);
    const waits = { nextTryAtMs: START_MS, firstTryAtMs: createdAtMs };
    await ledger.jobs.add(id as never, build.jobEntry(id, { job: build.job(id, { createdAtMs }), ...waits }));
  }
  const start = async () => {
    const uncovered = (await ledger.jobs.list(1_000)).things;
    const braked = { uncovered, mayStart: () => true, because: null };
    return startDue(braked, NOTHING, reaper.clock.nowMs() + 8_000, reaper.world);
  };
  return { ...reaper, asked, start };
}

test('who ended meanwhile makes room for those behind, in the same sweep, and its end is recorded', async () => {
  const { start, launched, world } = await openWaiting(30, HEARD_KEPT_MS, (id) =>
    id <= 20 ? 'completed' : 'queued',
  );
  await start();
  expect(launched).toEqual([21, 22, 23]);
  const left = (await world.ledger.jobs.list(100)).things.map(({ entry }) => entry.job.id);
  expect(Math.min(...left)).toBe(21);
  expect(await world.ledger.history.read(START_MS - HEARD_KEPT_MS - 29, 1 as never)).toMatchObject({
    outcome: 'cancelled',
  });
});

test('what GitHub has just said is good for a while', async () => {
  const { start, asked, pass } = await openWaiting(2, HEARD_KEPT_MS, () => 'queued');
  await start();
  await start();
  expect(asked).toEqual([1, 2]);
  await pass(HEARD_KEPT_MS);
  await start();
  expect(asked).toEqual([1, 2, 1, 2]);
});

test('a young job is not asked about, nor one whose run was just listed as queued', async () => {
  const young = await openWaiting(3, HEARD_KEPT_MS - 1_000, () => 'completed');
  await young.start();
  const listed = await openWaiting(3, HEARD_KEPT_MS, () => 'completed');
  const runs = [1, 2, 3].map((id) => runOf(id * 10, { status: 'queued' }));
  const list = { atMs: START_MS - 60_000, runs, complete: true };
  listed.world.looks.lists.set('acme/kernel queued', list);
  await listed.start();
  expect([young.asked, listed.asked]).toEqual([[], []]);
  expect([young.launched, listed.launched]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['has no record', () => null, {}],
  ['does not answer', () => { throw new Error('GitHub answered 502'); }, {}],
  ['has no calls left for it', () => 'completed' as const, { mayAsk: () => false }],
])('where GitHub %s, each is launched for', async (_what, says, some) => {
  const { start, launched } = await openWaiting(3, HEARD_KEPT_MS, says, some);
  await start();
  expect(launched).toEqual([1, 2, 3]);
});

test('one sweep asks about so many at most', async () => {
  const { start, asked } = await openWaiting(2 * UNHEARD_ASKS_MAX, HEARD_KEPT_MS, () => 'completed');
  await start();
  expect(asked.length).toBe(UNHEARD_ASKS_MAX);
});

test('nothing is launched for one that waits for a reviewer, though its delivery said queued: it is held', async () => {
  const { start, launched, world } = await openWaiting(2, HEARD_KEPT_MS, (id) =>
    id === 1 ? 'waiting' : 'queued',
  );
  await start();
  expect(launched).toEqual([2]);
  expect((await world.ledger.jobs.read(1 as never))?.entry.held?.by).toBe('record');
});
