import { expect, test } from 'vitest';
import { connected, LABELS, openWorld } from '../../shared/adapters/github/world.ts';

test('where lists of runs lag, a run stands in them as it was, its jobs and its record as they are; in the end all agree', async () => {
  const w = await openWorld('process', { behaviour: { lateStatus: 0, runListLagMs: [30_000, 30_000] } });
  const listed = async (status: string) =>
    (await w.hub.liveRuns(w.org, 'acme/app', status as never))?.things.map(({ id }) => id);
  const run = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: LABELS }] });
  const { session } = await connected(w, 'r');
  await w.pass(10_000);
  expect([await listed('queued'), await listed('in_progress')]).toEqual([[], []]);
  expect((await w.hub.run(w.org, 'acme/app', run.id as never))?.status).toBe('in_progress');
  await w.pass(31_000);
  expect([await listed('queued'), await listed('in_progress')]).toEqual([[], [run.id]]);
  session.finishJob('success');
  await w.pass(10_000);
  expect(await listed('in_progress')).toEqual([run.id]);
  await w.pass(31_000);
  expect(await listed('in_progress')).toEqual([]);
});
