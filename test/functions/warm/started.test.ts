/** What may go wrong when a stopped runner is started for a job: the job runs once, and nothing is left. */
import { expect, test } from 'vitest';
import { stopping } from '../../../shared/ledger/stop.ts';
import type { Machine } from '../../../simulator/ecs/index.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { jitConfigOf } from '../../../simulator/told-by-user-data.ts';
import { diesAt } from '../../crash/points.ts';
import { configOf } from '../../world/in-process.ts';
import { isOver, linesOf, MINUTE_MS, machines, queue, waitedMs } from './fixture.ts';
import { calls, endsEmpty, isAtRest, ready, restingIn, setStock } from './stopped-fixture.ts';

test('a start that is refused for stock falls to a cold launch in the same invocation, and that machine is given up', async () => {
  const world = await ready();
  const [machine] = restingIn(world) as [Machine];
  setStock(world, machine, 0);
  const jobs = queue(world);
  await world.pass(20_000);
  expect(linesOf(world, 'launch.started')[0]).toMatchObject({ outcome: 'unavailable' });
  const cold = linesOf(world, 'launch.attempted')
    .filter(({ outcome }) => outcome === 'running')
    .slice(1);
  expect(cold).toMatchObject([{ job: jobs[0]?.id }]);
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(world.ecs.alive().map(({ id }) => id)).not.toContain(machine.id);
  expect(await world.until(isAtRest(world, 1), 10 * MINUTE_MS), 'made where there is stock').toBe(true);
  await endsEmpty(world);
});

test('the next stopped one is tried after one whose start is refused', async () => {
  let refusals = 1;
  const world = await ready(2, {
    ecs: {
      faults: (action: string) =>
        action === 'StartInstance' && refusals-- > 0 ? { code: 'IncorrectInstanceStatus' } : null,
    },
  });
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 6 * MINUTE_MS)).toBe(true);
  expect(linesOf(world, 'launch.started').map(({ outcome }) => outcome)).toEqual(['refused', 'running']);
  expect(waitedMs(jobs)[0]).toBeLessThan(40_000);
  await endsEmpty(world);
});

test('an account that cannot pay refuses every start: one machine is lost, the others stand, and the job says why', async () => {
  const world = await ready(3, {
    ecs: { faults: (action: string) => (action === 'StartInstance' ? { code: 'Account.Arrearage' } : null) },
  });
  queue(world);
  await world.pass(20_000);
  expect(linesOf(world, 'launch.started')).toMatchObject([{ outcome: 'fatal' }]);
  expect(restingIn(world).length).toBeGreaterThanOrEqual(2);
  expect(linesOf(world, 'launch.waited')[0]?.because).toMatch(/^Alibaba Cloud refuses every launch/);
  world.fc.close();
});

test('a job of a repository that is stopped starts none', async () => {
  const world = await ready();
  const { capacity } = world.adapters().ledger;
  const nowMs = world.clock.nowMs();
  await capacity.stop((stop) => stopping(stop, 'acme/app', nowMs), nowMs);
  queue(world);
  await world.pass(20_000);
  expect(linesOf(world, 'launch.started')).toEqual([]);
  expect(linesOf(world, 'launch.waited').length).toBeGreaterThan(0);
  world.fc.close();
});

test.each(['timeout-after', 'timeout-before'] as const)(
  'its start is not answered (%s): the job runs once',
  async (fault) => {
    const world = await ready();
    world.ecs.failNext('StartInstance', fault, 3);
    const jobs = queue(world);
    expect(await world.until(() => isOver(jobs), 20 * MINUTE_MS)).toBe(true);
    await world.until(isAtRest(world, 1), 10 * MINUTE_MS);
    await endsEmpty(world);
  },
);

test('it is started and never comes online: its job has another', async () => {
  const hung = new Set<string>();
  const hangs = ({ id, userData }: { id: string; userData: string }) =>
    jits(userData) && (hung.size === 0 || hung.has(id)) && !!hung.add(id);
  const world = await ready(1, { boots: { hangs } });
  const jobs = queue(world);
  expect(await world.until(() => isOver(jobs), 30 * MINUTE_MS)).toBe(true);
  expect(hung.size).toBe(1);
  expect(world.ecs.alive().map(({ id }) => id)).not.toContain([...hung][0]);
  await endsEmpty(world, 20 * MINUTE_MS);
});

const jits = (userData: string): boolean => {
  try {
    return jitConfigOf(userData) !== '';
  } catch {
    return false;
  }
};

