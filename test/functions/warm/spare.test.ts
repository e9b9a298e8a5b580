/** A runner whose job has another, or is over, takes the next one: no machine is launched beside it. */
import { expect, test } from 'vitest';
import { isFree } from '../../../functions/launcher/warm/take.ts';
import { ledgerOn } from '../../../shared/adapters/tablestore/ledger.ts';
import type { RunnerName } from '../../../shared/nouns.ts';
import { noteSpare } from '../../../shared/warm/spare.ts';
import { tableOf } from '../../../simulator/tablestore/index.ts';
import { build } from '../../shared/ledger/builders.ts';
import { configOf, type World } from '../../world/in-process.ts';
import {
  ARM,
  isOver,
  linesOf,
  MINUTE_MS,
  machines,
  openWarm,
  queue,
  waitedMs,
  waitingIn,
} from './fixture.ts';

/** Its job is cancelled while it boots, and two sweeps have seen it. */
async function withSpare(plan: object = {}): Promise<World> {
  const world = await openWarm([]);
  const [job] = queue(world, 1, plan);
  expect(await world.until(() => machines(world) === 1, MINUTE_MS)).toBe(true);
  await world.pass(10_000);
  if (job !== undefined) world.github.cancelJob(job);
  expect(await world.until(() => waitingIn(world).length === 1, 3 * MINUTE_MS)).toBe(true);
  return world;
}

test('the next job has the runner that is left over, in seconds, and no machine of its own', async () => {
  const world = await withSpare();
  const [left] = waitingIn(world);
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(jobs[0]?.runner?.name).toBe(left?.name);
  expect(waitedMs(jobs)[0]).toBeLessThan(8_000);
  expect(linesOf(world, 'launch.warm').map(({ job }) => job)).toEqual(jobs.map(({ id }) => id));
  expect(machines(world)).toBe(1);
  await world.pass(6 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  expect(world.github.runners()).toEqual([]);
  world.fc.close();
});

test('of two jobs one has it, and the other a machine', async () => {
  const world = await withSpare();
  const jobs = queue(world, 2);
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(machines(world)).toBe(2);
  world.fc.close();
});

test('one that does not cover the job is none for it', async () => {
  const world = await withSpare();
  const [left] = waitingIn(world);
  const jobs = queue(world, 1, { labels: [...ARM, '16cpu'] });
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(jobs[0]?.runner?.name).not.toBe(left?.name);
  expect(linesOf(world, 'launch.warm')).toEqual([]);
  world.fc.close();
});

test('one that is named and gone is no runner: the job gets its own', async () => {
  const world = await openWarm([]);
  const tables = { ledger: tableOf(world.store, 'ledger'), history: tableOf(world.store, 'history') };
  const ledger = ledgerOn(tables, () => 'token');
  await noteSpare(['ci-runner-arm64-spot-1-1' as RunnerName], ledger, world.clock.nowMs());
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(machines(world)).toBe(1);
  world.fc.close();
});

test('an organisation’s runner for public repositories is none for a private one, nor the other way round', () => {
  const config = configOf({});
  const entry = build.runnerEntry('1-1', { state: 'idle', for: null });
  const job = build.job(2, { labels: [...entry.labels] });
  const isFor = (ofPublic: boolean, isPublic: boolean) =>
    isFree({ ...entry, isPublic: ofPublic }, { ...job, isPublic }, config);
  expect([isFor(true, true), isFor(false, false), isFor(true, false), isFor(false, true)]).toEqual([
    ...[true, true],
    ...[false, false],
  ]);
});
