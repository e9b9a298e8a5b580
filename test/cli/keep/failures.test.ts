/** What goes wrong while a machine is kept, and what is refused. */
import { describe, expect, test } from 'vitest';
import { whyNotKept } from '../../../cli/keep/decide.ts';
import { keep } from '../../../cli/keep/keep.ts';
import { LIFETIME_MAX_MS } from '../../../shared/limits.ts';
import { KEEP_MAX_MS } from '../../../shared/runner/limits.ts';
import { isOver, open, queue } from '../../functions/fixture.ts';
import { build } from '../../shared/ledger/builders.ts';
import type { World } from '../../world/in-process.ts';
import { operatorOf } from '../explain/fixture.ts';
import { during, entriesIn, entryIn, HOUR_MS, keepFor, MINUTE_MS, running, statusesOf } from './fixture.ts';

describe('what goes wrong on the way', () => {
  const whatFails = async (world: World, spanMs = 12 * HOUR_MS) => {
    const kept = await keepFor(world, spanMs);
    return kept.kind === 'refused' ? [kept.because] : kept.failures.join('\n');
  };

  test('the answer is lost, and the instance says that its release time was moved', async () => {
    const { world } = await running();
    world.ecs.failNext('ModifyInstanceAutoReleaseTime', 'timeout-after', 3);
    expect(await whatFails(world)).toBe('');
  });

  test('the call never arrives: it is said, the ledger keeps it as long as the cloud does, and again mends it', async () => {
    const { world } = await running();
    world.ecs.failNext('ModifyInstanceAutoReleaseTime', 'timeout-before', 3);
    expect(await whatFails(world)).toMatch(/release time could not be moved, because ECS answered NoAnswer/);
    expect(await entryIn(world)).toMatchObject({ keep: { by: 'operator' } });
    expect(await whatFails(world)).toBe('');
  });

  // biome-ignore format: a table reads best as a table.
  test.each([
    ['ModifyInstanceAutoReleaseTime', /could not be moved, because you lack ecs:ModifyInstanceAutoReleaseTime/],
    ['RunCommand', /could not be told, because you lack ecs:RunCommand/],
    ['DescribeInvocationResults', /could not be told, because you lack ecs:RunCommand/],
  ])('%s is denied', async (action, says) => {
    const { world } = await running();
    world.ecs.failNext(action, { code: 'Forbidden.RAM', status: 403 });
    expect(await whatFails(world)).toMatch(says);
  });

  test('without an agent the machine powers off with its job, and its disk is kept', async () => {
    const { world, job } = await running({ ecs: { ways: { agents: 'none' } } });
    expect(await whatFails(world, 20 * MINUTE_MS)).toMatch(
      /agent does not answer[\s\S]*only its disk is kept/,
    );
    await world.until(() => isOver(job), HOUR_MS);
    await world.pass(8 * MINUTE_MS);
    expect(statusesOf(world)).toEqual(['Stopped']);
    await world.until(() => world.ecs.alive().length === 0, 20 * MINUTE_MS);
    expect(world.ecs.alive()).toEqual([]);
  });

  test('a command whose answer is lost is one command, and told once', async () => {
    const { world, job } = await running();
    world.ecs.failNext('RunCommand', 'timeout-after', 2);
    expect(await whatFails(world, HOUR_MS)).toBe('');
    await world.until(() => isOver(job), HOUR_MS);
    await world.pass(5 * MINUTE_MS);
    expect(statusesOf(world)).toEqual(['Running']);
  });
});

describe('refused, and nothing is written', () => {
  const because = async (world: World, spanMs = HOUR_MS) => {
    const kept = await keepFor(world, spanMs);
    expect((await entriesIn(world)).map((entry) => entry.keep)).toEqual([undefined]);
    return kept.kind === 'refused' ? kept.because : kept.kind;
  };

  test('for longer than a day, and for longer than any machine lives', () => {
    const nowMs = Date.UTC(2026, 10, 29);
    const entry = (createdAtMs: number) =>
      build.runnerEntry(1, { state: 'busy', instanceId: 'i-1', region: 'cn-hangzhou', createdAtMs });
    const why = (spanMs: number, ageMs: number) =>
      whyNotKept(entry(nowMs - ageMs), nowMs + spanMs, { nowMs, stop: null });
    expect(why(KEEP_MAX_MS, 0)).toBeNull();
    expect(why(KEEP_MAX_MS + 1, 0)).toMatch(/kept for 1 d at a time, at most/);
    expect(why(6 * HOUR_MS, LIFETIME_MAX_MS - 5 * HOUR_MS)).toMatch(/longer than 5 d.*kept for 5 h/);
  });

  test('while there is no machine yet', async () => {
    const { world } = await open();
    queue(world);
    await world.until(() => world.ecs.alive().length === 1, MINUTE_MS);
    const entry = { ...(await entryIn(world)), instanceId: null };
    const kept = await during(world, keep(entry, world.clock.nowMs() + HOUR_MS, operatorOf(world)));
    expect(kept).toMatchObject({ kind: 'refused', because: expect.stringMatching(/has no machine yet/) });
  });

  test('when its job has ended: its deletion was asked for', async () => {
    const { world, job } = await running({ ecs: { delays: { deletingMs: [600_000, 600_000] } } });
    await world.until(() => isOver(job), HOUR_MS);
    await world.pass(MINUTE_MS);
    expect(await because(world)).toMatch(/on its way out/);
  });

  test('when its machine is gone, or none of our making', async () => {
    const { world } = await running();
    const entry = await entryIn(world);
    const asked = (id: string) =>
      during(world, keep({ ...entry, instanceId: id }, world.clock.nowMs() + HOUR_MS, operatorOf(world)));
    expect(await asked('i-nobody')).toMatchObject({ because: expect.stringMatching(/is gone/) });
    const [machine] = world.ecs.alive();
    const tags = machine?.tags as Map<string, string>;
    tags.set('ci-runner-name', 'somebody-elses');
    expect(await asked(machine?.id ?? '')).toMatchObject({
      because: expect.stringMatching(/not of our making/),
    });
  });

  test('while everything is stopped', async () => {
    const { world } = await running();
    const { capacity } = world.adapters().ledger;
    await capacity.stop(() => ({ atMs: 0, repositories: ['acme/app'] }), world.clock.nowMs());
    expect(await because(world)).toMatch(/Nothing is kept while the operator has stopped acme\/app/);
  });
});
