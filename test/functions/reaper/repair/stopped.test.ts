/** A machine that the cloud calls Stopped is deleted, whatever GitHub says or cannot say; its job is settled later. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../../functions/reaper/repair/diagnose.ts';
import { entryWithSeen } from '../../../../functions/reaper/repair/seen.ts';
import { STOPPED_LOOKS_MIN } from '../../../../shared/limits.ts';
import { TAG } from '../../../../shared/names.ts';
import type { Instance, JobId } from '../../../../shared/nouns.ts';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';
import { at, busy, COVERAGE, machine, observed, works } from './diagnose-rows.ts';

/** All of them run when the App is suspended; they end, and nobody may be asked. */
async function suspendedWith(count: number) {
  const world = await open({
    config: { limits: { runners: 120, runnersPerRepository: null, mintsPerMinute: 300 } },
  });
  const jobs = Array.from({ length: count }, () => queue(world, OURS, { durationMs: 5 * MINUTE_MS }));
  const are = (status: SimJob['status']) => jobs.every((job) => job.status === status);
  expect(await world.until(() => jobs.every(({ status }) => status !== 'queued'), 12 * MINUTE_MS)).toBe(true);
  world.github.suspend(world.installation.id);
  expect(await world.until(() => are('completed'), 30 * MINUTE_MS)).toBe(true);
  const ended = world.clock.nowMs();
  // A surplus one that is idle may be alive still: nobody can say that GitHub gives it no job.
  const ran = new Set(jobs.map(({ runner }) => runner?.name));
  const idle = () => world.ecs.alive().filter(({ tags }) => !ran.has(tags.get(TAG.name)));
  const isEmpty = () => world.ecs.alive().length === idle().length;
  expect(await world.until(isEmpty, 6 * MINUTE_MS)).toBe(true);
  expect(world.clock.nowMs() - ended).toBeLessThan(6 * MINUTE_MS);
  await world.pass(3 * MINUTE_MS);
  // By chance: of a hundred, none to three with each of four seeds.
  expect(idle().length).toBeLessThanOrEqual(Math.ceil(0.05 * count));
  expect((await world.adapters().ledger.capacity.view()).total).toBe(idle().length);
  return { world, jobs, idle: idle().length };
}

test('the App is suspended while a job runs: its machine goes minutes after it stopped, and the job is settled later', async () => {
  const { world, jobs } = await suspendedWith(1);
  const { ledger } = world.adapters();
  expect((await ledger.jobs.list(10)).things).toHaveLength(1);
  world.github.suspend(world.installation.id, false);
  await world.pass(15 * MINUTE_MS);
  expect((await ledger.jobs.list(10)).things).toEqual([]);
  const [job] = jobs;
  const row = await ledger.history.read(job?.createdAtMs ?? 0, job?.id as JobId);
  expect(row).toMatchObject({
    outcome: 'success',
    instanceId: expect.any(String),
    goneAtMs: expect.any(Number),
  });
  expect(world.ecs.paid()).toHaveLength(1);
  world.fc.close();
});

test('and so do a hundred', async () => {
  const { world, idle } = await suspendedWith(100);
  expect((await world.adapters().ledger.runners.list(200)).things).toHaveLength(idle);
  world.fc.close();
});

describe('a machine that is Stopped', () => {
  const stopped = (status: Instance['status'] = 'Stopped', tags = {}) => ({
    instances: [machine({ status, tags })],
  });
  const seenBefore = (looks: number, some = {}) => ({ ...works, stoppedLooks: looks, ...some });
  const verdictOf = (looks: number, some: object, entry = {}) =>
    diagnose(COVERAGE, observed(seenBefore(looks, entry), { isJobOpen: true, registration: busy, ...some }))
      .kind;

  test('is asked about as ever while it was seen less than often enough', () => {
    expect(verdictOf(0, stopped())).toBe('ask');
    expect(verdictOf(STOPPED_LOOKS_MIN - 2, stopped())).toBe('ask');
  });

  test('is retired after the third sweep, though GitHub calls it busy, and deleted though its job is open', () => {
    expect(verdictOf(STOPPED_LOOKS_MIN - 1, stopped())).toBe('retire');
    expect(verdictOf(STOPPED_LOOKS_MIN, stopped(), { state: 'retiring' })).toBe('terminate');
  });

  test('is kept where a person wants to look at it', () => {
    expect(verdictOf(STOPPED_LOOKS_MIN, stopped('Stopped', { [TAG.keep]: 'me' }))).toBe('keep');
  });

  test('is not one that is stopping, or runs, or of which one of two runs', () => {
    expect(verdictOf(STOPPED_LOOKS_MIN, stopped('Stopping'))).toBe('ask');
    expect(verdictOf(STOPPED_LOOKS_MIN, stopped('Running'))).toBe('keep');
    expect(verdictOf(STOPPED_LOOKS_MIN, { instances: [machine({ status: 'Stopped' }), machine()] })).toBe(
      'ask',
    );
  });

  test('is counted in a row, and not while its launch is under way', () => {
    const looksAfter = (entry: object, some: object) => entryWithSeen(observed(entry, some))?.stoppedLooks;
    expect(looksAfter(works, stopped())).toBe(1);
    expect(looksAfter(seenBefore(1), stopped())).toBe(2);
    expect(looksAfter(seenBefore(2), stopped('Running'))).toBe(0);
    expect(looksAfter(seenBefore(STOPPED_LOOKS_MIN), stopped())).toBeUndefined();
    expect(looksAfter(works, stopped('Running'))).toBeUndefined();
    expect(looksAfter({ ...at('busy', 5), state: 'launching' }, stopped())).toBeUndefined();
  });
});
