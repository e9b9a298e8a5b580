/** The switch for an incident, over the whole system in one process. */
import { expect, test } from 'vitest';
import { resume } from '../../../cli/stop/resume.ts';
import { type StopWorld, stop, type Target } from '../../../cli/stop/stop.ts';
import { stopping } from '../../../shared/ledger/stop.ts';
import { TAG } from '../../../shared/names.ts';
import { isOver, open, PLAIN, queue } from '../../functions/fixture.ts';
import type { World } from '../../world/in-process.ts';
import { addStranger } from '../../world/strangers.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ALL: Target = { kind: 'all' };

interface Command {
  readonly said: string[];
  readonly switched: string[];
}

function worldOf(world: World): StopWorld & Command {
  const [said, switched]: [string[], string[]] = [[], []];
  return {
    ...{ said, switched, operator: world.adapters() },
    say: (line) => void said.push(line),
    sleep: (ms) => world.clock.sleep(ms),
    async switchTriggers(kinds, isOn) {
      switched.push(`${kinds.join(' ')} ${isOn ? 'on' : 'off'}`);
      return kinds.length;
    },
  };
}

/** Lets the world's time go on while the command waits. */
async function during<Answer>(world: World, answer: Promise<Answer>): Promise<Answer> {
  let isDone = false;
  const done = answer.finally(() => {
    isDone = true;
  });
  await world.until(() => isDone, HOUR_MS);
  return done;
}

/** Two jobs that never end by themselves. */
async function hostile() {
  const { world } = await open({ boots: { bootMs: [10_000, 20_000] } });
  const jobs = [
    queue(world, { plan: { durationMs: 5 * HOUR_MS } }),
    queue(world, { plan: { durationMs: 5 * HOUR_MS } }),
  ].flat();
  await world.until(() => jobs.every(({ status }) => status === 'in_progress'), 5 * MINUTE_MS);
  return { world, jobs };
}

const alive = ({ ecs }: World) => ecs.alive().length;
const dueLines = ({ lines }: World) => lines.filter((line) => line.includes('"event":"job.due"')).length;
const launched = ({ ecs }: World) => ecs.paid().length;

test('two hostile jobs run and the App is suspended: no machine after one sweep’s time, nothing launched after, and resumed', async () => {
  const { world } = await hostile();
  world.github.suspend(world.installation.id);
  const later = queue(world);
  const command = worldOf(world);
  const beganMs = world.clock.nowMs();
  const stopped = await during(world, stop(ALL, command));
  expect(world.clock.nowMs() - beganMs).toBeLessThan(MINUTE_MS);
  expect(stopped).toMatchObject({ machines: 0, registrations: 2 });
  expect(stopped.failures, 'and this alone').toEqual([expect.stringMatching(/registrations are left/)]);
  expect(command.said).toContain('2 machines left');
  expect(command.switched).toEqual(['webhook off', 'reaper mirror off']);
  expect(alive(world)).toBe(0);

  const before = launched(world);
  const handedOn = dueLines(world);
  await world.pass(30 * MINUTE_MS);
  expect([alive(world), launched(world)], 'the sweeps that go on here start nothing').toEqual([0, before]);

  world.github.suspend(world.installation.id, false);
  const afresh = queue(world);
  await world.pass(10 * MINUTE_MS);
  expect(launched(world), 'who is queued later waits, too').toBe(before);
  expect(dueLines(world), 'no launcher is woken for it').toBe(handedOn);
  await resume(null, command.operator, command.switchTriggers, command.say);
  expect(command.switched.at(-1)).toBe('webhook reaper mirror on');
  await world.until(() => isOver(...later, ...afresh), HOUR_MS);
  expect([...later, ...afresh].map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  await world.pass(30 * MINUTE_MS);
  expect(
    (await world.adapters().ledger.runners.list(10)).things,
    'nothing is left of what was stopped',
  ).toEqual([]);
  expect((await world.adapters().ledger.capacity.view()).total).toBe(0);
});

test('the mark alone ends everything: whoever asked for it may be gone', async () => {
  const { world, jobs } = await hostile();
  const { capacity, reruns } = world.adapters().ledger;
  await capacity.stop(() => ({ atMs: world.clock.nowMs(), repositories: null }), world.clock.nowMs());
  await world.pass(2 * MINUTE_MS + 10_000);
  expect(alive(world)).toBe(0);
  await world.until(() => isOver(...jobs), HOUR_MS);
  expect((await reruns.list(10)).things, 'they were not interrupted').toEqual([]);
});

test('a launch that began before makes no machine that stays', async () => {
  const { world } = await open();
  queue(world);
  await world.until(() => world.ecs.paid().length > 0, MINUTE_MS);
  expect(await during(world, stop(ALL, worldOf(world)))).toMatchObject({ machines: 0, failures: [] });
  expect(alive(world)).toBe(0);
  await world.pass(10 * MINUTE_MS);
  expect(launched(world)).toBe(1);
});

/** Two jobs that have each other's machines: whose is ready first is drawn, so the first seed in which it is so. */
async function swapped() {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const { world } = await open({ seed });
    const plan = { durationMs: 20 * MINUTE_MS };
    const [mine] = queue(world, { repository: 'acme/app', plan });
    const [other] = queue(world, { repository: 'acme/other', plan });
    await world.until(() => [mine, other].every(({ status }) => status === 'in_progress'), 5 * MINUTE_MS);
    await world.pass(MINUTE_MS);
    if (mine.runner?.name.includes(`-${other.id}-`)) return { world, mine, other };
    world.fc.close();
  }
  throw new Error(`in none of ${SEEDS_MAX} seeds they have each other's`);
}
const SEEDS_MAX = 40;

