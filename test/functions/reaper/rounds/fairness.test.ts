/** No repository waits for another's unservable jobs, and what GitHub itself would have given up is not launched for. */
import { describe, expect, test } from 'vitest';
import { admit } from '../../../../functions/reaper/rounds/quota.ts';
import type { Candidate, JobId } from '../../../../shared/nouns.ts';
import { changeLimits } from '../../../../shared/quota/note.ts';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { MINUTE_MS, OURS, open, queue, read } from '../../../cli/explain/fixture.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { openWorld, START_MS, seedRunnerRelease, type World } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';

const HOUR_MS = 60 * MINUTE_MS;
const REPOSITORIES = ['acme/app', 'acme/pay'];

async function openFor(config: object, alerts: string[] = []): Promise<World> {
  return open({ config, repositories: REPOSITORIES, post: async (text) => void alerts.push(text) });
}

/** Jobs that GitHub lost: queued for ever, given to nobody. */
function lost(world: World, count: number, sinceMs: number, labels = OURS): SimJob[] {
  return Array.from({ length: count }, () => {
    const job = { name: 'lost', labels: labels.split(' ') };
    const run = world.github.queueRun({ repository: 'acme/app', jobs: [job], forgottenSinceMs: sinceMs });
    return world.github.jobsOf(run)[0] as SimJob;
  });
}

const waits = (jobs: readonly SimJob[]) =>
  jobs.map(({ createdAtMs, startedAtMs }) => (startedAtMs === null ? Number.NaN : startedAtMs - createdAtMs));

const figures = (what: object) => {
  if (process.env.FIGURES) process.stdout.write(`${JSON.stringify(what)}\n`);
};

test('256 jobs with a type that nobody sells: another repository’s job starts at once (an hour before, never)', async () => {
  const world = await openFor({});
  for (let n = 0; n < 256; n++) queue(world, `${OURS} ecs.nosuch.large`);
  await world.pass(3 * MINUTE_MS);
  const honest = queue(world, OURS, {}, 'acme/pay');
  await world.until(() => honest.status === 'completed', 15 * MINUTE_MS);
  figures({ mistyped: waits([honest]), paid: world.ecs.paid().length });
  expect(waits([honest])[0]).toBeLessThan(3 * MINUTE_MS);
  expect(world.ecs.paid()).toHaveLength(1);
  world.fc.close();
});

test('the account gives four machines, and forty jobs of one repository wait for them: another’s job gets the next', async () => {
  const world = await openFor({});
  world.ecs.setQuota({ instances: 4 });
  for (let n = 0; n < 40; n++) queue(world, `${OURS} 8cpu`);
  await world.pass(8 * MINUTE_MS);
  const honest = queue(world, `${OURS} 4cpu`, {}, 'acme/pay');
  await world.until(() => honest.status === 'completed', 2 * HOUR_MS);
  figures({ quota: waits([honest]) });
  expect(waits([honest])[0]).toBeLessThan(10 * MINUTE_MS);
  world.fc.close();
});

describe('a used-up quota with room for one: it is the turn of the job', () => {
  const limit = { unit: 'instances', tooMany: 3, need: 1, code: 'QuotaExceed.AfterpayInstance' } as const;
  const place = (region: string) =>
    ({ region, instanceType: 'ecs.c8y.large', capacityType: 'spot', cpu: 2 }) as Candidate;
  const [SHORT, OTHER] = ['placement:cn-hangzhou', 'placement:cn-beijing'];
  const waiting = (id: number, repository: string, some: object = {}) => ({
    entry: build.jobEntry(id, {
      job: build.job(id, { repository, createdAtMs: START_MS - 600_000 + id }),
      quota: { needs: { [SHORT]: 1 }, againAtMs: START_MS + 60_000 },
      nextTryAtMs: START_MS,
      ...some,
    }),
    rev: 'r',
  });
  const admitted = async (jobs: ReturnType<typeof waiting>[], runners: [string, string][]) => {
    const { world } = openReaper();
    const since = { sinceMs: START_MS - 90_000, refusedAtMs: START_MS - 90_000 };
    await changeLimits(world.ledger, () => new Map([SHORT, OTHER].map((at) => [at, { ...limit, ...since }])));
    for (const [at, [repository, region]] of runners.entries()) {
      const entry = build.runnerEntry(at, { repository, candidate: place(region) });
      await world.ledger.runners.add(entry.name, entry);
    }
    return [...(await admit(jobs, world)).within.keys()];
  };
  const older = [
    [1, { quota: null, obstacle: 'limit' }],
    [2, { obstacle: 'cap', nextTryAtMs: START_MS + HOUR_MS }],
  ] as const;

  // biome-ignore format: a table reads best as a table.
  test.each<[string, ReturnType<typeof waiting>[], [string, string][]]>([
    ['whose repository has others that wait for no quota, or are not due', [...older.map(([id, some]) => waiting(id, 'acme/app', some)), waiting(3, 'acme/app'), waiting(4, 'acme/pay')], [['acme/pay', 'cn-hangzhou']]],
    ['whose repository has machines of another quota alone',  [waiting(3, 'acme/app'), waiting(4, 'acme/pay')], [['acme/app', 'cn-beijing'], ['acme/app', 'cn-beijing'], ['acme/pay', 'cn-hangzhou']]],
  ])('%s', async (_, jobs, runners) => {
    expect(await admitted(jobs, runners)).toEqual([3]);
  });
});