test('the launcher dies between any two of its calls: the job runs, and nothing is left', async () => {
  const dry = diesAt(null);
  const from = { call: 0 };
  const first = await ready(1, { killable: dry.killable });
  from.call = dry.calls.length;
  queue(first);
  await first.pass(10_000);
  first.fc.close();
  const own = dry.calls.findIndex(({ name }, at) => at >= from.call && name === 'instances.start');
  const run = dry.calls[own]?.run;
  const opened = dry.calls.findIndex((each) => each.run === run && each.name === 'ledger.runners.replace');
  const points = dry.calls.flatMap((each, at) => (each.run === run && at >= opened ? [at] : []));
  expect(points.map((at) => dry.calls[at]?.name)).toEqual([
    ...[
      'ledger.runners.replace',
      'ledger.capacity.mintAgain',
      'github.mint',
      'ledger.runners.replace',
      'instances.setUserData',
    ],
    ...['instances.start', 'ledger.runners.replace', 'ledger.jobs.read', 'ledger.jobs.replace'],
  ]);
  for (const call of points) {
    const world = await ready(1, { killable: diesAt({ call, when: 'after' }).killable });
    const jobs = queue(world);
    expect(await world.until(() => isOver(jobs), 20 * MINUTE_MS), dry.calls[call]?.name).toBe(true);
    await endsEmpty(world);
  }
});

test('two jobs want the same one: one has it, the other is launched for', async () => {
  const world = await ready();
  const jobs = queue(world, 2);
  expect(await world.until(() => isOver(jobs), 10 * MINUTE_MS)).toBe(true);
  expect(calls(world, 'StartInstance')).toBe(1);
  await world.until(isAtRest(world, 1), 10 * MINUTE_MS);
  expect(machines(world), 'the first, a cold one, and the one in its place').toBe(3);
  await endsEmpty(world);
});

/** The first one is answered after 25 s. */
function firstMintIsSlow() {
  let mints = 0;
  const faults = (_: string, path: string) =>
    path.endsWith('jitconfig') && mints++ === 0 ? ({ kind: 'slow', ms: 25_000 } as const) : null;
  return { faults };
}

test('its job is cancelled while it is being started: it is not, and is no runner that waits for others', async () => {
  const world = await ready(1, { github: firstMintIsSlow() });
  const [machine] = restingIn(world) as [Machine];
  const [job] = queue(world) as [SimJob];
  await world.pass(8_000);
  world.github.cancelJob(job);
  await world.pass(5 * MINUTE_MS);
  expect(linesOf(world, 'launch.given_up')).toMatchObject([{ because: 'its job needs it no more' }]);
  expect(calls(world, 'StartInstance')).toBe(0);
  expect(world.ecs.alive().map(({ id }) => id)).not.toContain(machine.id);
  await endsEmpty(world);
});

test('its job gets another’s runner while it is being started: it is for that one, and none is launched', async () => {
  const world = await ready(1, { github: firstMintIsSlow(), boots: { bootMs: [3_000, 3_000] } });
  const before = machines(world);
  const first = queue(world);
  await world.pass(1_000);
  const second = queue(world);
  expect(await world.until(() => first[0]?.status === 'in_progress', 20_000)).toBe(true);
  expect(linesOf(world, 'launch.started')).toEqual([]);
  expect(await world.until(() => isOver([...first, ...second]), 6 * MINUTE_MS)).toBe(true);
  expect(linesOf(world, 'launch.started')).toMatchObject([{ job: first[0]?.id, outcome: 'running' }]);
  const own = linesOf(world, 'launch.attempted').filter(({ job }) => job === second[0]?.id);
  expect(own).toHaveLength(1);
  expect(machines(world) - before, 'and the pool’s next one').toBeLessThanOrEqual(2);
  expect(waitedMs(second)[0]).toBeLessThan(MINUTE_MS);
  await endsEmpty(world);
});

test('starts are paced as launches are, by their mints: the machines that wait for the next minute stand as they did', async () => {
  const world = await ready(3);
  const stood = new Set(restingIn(world).map(({ name }) => name));
  const warm = [{ labels: ['arm64'], stopped: 3 }];
  world.state.config = configOf({ warm, limits: { mintsPerMinute: 1 } });
  const jobs = queue(world, 3);
  expect(await world.until(() => isOver(jobs), 15 * MINUTE_MS)).toBe(true);
  const minutes = linesOf(world, 'launch.minted').map(({ at }) => String(at).slice(0, 16));
  expect([minutes.length, new Set(minutes).size], 'a minute each').toEqual([3, 3]);
  expect(jobs.filter(({ runner }) => stood.has(runner?.name ?? ''))).toHaveLength(3);
  world.fc.close();
});
