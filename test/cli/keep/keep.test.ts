/** Machines that a person keeps, over the whole system in one process. */
import { describe, expect, test } from 'vitest';
import { letGo } from '../../../cli/keep/keep.ts';
import { readLiveState } from '../../../cli/list/live-state.ts';
import { markRetired } from '../../../cli/retire/mark.ts';
import { stop } from '../../../cli/stop/stop.ts';
import { act } from '../../../functions/reaper/repair/act.ts';
import type { Observation } from '../../../functions/reaper/survey/observe.ts';
import type { ReaperWorld } from '../../../functions/reaper/world.ts';
import { RELEASE_MARGIN_MS } from '../../../shared/limits.ts';
import { isOver } from '../../functions/fixture.ts';
import { operatorOf } from '../explain/fixture.ts';
import { during, entriesIn, entryIn, HOUR_MS, keepFor, MINUTE_MS, running, statusesOf } from './fixture.ts';

test('a kept machine runs on when its job has ended, until its time, and is deleted then', async () => {
  const { world, job } = await running();
  const untilMs = world.clock.nowMs() + 20 * MINUTE_MS;
  expect(await keepFor(world, 20 * MINUTE_MS)).toMatchObject({ kind: 'kept', failures: [] });
  await world.until(() => isOver(job), HOUR_MS);
  expect(job.conclusion).toBe('success');
  await world.pass(10 * MINUTE_MS);
  expect(statusesOf(world), 'the sweep leaves it, and it stays by itself').toEqual(['Running']);
  expect(await entryIn(world)).toMatchObject({ state: 'retiring', ran: { id: job.id } });
  const [seen] = (await readLiveState(operatorOf(world))).runners;
  expect(Math.abs((seen?.keptUntilMs ?? 0) - untilMs)).toBeLessThan(MINUTE_MS);
  await world.until(() => world.ecs.alive().length === 0, 30 * MINUTE_MS);
  expect(world.clock.nowMs() - untilMs).toBeLessThan(3 * MINUTE_MS);
  expect(world.clock.nowMs()).toBeGreaterThan(untilMs);
  await world.pass(5 * MINUTE_MS);
  expect([await entriesIn(world), (await world.adapters().ledger.capacity.view()).total]).toEqual([[], 0]);
});

test('its job outlives its lifetime, too, and the cloud’s release time moves with it', async () => {
  const config = { limits: { lifetime: '10m' } };
  const { world, job } = await running({ config }, 15 * MINUTE_MS);
  const untilMs = world.clock.nowMs() + HOUR_MS;
  const kept = await keepFor(world, HOUR_MS);
  expect(kept).toMatchObject({ kind: 'kept', failures: [] });
  expect(world.ecs.alive()[0]?.releaseAtMs).toBeGreaterThanOrEqual(untilMs + RELEASE_MARGIN_MS);
  await world.until(() => isOver(job), HOUR_MS);
  expect(job.conclusion).toBe('success');
  expect(statusesOf(world)).toEqual(['Running']);
});

test('one whose release is late enough is not moved', async () => {
  const { world } = await running();
  await keepFor(world, HOUR_MS);
  expect(world.ecs.calls.get('ModifyInstanceAutoReleaseTime')).toBeUndefined();
});

test('let go, it ends as any other: the machine, the sweep and the cloud’s release are as before', async () => {
  const { world, job } = await running();
  await keepFor(world, 12 * HOUR_MS);
  const before = (await entryIn(world)).releaseAtMs ?? 0;
  await world.until(() => isOver(job), HOUR_MS);
  await world.pass(5 * MINUTE_MS);
  const gone = await during(world, letGo(await entryIn(world), operatorOf(world)));
  expect(gone).toMatchObject({ kind: 'let-go', failures: [], entry: { keep: null } });
  expect(Math.abs((gone.kind === 'let-go' ? (gone.releaseAtMs ?? 0) : 0) - before)).toBeLessThan(
    2 * MINUTE_MS,
  );
  await world.until(() => world.ecs.alive().length === 0, 5 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
});

test('kept for longer, it stays', async () => {
  const { world, job } = await running();
  await keepFor(world, 8 * MINUTE_MS);
  await world.until(() => isOver(job), HOUR_MS);
  await world.pass(2 * MINUTE_MS);
  expect(await keepFor(world, HOUR_MS)).toMatchObject({ kind: 'kept', failures: [] });
  await world.pass(10 * MINUTE_MS);
  expect(statusesOf(world)).toEqual(['Running']);
});

describe('ended all the same', () => {
  test('by a stop, with the machine of a job that is over', async () => {
    const { world, job } = await running();
    await keepFor(world, 12 * HOUR_MS);
    await world.until(() => isOver(job), HOUR_MS);
    const command = {
      say: () => undefined,
      sleep: (ms: number) => world.clock.sleep(ms),
      switchTriggers: null,
    };
    const stopped = await during(world, stop({ kind: 'all' }, { ...command, operator: world.adapters() }));
    expect([stopped.machines, world.ecs.alive().length]).toEqual([0, 0]);
    await world.pass(10 * MINUTE_MS);
    expect(await entriesIn(world)).toEqual([]);
  });

  test('by the operator who retires it', async () => {
    const { world, job } = await running();
    await keepFor(world, 12 * HOUR_MS);
    await world.until(() => isOver(job), HOUR_MS);
    await world.pass(5 * MINUTE_MS);
    const retired = await markRetired(
      await entryIn(world),
      false,
      operatorOf(world).ledger,
      world.clock.nowMs(),
    );
    expect(retired.kind).toBe('retire');
    await world.until(() => world.ecs.alive().length === 0, 5 * MINUTE_MS);
    expect(world.ecs.alive()).toEqual([]);
  });

  test('by the spot market', async () => {
    const { world } = await running({}, 5 * HOUR_MS);
    await keepFor(world, 12 * HOUR_MS);
    world.ecs.interrupt(world.ecs.alive()[0]?.id ?? '');
    await world.pass(10 * MINUTE_MS);
    const kept = (await entriesIn(world)).filter(({ keep: each }) => each != null);
    expect(kept).toEqual([]);
  });
});

test('what a sweep saw is not deleted when it is kept for longer meanwhile', async () => {
  const { world, job } = await running();
  await keepFor(world, 8 * MINUTE_MS);
  await world.until(() => isOver(job), HOUR_MS);
  await world.pass(MINUTE_MS);
  const { runners } = world.adapters().ledger;
  const before = await runners.read((await entryIn(world)).name);
  expect(await keepFor(world, HOUR_MS)).toMatchObject({ kind: 'kept', failures: [] });
  const seen = { held: before, instances: [] } as unknown as Observation;
  const deletion = { kind: 'terminate', because: 'its job completed' } as const;
  const reaper = { ...world.adapters(), clock: { nowMs: () => world.clock.nowMs() + 30 * MINUTE_MS } };
  await act(seen, deletion, null as never, reaper as unknown as ReaperWorld);
  await world.pass(MINUTE_MS);
  expect(statusesOf(world)).toEqual(['Running']);
});
