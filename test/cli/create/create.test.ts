/** Runners that a person asked for, over the whole system in one process. */
import { expect, test } from 'vitest';
import { type Created, type CreateWorld, create } from '../../../cli/create/create.ts';
import { planOf } from '../../../cli/create/plan.ts';
import { nextLine, stepLine } from '../../../cli/create/text.ts';
import { markRetired } from '../../../cli/retire/mark.ts';
import {
  ARM,
  isOver,
  isWaiting,
  linesOf,
  MINUTE_MS,
  machines,
  openWarm,
  queue,
  waitedMs,
  waitingIn,
} from '../../functions/warm/fixture.ts';
import type { World, WorldOptions } from '../../world/in-process.ts';

interface Plan {
  readonly count?: number;
  readonly forMs?: number;
  readonly labels?: readonly string[];
  readonly queue?: CreateWorld['queue'];
}

/** Asks, and lets the world's time go on until the command has ended. */
async function ask(world: World, plan: Plan = {}): Promise<{ created: readonly Created[]; said: string[] }> {
  const operator = world.adapters();
  const said: string[] = [];
  const planned = planOf({ labels: plan.labels ?? ['arm64'], repository: null }, operator.config);
  if (planned.kind === 'refused') throw new Error(planned.because.join(', '));
  let created: readonly Created[] | null = null;
  const done = create(
    { pool: planned.pool, forMs: plan.forMs ?? 60 * MINUTE_MS, count: plan.count ?? 1 },
    {
      operator,
      queue: plan.queue ?? world.queue,
      say: (one) => void said.push(stepLine(one, world.clock.nowMs())),
      sleep: (ms) => world.clock.sleep(ms),
    },
  ).then((all) => {
    created = all;
  });
  await world.until(() => created !== null, 40 * MINUTE_MS);
  await done;
  return { created: created ?? [], said };
}

const open = (options: WorldOptions = {}) => openWarm([], options);

async function expectEmpty(world: World): Promise<void> {
  const { ledger } = world.adapters();
  expect(world.ecs.alive()).toEqual([]);
  expect(world.github.runners()).toEqual([]);
  expect((await ledger.runners.list(100)).things).toEqual([]);
  expect((await ledger.capacity.view()).total).toBe(0);
  world.fc.close();
}

test('it comes online, a job has it in seconds without another launch, and nothing is left and nothing in its place', async () => {
  const world = await open();
  const { created, said } = await ask(world);
  expect(created).toMatchObject([{ failure: null, entry: { state: 'idle' } }]);
  expect(said).toEqual([
    expect.stringMatching(/is asked for$/),
    expect.stringMatching(/boots, on ecs\.\S+ in cn-hangzhou-\w \(spot\), i-/),
    expect.stringMatching(/is online, and waits for a job until/),
  ]);
  await world.pass(5 * MINUTE_MS);
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(jobs[0]?.runner?.name).toBe(created[0]?.name);
  expect(waitedMs(jobs)[0]).toBeLessThan(8_000);
  expect(linesOf(world, 'launch.warm')).toHaveLength(1);
  await world.pass(10 * MINUTE_MS);
  expect(machines(world)).toBe(1);
  await expectEmpty(world);
});

test('nobody comes: it waits until its time is over, and is gone a few sweeps later', async () => {
  const world = await open();
  await ask(world, { forMs: 30 * MINUTE_MS, count: 2 });
  const beganMs = world.clock.nowMs();
  await world.pass(27 * MINUTE_MS);
  expect(waitingIn(world)).toHaveLength(2);
  expect(await world.until(() => world.ecs.alive().length === 0, 12 * MINUTE_MS)).toBe(true);
  expect(world.clock.nowMs() - beganMs).toBeLessThan(36 * MINUTE_MS);
  await world.pass(5 * MINUTE_MS);
  expect(machines(world)).toBe(2);
  await expectEmpty(world);
});

test('a pool with the same labels keeps as many as before beside it', async () => {
  const world = await openWarm([{ labels: ['arm64'], hot: 1 }]);
  await world.until(isWaiting(world, 1), 6 * MINUTE_MS);
  await ask(world);
  await world.pass(20 * MINUTE_MS);
  expect(waitingIn(world)).toHaveLength(2);
  expect(machines(world)).toBe(2);
  world.fc.close();
});

test('it is retired sooner by hand', async () => {
  const world = await open();
  const { created } = await ask(world);
  const [one] = created;
  if (!one?.entry) throw new Error('there is none');
  await markRetired(one.entry, false, world.adapters().ledger, world.clock.nowMs());
  expect(await world.until(() => world.ecs.alive().length === 0, 8 * MINUTE_MS)).toBe(true);
  await world.pass(5 * MINUTE_MS);
  await expectEmpty(world);
});

const noStock = (action: string) => (action === 'RunInstances' ? { code: 'OperationDenied.NoStock' } : null);

// biome-ignore format: a table reads best as a table.
test.each<[what: string, options: WorldOptions, plan: Plan, because: RegExp]>([
  ['nothing is available',      { ecs: { faults: noStock } },             {},                                     /refused|no stock/],
  ['a limit is reached',        { config: { limits: { runners: 1 } } },   { count: 2 },                           /^all runners are in use \(limits\.runners is 1\)$/],
  ['nobody can be asked',       {},                                       { queue: { launch: async () => { throw new Error('403 AccessDenied'); } } }, /could not be asked: 403 AccessDenied/],
])('where %s, the reason is told, and no entry, slot or registration is left of it', async (_what, options, plan, because) => {
  const world = await open(options);
  const { created } = await ask(world, plan);
  const failed = created.filter(({ failure }) => failure !== null);
  expect(failed).toHaveLength(1);
  expect(failed[0]?.failure).toMatch(because);
  expect(nextLine(created, ARM)).toContain('npm run advise -- --labels self-hosted,aliyun,arm64');
  expect(linesOf(world, 'warm.paused')).toEqual([]);
  expect((await world.adapters().ledger.runners.list(9)).things).toHaveLength(created.length - 1);
  world.fc.close();
});

test('the launcher never hears of it: the sweep closes it, and whoever asked is told; heard twice, it is one machine', async () => {
  const deaf = await open();
  const { created } = await ask(deaf, { queue: { launch: async () => undefined } });
  expect(created).toMatchObject([{ failure: 'it was given up' }]);
  expect(machines(deaf)).toBe(0);
  await expectEmpty(deaf);

  const twice = await open();
  twice.fc.faults.duplicate = 1;
  await ask(twice);
  await twice.pass(5 * MINUTE_MS);
  expect(machines(twice)).toBe(1);
  twice.fc.close();
});

test('spot takes it back: it is not replaced, and nothing is left', async () => {
  const world = await open();
  await ask(world);
  world.ecs.interrupt(world.ecs.alive()[0]?.id ?? '');
  await world.pass(15 * MINUTE_MS);
  expect(machines(world)).toBe(1);
  await expectEmpty(world);
});
