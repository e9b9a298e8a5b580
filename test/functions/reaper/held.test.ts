/** What GitHub holds back: who seems to be, and when it is launched for again. */

import { describe, expect, test } from 'vitest';
import { heldBack, isHeld, standingOf } from '../../../functions/reaper/events/held.ts';
import { HELD_ALERT_MS, HELD_PROBE_MAX_MS } from '../../../functions/reaper/events/limits.ts';
import { comingFor, releasable } from '../../../functions/reaper/events/releasable.ts';
import { holdBack, releaseAfter, releaseHeld } from '../../../functions/reaper/events/release-held.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { build } from '../../shared/ledger/builders.ts';
import { START_MS } from '../../world/in-process.ts';
import { openReaper } from './fixture.ts';
import { ago, inRun, MINUTE_MS, runner, runs, waits } from './held-entries.ts';

const held = (id: number, minutes: number, width = 2, holds = 1) =>
  waits(id, { held: { by: 'run', width, sinceMs: ago(minutes) }, holds });
const idle = (entry: JobEntry, minutes: number) => ({ runner: runner(entry.job.id, minutes), job: entry });

describe('an idle runner’s job', () => {
  const deploy = (id: number, some: Partial<JobEntry> = {}) => inRun(id, id, some, 'deploy');
  const started = { startedOn: 'r', startedAtMs: ago(9) };
  // biome-ignore format: a table reads best as a table.
  test.each<[string, Parameters<typeof standingOf>[0], JobEntry[], (string | null)[]]>([
    ['is not held where nothing else of its run runs', [idle(waits(3), 3), idle(waits(4), 3)], [], [null, null]],
    ['is held, as another’s, while one of their run runs; one runner is kept', [idle(waits(3), 3), idle(waits(4), 2)], [runs(1, 9)], ['gone', 'kept']],
    ['is given some seconds', [idle(waits(3), 0.5), idle(waits(4), 0.5)], [runs(1, 9)], [null, null]],
    ['is given them again when another has just begun', [idle(waits(3), 3), idle(waits(4), 3)], [runs(1, 9), runs(2, 0.5)], [null, null]],
    ['alone gets the time that any other gets: its runner may be deaf', [idle(waits(3), 3)], [runs(1, 9)], [null]],
    ['alone is held after that', [idle(waits(3), 5)], [runs(1, 9)], ['gone']],
    ['is held at once where others of its run are', [idle(waits(3), 1)], [runs(1, 9), held(4, 9)], ['kept']],
    ['is kept a runner for some minutes', [idle(waits(3), 4), idle(waits(4), 8)], [runs(1, 9)], ['gone', 'gone']],
    ['is not held by another run', [idle(waits(3), 9)], [inRun(1, 2, started)], [null]],
    ['is held by one of its name in another run', [idle(deploy(3), 5)], [deploy(1, started)], ['gone']],
    ['is not held by one of its name elsewhere', [idle(deploy(3), 5)], [build.jobEntry(1, { ...started, job: build.job(1, { name: 'deploy', repository: 'acme/lib' }) })], [null]],
  ])('%s', (_, pairs, others, expected) => {
    const found = standingOf(pairs, [...others, ...pairs.map(({ job }) => job)], START_MS);
    const words = pairs.map(({ runner: { name } }) => found.get(name)).map((one) => one && (one.isKept ? 'kept' : 'gone'));
    expect(words.map((word) => word ?? null)).toEqual(expected);
  });

  test('that is held is held once, and later each time it was', () => {
    const standing = { by: 'run', width: 2, isKept: false } as const;
    const first = heldBack(waits(3), standing, START_MS);
    expect(first).toMatchObject({ held: { width: 2, sinceMs: START_MS }, holds: 1, nextTryAtMs: ago(-30) });
    expect(heldBack(first as JobEntry, standing, START_MS)).toBeUndefined();
    expect(heldBack({ ...waits(3), holds: 2 }, standing, START_MS)).toMatchObject({ nextTryAtMs: ago(-120) });
    expect(heldBack(runs(3, 1), standing, START_MS)).toBeUndefined();
    expect([isHeld(waits(3)), isHeld(held(3, 1)), isHeld({ ...held(3, 1), startedOn: 'r' })]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('of jobs that are held', () => {
  const many = [held(3, 5), held(4, 5), held(5, 5)];
  const released = waits(6, { holds: 1 });
  // biome-ignore format: a table reads best as a table.
  test.each<[string, JobEntry[], RunnerEntry[], number[]]>([
    ['none is due while as many run as did', [runs(1, 9), runs(2, 9), ...many], [], []],
    ['the oldest is due when one of those ended', [runs(1, 9), ...many], [], [3]],
    ['two are when both did', many, [], [3, 4]],
    ['none is while one comes for the place that is free', [runs(1, 9), ...many, waits(6)], [runner(6, 1)], []],
    ['none is while one was just released for it', [runs(1, 9), ...many, released], [], []],
    ['a job that waits for something else takes no place', [runs(1, 9), ...many, waits(6)], [], [3]],
    ['one whose runner is there still needs none', [runs(1, 9), ...many], [runner(3, 1)], []],
    ['all are due when more run than seemed to be let', [runs(1, 9), runs(2, 9), runs(6, 2), ...many], [], [3, 4, 5]],
    ['none is when the end of one may be told late', [runs(1, 9), runs(2, 9), runs(6, 0.1), ...many], [], []],
    ['none is when one more ran before they were held', [runs(1, 9), runs(2, 9), runs(6, 8), ...many], [], []],
    ['one is tried when nothing moved for half an hour', [runs(1, 99), runs(2, 99), held(3, 31), held(4, 31)], [], [3]],
    ['it is not where that was tried before', [runs(1, 99), runs(2, 99), held(3, 31, 2, 2), held(4, 31)], [], []],
    ['it is not where a held one began as another ended', [runs(1, 99), runs(2, 20, { holds: 1 }), held(3, 60)], [], []],
    ['it is there too, in the end', [runs(1, 999), runs(2, HELD_PROBE_MAX_MS / MINUTE_MS + 1, { holds: 1 }), held(3, 300)], [], [3]],
    ['another run’s are not touched', [inRun(9, 2, { startedOn: 'r', startedAtMs: ago(9) }), runs(1, 9), runs(2, 9), ...many], [], []],
  ])('%s', (_, jobs, runners, expected) => {
    expect([...releasable(jobs, comingFor(runners), START_MS).keys()]).toEqual(expected);
  });
});

describe('in the ledger', () => {
  const standing = { by: 'run', width: 2, isKept: false } as const;

  async function opened(...entries: JobEntry[]) {
    const each = openReaper();
    const { ledger } = each.world;
    for (const entry of entries) await ledger.jobs.add(entry.job.id, entry);
    const sweep = async () =>
      releaseHeld(
        { jobs: (await ledger.jobs.list(99)).things, runners: (await ledger.runners.list(99)).things },
        [],
        START_MS + MINUTE_MS,
        each.world,
      );
    return { ...each, sweep, jobIn: async (id: number) => (await ledger.jobs.read(id as JobId))?.entry };
  }

  test('a held job says why it waits; the end of another makes it due at once, and once', async () => {
    const each = await opened(waits(3), waits(4), runs(1, 9));
    for (const id of [3, 4]) await holdBack(waits(id), standing, each.world);
    expect(await each.jobIn(3)).toMatchObject({
      because: expect.stringContaining('max-parallel, or concurrency'),
    });
    await releaseAfter(waits(2).job, each.world);
    await releaseAfter(waits(2).job, each.world);
    expect(each.launched).toEqual([3]);
    expect(await each.jobIn(3)).toMatchObject({ held: null, nextTryAtMs: START_MS });
  });

  test('where nothing is held, an event costs one read', async () => {
    const each = await opened(held(3, 5));
    await releaseAfter(waits(2).job, each.world);
    expect(each.launched).toEqual([]);
    // A sweep finds what an event that was lost would have.
    expect(await each.sweep()).toBe(1);
    expect(each.launched).toEqual([3]);
  });

  test('a person hears of it when nothing has moved for hours, with what it may be, once', async () => {
    const each = await opened(held(3, 5, 1), runs(1, 5));
    await each.sweep();
    expect(each.alerts).toEqual([]);
    await each.pass(HELD_ALERT_MS);
    await each.sweep();
    await each.sweep();
    expect(each.alerts).toEqual([
      expect.stringMatching(/Of acme\/kernel \(run 1\) 1 waiting.*max-parallel or concurrency.*runner group/),
    ]);
  });
});
