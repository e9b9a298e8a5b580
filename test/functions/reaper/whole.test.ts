/** The reaper as a whole: two sweeps at once, all of it off for an hour, and one job's end without any sweep. */

import { expect, test } from 'vitest';
import { leftovers } from '../../../cli/start/leftovers.ts';
import { newLooks } from '../../../functions/reaper/looks.ts';
import { sweep } from '../../../functions/reaper/sweep.ts';
import type { ReaperWorld } from '../../../functions/reaper/world.ts';
import { TAG } from '../../../shared/names.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { MINUTE_MS, OURS, open, queue } from '../../cli/explain/fixture.ts';
import { build } from '../../shared/ledger/builders.ts';
import { bakeScripts } from '../../world/functions.ts';
import type { World } from '../../world/in-process.ts';
import { NO_MIRRORS } from '../../world/release.ts';

/** A reaper that does not see the lease of another sweep, nor takes one. */
function blindTo({ adapters, queue: handOn }: World): ReaperWorld {
  const { ledger, ...rest } = adapters();
  const notes: typeof ledger.notes = {
    ...ledger.notes,
    read: async (id) => (id === 'sweep' ? null : ledger.notes.read(id)),
    add: async (id, entry) => (id === 'sweep' ? { entry, rev: '' } : ledger.notes.add(id, entry)),
    replace: async (id, held, entry) =>
      id === 'sweep' ? { entry, rev: '' } : ledger.notes.replace(id, held, entry),
  };
  return {
    ...rest,
    bakeScripts,
    looks: newLooks(),
    ledger: { ...ledger, notes },
    queue: handOn,
    mirrors: NO_MIRRORS,
    bills: { ofDay: async () => [] },
    refreshMarket: async () => '',
  };
}

const launchesOf = ({ ecs }: World, job: number) =>
  ecs.paid().filter(({ tags }) => tags[TAG.job] === String(job)).length;

test('three sweeps at the same time, without a lease between them, do what one does', async () => {
  let boots = 0;
  const hangs = ({ cpu }: { readonly cpu: number }) => cpu === 4 && ++boots === 1;
  const world = await open({ boots: { hangs, bootDeadlineMs: 3 * MINUTE_MS } });
  const long = queue(world, OURS, { durationMs: 20 * MINUTE_MS });
  const other = queue(world, `${OURS} 4cpu`);
  const cancelled = queue(world, `${OURS} 16cpu`);
  await world.until(() => world.ecs.alive().length === 3, 2 * MINUTE_MS);
  world.github.cancelJob(cancelled);
  const dead = build.runnerEntry('900-1', { leaseUntilMs: 0, runnerId: 4711, repository: 'acme/app' });
  await world.adapters().ledger.runners.add(dead.name, dead);

  const blind = [blindTo(world), blindTo(world)];
  for (let minute = 0; minute < 25; minute++) {
    const sweeps = Promise.all(blind.map((each) => sweep(each)));
    await world.pass(MINUTE_MS);
    await sweeps;
  }
  expect([long, other, cancelled].map(({ conclusion }) => conclusion)).toEqual([
    'success',
    'success',
    'cancelled',
  ]);
  const launches = [long, other, cancelled].map(({ id }) => launchesOf(world, id));
  expect(launches.toSorted(), 'one hung').toEqual([1, 1, 2]);
  expect(await leftovers(world)).toEqual([]);
});

test('after an hour with everything off: runners come, strays go, and who is busy is left alone, in two sweeps', async () => {
  const world = await open();
  const busy = queue(world, `${OURS} 8cpu`, { durationMs: 180 * MINUTE_MS });
  const stray = queue(world, `${OURS} 4cpu`, { durationMs: 10 * MINUTE_MS });
  await world.until(() => [busy, stray].every(({ status }) => status === 'in_progress'), 5 * MINUTE_MS);
  world.fc.faults.killAfterMs = () => 0;
  const meanwhile = [1, 2, 3].map(() => queue(world, `${OURS} 16cpu`, { durationMs: 30 * MINUTE_MS }));
  await world.pass(60 * MINUTE_MS);
  expect(stray.status, 'its end was heard by nobody').toBe('completed');
  expect(world.ecs.alive(), 'nobody deleted its machine').toHaveLength(2);

  world.fc.faults.killAfterMs = null;
  await world.pass(3 * MINUTE_MS);
  expect(meanwhile.map(({ id }) => launchesOf(world, id))).toEqual([1, 1, 1]);
  expect(world.ecs.alive().some(({ tags }) => tags.get(TAG.job) === String(stray.id))).toBe(false);
  expect(busy.status).toBe('in_progress');
  await world.until(() => busy.status === 'completed', 240 * MINUTE_MS);
  expect([busy, ...meanwhile].map(({ conclusion }) => conclusion)).toEqual(Array(4).fill('success'));
});

test('a job that ends has its machine deleted at once, without a sweep', async () => {
  const world = await open();
  const job = queue(world, OURS, { durationMs: 3 * MINUTE_MS });
  await world.until(() => job.status === 'in_progress', 5 * MINUTE_MS);
  world.fc.faults.skipTimer = 1;
  await world.until(() => job.status === 'completed', 10 * MINUTE_MS);
  await world.pass(30_000);
  expect(world.ecs.alive()).toHaveLength(0);
  const { ledger } = world.adapters();
  expect(await ledger.jobs.read(job.id as JobId)).toBeNull();
  expect((await ledger.capacity.view()).total, 'its slot is the sweep’s to hand back').toBe(1);
});
