/** That waiting jobs are started in order of age, over the whole system, and as fast as GitHub's points bear. */
import { describe, expect, test } from 'vitest';
import { startDue, startLater } from '../../../../functions/reaper/rounds/due.ts';
import { MINT_PACE_MAX } from '../../../../shared/github-limits.ts';
import { mintPace, mintsMax } from '../../../../shared/runner/mint-pace.ts';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { openWorld, START_MS, seedRunnerRelease, type World } from '../../../world/in-process.ts';
import { openReaper } from '../fixture.ts';

const NOTHING = { before: { total: 0, slots: [], mints: {} }, runners: [], ledgerComplete: true };
const MINUTE_MS = 60_000;

/** Queues one job of a minute after the other. */
async function queueEvery(gapMs: number, count: number, world: World): Promise<SimJob[]> {
  const jobs: SimJob[] = [];
  for (let at = 0; at < count; at++) {
    const plan = { name: `job-${at}`, labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: MINUTE_MS };
    const run = world.github.queueRun({ repository: 'acme/app', jobs: [plan] });
    jobs.push(...world.github.jobsOf(run));
    await world.pass(gapMs);
  }
  return jobs;
}

/** By age of the jobs: when an instance was first launched for each, to the sweep; null for none. */
function launchedAt({ ecs }: World, jobs: readonly SimJob[]): (number | null)[] {
  const newestFirst = [...ecs.paid()].sort((a, b) => b.startedAtMs - a.startedAtMs);
  const bills = new Map(newestFirst.map((bill) => [bill.tags['ci-runner-job'], bill.startedAtMs]));
  return jobs.map(({ id }) => {
    const atMs = bills.get(String(id));
    // Sweeps begin about the full minute, and their launches are side by side.
    return atMs === undefined ? null : Math.round(atMs / MINUTE_MS);
  });
}

describe('over the whole system', () => {
  test('while mints are paced, no younger job overtakes an older one', async () => {
    const world = openWorld({ config: { limits: { mintsPerMinute: 4 } } });
    await seedRunnerRelease(world);
    const jobs = await queueEvery(3_000, 30, world);
    await world.until(() => jobs.every(({ status }) => status === 'completed'), 60 * MINUTE_MS);
    expect(jobs.map(({ conclusion }) => conclusion)).toEqual(jobs.map(() => 'success'));
    // One may run on what was launched for another: then nothing is launched for it.
    const order = launchedAt(world, jobs).flatMap((at) => at ?? []);
    expect(order.length).toBeGreaterThan(25);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    world.fc.close();
  });

  test('a burst at the end of a minute is within GitHub’s points, and goes on before the next sweep', async () => {
    const world = openWorld({ config: { limits: { runners: 400, mintsPerMinute: 240 } } });
    await seedRunnerRelease(world);
    await world.pass(55_000);
    const labels = ['self-hosted', 'aliyun', 'arm64'];
    const plans = Array.from({ length: 200 }, (_, at) => ({
      name: `job-${'x'.repeat(at)}`,
      labels,
      durationMs: 10 * MINUTE_MS,
    }));
    world.github.queueRun({ repository: 'acme/app', jobs: plans });
    await world.pass(3 * MINUTE_MS);
    const minted = world.lines
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === 'launch.minted');
    const atMs = minted.map(({ at }) => Date.parse(at)).sort((a, b) => a - b);
    expect(minted.filter(({ outcome }) => outcome !== 'minted')).toEqual([]);
    expect(atMs.length).toBeGreaterThanOrEqual(200);
    const inMinute = (fromMs: number) => atMs.filter((ms) => ms >= fromMs && ms < fromMs + MINUTE_MS).length;
    expect(Math.max(...atMs.map(inMinute))).toBeLessThanOrEqual(mintsMax(MINT_PACE_MAX));
    const last = atMs[199] as number;
    expect(last - (atMs[0] as number), 'the rest follows as minutes have room').toBeLessThan(150_000);
    world.fc.close();
  });

  test('a slot that comes back in or after a sweep starts the oldest waiting job before the next one', async () => {
    const world = openWorld({ config: { limits: { runners: 1 } } });
    await seedRunnerRelease(world);
    const jobs = await queueEvery(1_000, 3, world);
    const first = jobs[0] as SimJob;
    await world.until(() => first.status === 'completed', 5 * MINUTE_MS);
    await world.until(() => world.ecs.paid().length === 2, 5 * MINUTE_MS);
    expect(launchedAt(world, jobs)).toEqual([expect.any(Number), expect.any(Number), null]);
    const closedAt = world.lines.findLastIndex((line) => line.includes('"runner.closed"'));
    const { at } = JSON.parse(world.lines[closedAt] ?? '');
    const begunMs = Math.max(...world.ecs.paid().map(({ startedAtMs }) => startedAtMs));
    expect(begunMs - Date.parse(at)).toBeLessThan(2_000);
    world.fc.close();
  });

  test.each([
    ['slot', { limits: { runners: 2, runnersPerRepository: null } }, 5_000],
    ['slot of its repository', { limits: { runners: 10, runnersPerRepository: 2 } }, 5_000],
    ['quota', {}, 2],
  ])('what comes free of a %s between two sweeps is used within seconds', async (_, config, instances) => {
    const world = openWorld({ config, ecs: { soldOut: 0, interruptions: 0 } });
    world.ecs.setQuota({ instances });
    await seedRunnerRelease(world);
    const plan = { name: 'build', labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: 3 * MINUTE_MS };
    const jobs = Array.from({ length: 12 }, () =>
      world.github.queueRun({ repository: 'acme/app', jobs: [plan] }),
    ).flatMap((run) => world.github.jobsOf(run));
    await world.until(() => jobs.every(({ status }) => status === 'completed'), 60 * MINUTE_MS);
    const ended = jobs.map(({ completedAtMs }) => completedAtMs ?? 0).sort((a, b) => a - b);
    const begun = world.ecs.paid().map(({ startedAtMs }) => startedAtMs);
    begun.sort((a, b) => a - b);
    const emptyMs = begun.slice(2).map((ms, at) => ms - (ended[at] ?? 0));
    // The machine goes for eight seconds, and from the fiftieth second of a minute the next sweep is waited for.
    expect(Math.max(...emptyMs)).toBeLessThan(45_000);
    const meanMs = emptyMs.reduce((sum, ms) => sum + ms, 0) / emptyMs.length;
    expect(meanMs).toBeLessThan(20_000);
    world.fc.close();
  });
});

