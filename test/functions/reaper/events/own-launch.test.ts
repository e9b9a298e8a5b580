/** A job that ends while its launch is under way, and one that names a runner which was taken off GitHub just then. */
import { expect, test } from 'vitest';
import { recordEnd } from '../../../../functions/reaper/events/record-end.ts';
import { confirm } from '../../../../functions/reaper/repair/confirm.ts';
import type { Evidence } from '../../../../functions/reaper/survey/evidence.ts';
import type { Observation } from '../../../../functions/reaper/survey/observe.ts';
import type { RunnerEntry } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import type { JobId } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { openReaper, record } from '../fixture.ts';

const name = build.runnerName('1-1');

async function withRunner(some: Partial<RunnerEntry>) {
  const { world } = openReaper();
  await world.ledger.jobs.add(1 as JobId, build.jobEntry(1, { launches: 1 }));
  const held = await world.ledger.runners.add(name, build.runnerEntry('1-1', { for: 1 as JobId, ...some }));
  return { world, held: held as Held<RunnerEntry> };
}

test('who launches for a job that has ended finds that in the entry, at its next write', async () => {
  const { world } = await withRunner({ state: 'launching' });
  const times = { startedAtMs: null, completedAtMs: world.clock.nowMs() };
  const job = build.job(1);
  await recordEnd(
    { kind: 'completed', job, runner: null, conclusion: 'cancelled', ...times, delivery: 'd' },
    world,
  );
  expect((await world.ledger.runners.read(name))?.entry).toMatchObject({ isUnwanted: true });
});

test('a runner that a job names after all is busy with it, and stays', async () => {
  const { world, held } = await withRunner({ state: 'idle', runnerId: 9, removedAtMs: 1 });
  const evidence = { jobNaming: async () => record(1, { runner: { id: 9, name } }) } as unknown as Evidence;
  await confirm(held, {} as Observation, 'it went offline', evidence, world);
  expect((await world.ledger.runners.read(name))?.entry).toMatchObject({ state: 'busy', busyWith: 1 });
});
