/** Whoever may push may have as many jobs refused as he likes, at no cost: what is kept of them hides no runner and no job. */
import { expect, test } from 'vitest';
import { ledgerOfSweep } from '../../../../functions/reaper/sweep-ledger.ts';
import { recordRefusal } from '../../../../shared/ledger/record-refusal.ts';
import { LABELS_MAX } from '../../../../shared/limits.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { openReaper } from '../fixture.ts';

/** Of a list; a sweep's is of twenty thousand. */
const MAX = 3;

test('refusals without number leave the list of runners whole, and checks that of jobs', async () => {
  const { ledger } = openReaper().world;
  for (let id = 1; id <= 2 * MAX; id++) {
    await ledger.refusals.add(build.job(id).id, { job: build.job(id), because: 'a typo', atMs: 0 });
    await ledger.checks.add(`${id}-1`, build.check());
  }
  await ledger.runners.add(build.runnerName('1-1'), build.runnerEntry('1-1'));
  await ledger.jobs.add(build.job(7).id, build.jobEntry(7));
  const sweep = await ledgerOfSweep(ledger);
  expect(await sweep.runners.list(MAX)).toMatchObject({
    complete: true,
    things: [{ entry: { name: build.runnerName('1-1') } }],
  });
  expect(await sweep.jobs.list(MAX)).toMatchObject({
    complete: true,
    things: [{ entry: { job: { id: 7 } } }],
  });
  expect((await sweep.refusals.list(2 * MAX)).things).toHaveLength(2 * MAX);
  expect((await sweep.checks.list(2 * MAX)).things).toHaveLength(2 * MAX);
});

test('a refusal that waits to be told is a small row, whatever its author wrote', async () => {
  const { world } = openReaper();
  const { config, ledger } = world;
  const labels = [
    ...config.baseLabels,
    ...Array.from({ length: LABELS_MAX }, (_, at) => `x${at}`.repeat(100)),
  ];
  const job = build.job(1, { labels });
  await recordRefusal(job, 'a typo', world);
  expect((await ledger.refusals.read(job.id))?.entry.job.labels).toEqual(config.baseLabels);
});