describe('jobs that GitHub calls queued for ever', () => {
  test('for more than a day already: nothing is launched for them, they are told of once, and history says so', async () => {
    const alerts: string[] = [];
    const world = await openFor({ limits: { runners: 10 } }, alerts);
    queue(world, OURS);
    const zombies = lost(world, 64, world.clock.nowMs() - 300 * 24 * HOUR_MS);
    await world.pass(40 * MINUTE_MS);
    expect(world.ecs.paid()).toHaveLength(1);
    expect(alerts.filter((text) => /more than 24 hours/.test(text))).toHaveLength(1);
    const { history, jobs } = world.adapters().ledger;
    const zombie = zombies[9] as SimJob;
    expect((await history.read(zombie.createdAtMs, zombie.id as JobId))?.outcome).toBe('expired');
    expect((await jobs.list(100)).things).toEqual([]);
    expect((await read(world, zombie)).answer.text).toMatch(
      /^It was given up, because GitHub calls it queued/,
    );
    world.fc.close();
  });

  test('64 of them, from now on, and ten slots: 24 real jobs run (none in three hours before)', async () => {
    const world = await openFor({ limits: { runners: 10 } });
    queue(world, OURS, { durationMs: MINUTE_MS });
    // What covers no other job's labels: its runners can run nothing else.
    lost(world, 64, world.clock.nowMs(), `${OURS} 4cpu`);
    await world.pass(20 * MINUTE_MS);
    const real = Array.from({ length: 24 }, () => queue(world, OURS, { durationMs: MINUTE_MS }, 'acme/pay'));
    await world.until(() => real.every(({ status }) => status === 'completed'), 3 * HOUR_MS);
    const sorted = waits(real).toSorted((a, b) => a - b);
    figures({ zombies: sorted.map((ms) => Math.round(ms / 1000)), paid: world.ecs.paid().length });
    expect(sorted.at(-1)).toBeLessThan(20 * MINUTE_MS);
    world.fc.close();
  });

  test('one, for four hours: five instances (23 in twelve hours, 121 in three days before)', async () => {
    const world = await openFor({});
    queue(world, OURS, { durationMs: MINUTE_MS });
    await world.pass(10 * MINUTE_MS);
    lost(world, 1, world.clock.nowMs());
    await world.pass(4 * HOUR_MS);
    expect(world.ecs.paid()).toHaveLength(1 + 5);
    world.fc.close();
  });
});

test('a job that its environment held is launched for when it is let go, though no delivery says so', async () => {
  const world = openWorld({ github: { deliveryFaults: () => ({ kind: 'lose', isLogged: false }) } });
  await seedRunnerRelease(world);
  await world.adapters().ledger.notes.add('repositories', {
    text: JSON.stringify([{ repository: 'acme/app', installationId: null, seenAtMs: world.clock.nowMs() }]),
    untilMs: null,
  });
  const gated = queue(world, OURS, { environmentGate: true, durationMs: MINUTE_MS });
  await world.pass(2 * MINUTE_MS);
  world.github.approve(gated.id);
  expect(await world.until(() => gated.status === 'completed', 10 * MINUTE_MS)).toBe(true);
  world.fc.close();
});

test('each refusal is told once for each repository and reason a day', async () => {
  const alerts: string[] = [];
  const world = await openFor({}, alerts);
  for (let n = 0; n < 5; n++) queue(world, `${OURS} arm46`);
  queue(world, `${OURS} 8cpu 16cpu`);
  queue(world, `${OURS} arm46`, {}, 'acme/pay');
  await world.pass(3 * MINUTE_MS);
  expect(alerts.filter((text) => text.includes('was refused because'))).toHaveLength(3);
  world.fc.close();
});