test('one repository is stopped, and the other goes on', async () => {
  const { world, mine, other } = await swapped();
  expect(mine.runner?.name, 'they have each other’s').toContain(`-${other.id}-`);
  const command = worldOf(world);
  await during(world, stop({ kind: 'repository', repository: 'acme/APP' }, command));
  expect(command.switched, 'deliveries are still heard').toEqual([]);
  // No runner of the other's covers it: GitHub would give it one.
  const [again] = queue(world, { repository: 'acme/app', labels: [...PLAIN, '16cpu'] });
  const [more] = queue(world, { repository: 'acme/other' });
  await world.until(() => isOver(other, more), HOUR_MS);
  expect([other, more].map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  expect(again.status).toBe('queued');
  expect(await resume('acme/other', command.operator, null, command.say)).toBe(1);
  expect(command.said.at(-1)).toMatch(/^acme\/other is not stopped\. What is: acme\/app\./);
  await resume('acme/app', command.operator, null, command.say);
  await world.until(() => isOver(again), HOUR_MS);
  expect(again.conclusion).toBe('success');
});

test('a job of a stopped repository that GitHub gives to another’s runner is ended by the next sweep', async () => {
  const { world } = await open();
  const [other] = queue(world, { repository: 'acme/other', plan: { durationMs: 2 * HOUR_MS } });
  await world.until(() => alive(world) === 1, MINUTE_MS);
  const { capacity } = world.adapters().ledger;
  await capacity.stop((before) => stopping(before, 'acme/app', 0), 0);
  world.github.cancelJob(other);
  const [mine] = queue(world, { repository: 'acme/app', plan: { durationMs: 2 * HOUR_MS } });
  await world.until(() => mine.status === 'in_progress', 5 * MINUTE_MS);
  await world.pass(2 * MINUTE_MS);
  expect(alive(world)).toBe(0);
});

test('one runner is ended under its job, a kept one too, and nothing else changes', async () => {
  const { world, jobs } = await hostile();
  const [first, second] = world.ecs.alive();
  const name = first?.tags.get(TAG.name) ?? '';
  for (const { tags } of world.ecs.alive()) (tags as Map<string, string>).set(TAG.keep, 'please');
  await during(world, stop({ kind: 'runner', name }, worldOf(world)));
  expect(world.ecs.alive().map(({ id }) => id)).toEqual([second?.id]);
  expect((await world.adapters().ledger.capacity.view()).stop).toBeUndefined();
  expect(jobs.filter(({ runner }) => runner?.name !== name)[0]?.status).toBe('in_progress');
});

test('what only bears our tag is left alone', async () => {
  const { world } = await hostile();
  const theirs = addStranger(world.ecs.call, {
    name: 'ci-runner-mail',
    taggedAs: 'ci-runner-arm64-spot-9-1',
  });
  const stopped = await during(world, stop(ALL, worldOf(world)));
  expect(stopped.machines).toBe(0);
  expect(world.ecs.alive().map(({ id }) => id)).toEqual([theirs]);
});

test('a region that is out is not taken for empty, and the rest is ended', async () => {
  const { world } = await open({
    wrapEcs: (ask) => async (region, action, params) => {
      if (action === 'DescribeInstances' && isOut) throw new Error('out of reach');
      return ask(region, action, params);
    },
  });
  let isOut = false;
  queue(world, { plan: { durationMs: HOUR_MS } });
  await world.until(() => alive(world) === 1, 5 * MINUTE_MS);
  isOut = true;
  const stopped = await during(world, stop(ALL, worldOf(world)));
  expect(stopped.failures).toEqual([expect.stringMatching(/the instances of cn-hangzhou: .*out of reach/)]);
});
