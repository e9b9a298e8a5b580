/** Between two sweeps no runner is closed without end: in number, in time, and whatever fails. */
import { expect, test } from 'vitest';
import { closeEnded } from '../../../../functions/reaper/repair/close.ts';
import { type Started, startLater } from '../../../../functions/reaper/rounds/due.ts';
import type { ReaperWorld } from '../../../../functions/reaper/world.ts';
import { LATER_STARTS_MS } from '../../../../shared/github-limits.ts';
import { SWEEP_ACTS_MAX, SWEEP_PARALLEL_MAX, SWEEP_PARTS_MS } from '../../../../shared/limits.ts';
import type { RunnerName } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { START_MS } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';
import { machine } from './diagnose-rows.ts';

/** So many runners whose jobs have ended, one in each region. The cloud takes its time for each deletion. */
async function ended(count: number, lastsMs: number, regions = 1) {
  const asked: string[] = [];
  let nowMs = START_MS;
  const {
    world: bare,
    launched,
    lines,
  } = openReaper({
    config: { limits: { runners: 1, runnersPerRepository: null } },
    instances: {
      find: async () => {
        nowMs += regions === 1 ? 0 : lastsMs;
        return [];
      },
      terminate: async (_region, id) => {
        asked.push(id);
        // All of a round are under way before the first of them is answered.
        await new Promise(setImmediate);
        nowMs += lastsMs / SWEEP_PARALLEL_MAX;
        return 'gone';
      },
    },
  });
  const clock = { nowMs: () => nowMs };
  const pause = async (ms: number) => {
    nowMs += ms;
  };
  const world: ReaperWorld = { ...bare, clock, pause };
  const { runners } = world.ledger;
  for (let at = 1; at <= count; at++) {
    const region = `cn-${at % regions}`;
    const spent = { state: 'retiring', instanceId: `i-${at}`, region, ran: build.job(at) } as const;
    await runners.add(build.runnerName(at), build.runnerEntry(at, spent));
  }
  const left = async () => (await runners.list(9_999)).things;
  const seen = new Set<RunnerName>((await left()).map(({ entry }) => entry.name));
  const close = async () => closeEnded(await left(), seen, START_MS + LATER_STARTS_MS, world);
  return { world, asked, left, close, launched, lines };
}

test('so many as a sweep may act upon', async () => {
  const { asked, close, left } = await ended(SWEEP_ACTS_MAX + 20, 0);
  expect((await close()).size).toBe(SWEEP_ACTS_MAX);
  expect([asked.length, (await left()).length]).toEqual([SWEEP_ACTS_MAX, 20]);
});

test.each([1, 9])(
  'while deletions hang, none is begun once the time is over (regions: %i)',
  async (regions) => {
    const { world, asked, close, left } = await ended(90, 30_000, regions);
    const { size } = await close();
    expect(size).toBe(asked.length);
    expect((await left()).length).toBe(90 - asked.length);
    expect(asked.length).toBeLessThanOrEqual(3 * SWEEP_PARALLEL_MAX);
    expect(world.clock.nowMs() - START_MS).toBeLessThan(LATER_STARTS_MS + 2 * 30_000);
  },
);

/** `tags`: of each machine, as the sweep saw it; null: it saw none. */
async function laterWith(
  world: ReaperWorld,
  seen: Awaited<ReturnType<typeof ended>>,
  tags: Record<string, string> | null = {},
) {
  const job = build.job(900);
  await world.ledger.jobs.add(job.id, build.jobEntry(900, { job, nextTryAtMs: START_MS }));
  const none = { count: 0, started: [], scarce: new Set<string>(), atMs: START_MS };
  const first: Started = { ...none, isPaced: false, isWaiting: true };
  const busy = (await seen.left()).map(({ entry, rev }) => ({
    entry: { ...entry, state: 'busy' as const },
    rev,
  }));
  const braked = { uncovered: [], mayStart: () => true, because: null };
  const instances = busy.flatMap(({ entry: { instanceId } }) =>
    tags === null || instanceId === null ? [] : [machine({ id: instanceId, tags })],
  );
  return startLater(braked, first, { runners: busy, instances, atMs: START_MS }, START_MS, world);
}

test('nor are launches made after that, for the lease of the sweep’s sake', async () => {
  const quick = await ended(1, 1_000);
  await laterWith(quick.world, quick);
  expect(quick.launched).toEqual([900]);
  const slow = await ended(1, 8 * (LATER_STARTS_MS + SWEEP_PARTS_MS.start));
  await laterWith(slow.world, slow);
  expect([slow.asked, slow.launched]).toEqual([['i-1'], []]);
});

test.each([
  ['has the tag keep', { keep: '' }],
  ['was in no list', null],
])('of a machine that by the last sweep %s one empty answer proves nothing: nobody asks', async (_, tags) => {
  const seen = await ended(1, 0);
  await laterWith(seen.world, seen, tags);
  expect([seen.asked, seen.launched]).toEqual([[], []]);
});

test('slots that cannot be handed back are the sweep’s, and the next lots go on', async () => {
  const seen = await ended(1, 0);
  const { capacity } = seen.world.ledger;
  let tries = 0;
  const handBackAll: typeof capacity.handBackAll = (names) =>
    ++tries < 3 ? Promise.reject(new Error('the table is silent')) : capacity.handBackAll(names);
  const ledger = { ...seen.world.ledger, capacity: { ...capacity, handBackAll } };
  await laterWith({ ...seen.world, ledger }, seen);
  expect([tries, seen.launched]).toEqual([3, [900]]);
  expect(seen.lines.filter(({ event }) => event === 'close.left')).toHaveLength(2);
});
