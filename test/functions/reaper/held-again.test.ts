/** What one run of a matrix tells of the next, and who is held when a held job takes another's runner. */

import { describe, expect, test } from 'vitest';
import { learnWidths } from '../../../functions/reaper/events/learn-widths.ts';
import { recordStart } from '../../../functions/reaper/events/record-start.ts';
import { comingFor, releasable } from '../../../functions/reaper/events/releasable.ts';
import { releaseHeld } from '../../../functions/reaper/events/release-held.ts';
import { decodeWidths, WIDTHS_NOTE, widthKey } from '../../../shared/job/matrix.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { START_MS } from '../../world/in-process.ts';
import { openReaper, type ReaperFixture } from './fixture.ts';
import { ago, inRun, MINUTE_MS, runner, runs, waits } from './held-entries.ts';

describe('how wide a matrix runs', () => {
  const of = (id: number, some: Partial<JobEntry> = {}) => waits(id, some);
  const sure = (id: number, width: number) => of(id, { held: { by: 'matrix', width, sinceMs: ago(5) } });
  const HOUR_MS = 60 * MINUTE_MS;

  async function learned(...sweeps: { readonly jobs: readonly JobEntry[]; readonly passMs?: number }[]) {
    const each = openReaper();
    const written: number[] = [];
    for (const { jobs, passMs = 0 } of sweeps) {
      await each.pass(passMs);
      const held = jobs.map((entry) => ({ entry, rev: '' }));
      written.push(await learnWidths(held, each.world));
    }
    const note = await each.world.ledger.notes.read(WIDTHS_NOTE);
    const known = decodeWidths(note?.entry.text ?? '{}').get(widthKey(waits(1).job) ?? '');
    return { written, known };
  }

  test('is learned where a runner waited in vain, written once, and said again within the hour', async () => {
    const jobs = [runs(1, 9), runs(2, 9), sure(3, 2), of(4)];
    const { written, known } = await learned({ jobs }, { jobs }, { jobs, passMs: HOUR_MS });
    expect(written).toEqual([1, 0, 1]);
    expect(known).toMatchObject({ most: 2, isLimit: true, seenAtMs: START_MS + HOUR_MS });
  });

  test('is not learned from what was only remembered, nor where nothing was held', async () => {
    const remembered = of(3, { held: { by: 'matrix', width: 2, sinceMs: ago(5), isRemembered: true } });
    const { written, known } = await learned(
      { jobs: [runs(1, 9), runs(2, 9), remembered] },
      { jobs: [runs(1, 9)] },
    );
    expect([written, known]).toEqual([[0, 0], undefined]);
  });

  test('that nothing bounds is learned once, where as many run as were launched for first', async () => {
    const jobs = [1, 2, 3, 4].map((id) => runs(id, 1));
    const { written, known } = await learned({ jobs: jobs.slice(1) }, { jobs }, { jobs });
    expect([written, known]).toEqual([[0, 1, 0], { most: 4, isLimit: false, seenAtMs: START_MS }]);
  });

  test('is forgotten as a limit as soon as more run', async () => {
    const before = [runs(1, 9), runs(2, 9), sure(3, 2)];
    const now = [runs(1, 9), runs(2, 9), runs(3, 1)];
    expect((await learned({ jobs: before }, { jobs: now })).known).toMatchObject({ most: 3, isLimit: false });
  });
});

describe('a job that takes the runner of another while it is held', () => {
  /** Job 3 starts on the runner of job 4. */
  async function takes({ world }: ReaperFixture) {
    const own = runner(4, 1, { runnerId: 44 });
    await world.ledger.runners.add(own.name, own);
    const taker = { id: 44, name: own.name };
    await recordStart(
      { kind: 'in_progress', job: waits(3).job, delivery: 'd', runner: taker, startedAtMs: START_MS },
      world,
    );
  }

  test('changes places with it: the other is held instead, and nothing is launched', async () => {
    const each = openReaper();
    const { ledger } = each.world;
    const hold = { by: 'matrix', width: 2, sinceMs: ago(5) } as const;
    for (const entry of [waits(3, { held: hold }), waits(4, { launches: 1 })])
      await ledger.jobs.add(entry.job.id, entry);
    await takes(each);
    expect(each.launched).toEqual([]);
    expect((await ledger.jobs.read(4 as JobId))?.entry).toMatchObject({ held: { by: 'matrix', width: 2 } });
  });

  test('of another run does not: that one is launched for at once', async () => {
    const each = openReaper();
    const { ledger } = each.world;
    const other = inRun(4, 2, { launches: 1 });
    const hold = { by: 'matrix', width: 2, sinceMs: ago(5) } as const;
    for (const entry of [waits(3, { held: hold }), other]) await ledger.jobs.add(entry.job.id, entry);
    await takes(each);
    expect(each.launched).toEqual([4]);
  });
});

describe('those that wait for the first of a matrix that was never seen', () => {
  const first = (id: number, minutes: number) =>
    waits(id, { held: { by: 'matrix', width: 4, sinceMs: ago(minutes), isRemembered: true, isFirst: true } });
  const rest = [first(5, 1), first(6, 1)];
  const waiting = [1, 2, 3, 4].map((id) => waits(id));
  const coming = [1, 2, 3, 4].map((id) => runner(id, 1, { state: 'booting' }));
  const running = [1, 2, 3, 4].map((id) => runs(id, 0));
  const isProven = waits(3, { held: { by: 'matrix', width: 2, sinceMs: ago(0) }, holds: 1 });
  // biome-ignore format: a table reads best as a table.
  test.each<[string, JobEntry[], RunnerEntry[], number[]]>([
    ['are held while these are on their way', [...waiting, ...rest], coming, []],
    ['are held while some of these run and the others may yet', [...running.slice(0, 2), ...waiting.slice(2), ...rest], coming.slice(2), []],
    ['are all due when all of these run', [...running, ...rest], [], [5, 6]],
    ['are all due when one of these comes to nothing, or is over', [...waiting, ...rest], coming.slice(1), [5, 6]],
    ['are all due when these have shown nothing in four minutes', [...waiting, first(5, 5), first(6, 5)], coming, [5, 6]],
    ['are held as the others are, once a limit is proven', [...running.slice(0, 2), isProven, ...rest], [], []],
    ['and take their places in turn', [...running.slice(0, 1), isProven, ...rest], [], [3]],
  ])('%s', (_, jobs, runners, expected) => {
    expect([...releasable(jobs, comingFor(runners), START_MS).keys()]).toEqual(expected);
  });

  test('go by the limit that was proven when nothing that proved it waits any more', async () => {
    const each = openReaper();
    const { ledger } = each.world;
    for (const entry of [...running.slice(0, 2), isProven, ...rest])
      await ledger.jobs.add(entry.job.id, entry);
    const sweep = async () =>
      releaseHeld(
        { jobs: (await ledger.jobs.list(99)).things, runners: [] },
        [],
        START_MS + MINUTE_MS,
        each.world,
      );
    expect([await sweep(), each.launched]).toEqual([0, []]);
    for (const id of [1, 3]) {
      const held = await ledger.jobs.read(id as JobId);
      if (held !== null) await ledger.jobs.remove(id as JobId, held);
    }
    expect([await sweep(), each.launched]).toEqual([1, [5]]);
    expect((await ledger.jobs.read(6 as JobId))?.entry.held).toMatchObject({ width: 2, isRemembered: true });
  });
});