const LIMITS = { runners: 5_000, runnersPerRepository: null, mintsPerMinute: 240 };
const WAITING = 150;

/** When each was launched. A sweep begins each minute; what it looks at first, and its other parts, take some seconds. */
async function played(minutes: number, [firstMs, partsMs]: readonly [number, number]): Promise<number[]> {
  const { world: bare } = openReaper({ config: { limits: LIMITS } });
  const { ledger, config } = bare;
  const [launchedAtMs, left]: [number[], Set<number>] = [[], new Set()];
  let [nowMs, nextId] = [START_MS, 1];
  const wait = async () => {
    const id = nextId++;
    const job = build.job(id, { labels: ['self-hosted', 'aliyun', 'arm64'], createdAtMs: nowMs });
    await ledger.jobs.add(job.id, build.jobEntry(id, { job, nextTryAtMs: nowMs, firstTryAtMs: nowMs }));
    left.add(id);
  };
  const limits = { ...LIMITS, perProfile: null, perRepository: null, mintsPerMinute: mintPace(config) };
  const launch = async (event: Parameters<typeof bare.queue.launch>[0]) => {
    if (event.kind === 'warm') return;
    const { job } = event;
    const name = build.runnerName(job.id);
    const { repository, createdAtMs: jobCreatedAtMs } = job;
    const asked = { name, profile: null, repository, jobCreatedAtMs, hasTurn: true, isInLine: true };
    expect((await ledger.capacity.take(asked, limits, nowMs)).kind).toBe('taken');
    launchedAtMs.push(nowMs);
    await ledger.capacity.handBack(name, 0);
    const held = await ledger.jobs.read(job.id);
    if (held !== null) await ledger.jobs.remove(job.id, held);
    await wait();
  };
  const pause = async (ms: number) => {
    nowMs += ms;
  };
  const world = { ...bare, clock: { nowMs: () => nowMs }, pause, queue: { launch } };
  for (let count = 0; count < WAITING; count++) await wait();
  for (let minute = 0; minute < minutes; minute++) {
    const beganMs = START_MS + minute * MINUTE_MS;
    nowMs = beganMs + firstMs;
    const uncovered = (await ledger.jobs.list(1_000)).things;
    const braked = { uncovered, mayStart: () => true, because: null } as never;
    const first = await startDue(braked, NOTHING, nowMs + 8_000, world);
    nowMs += partsMs;
    await startLater(braked, first, { runners: [], instances: [], atMs: beganMs }, beganMs, world);
  }
  return launchedAtMs;
}

test.each([
  [3_000, 1_000],
  [4_000, 9_000],
])('after %i ms of looks and %i ms of other parts, the pace is used up and kept', async (...sweep) => {
  const atMs = await played(8, sweep);
  const fromMs = START_MS + 2 * MINUTE_MS;
  const inSix = atMs.filter((ms) => ms >= fromMs).length;
  expect(inSix / 6).toBeGreaterThan(0.93 * MINT_PACE_MAX);
  const inMinute = (beginsMs: number) => atMs.filter((ms) => ms >= beginsMs && ms < beginsMs + MINUTE_MS);
  expect(Math.max(...atMs.map((ms) => inMinute(ms).length))).toBeLessThanOrEqual(mintsMax(MINT_PACE_MAX));
});
