/** Which waiting jobs are started, and that they are started in order of age. */
import { describe, expect, test } from 'vitest';
import { planStarts } from '../../../../functions/reaper/rounds/due.ts';
import type { JobEntry } from '../../../../shared/ledger/entries.ts';
import { LAUNCHES_PER_SWEEP_MAX } from '../../../../shared/limits.ts';
import { mintPace, minuteOf } from '../../../../shared/runner/mint-pace.ts';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { build, CREATED_MS } from '../../../shared/ledger/builders.ts';
import { configOf, openWorld, seedRunnerRelease, type World } from '../../../world/in-process.ts';

const NOW_MS = CREATED_MS + 3_600_000;
const MINUTE_MS = 60_000;

const job = (id: number, labels = 'self-hosted aliyun arm64', some: Partial<JobEntry> = {}) => ({
  entry: build.jobEntry(id, {
    job: build.job(id, { labels: labels.split(' '), createdAtMs: CREATED_MS + id }),
    nextTryAtMs: CREATED_MS,
    ...some,
  }),
  rev: 'r',
});

describe('what is started', () => {
  const view = (...names: [profile: string | null, repository: string][]) => ({
    total: names.length,
    slots: names.map(([profile, repository], at) => ({ name: build.runnerName(at), profile, repository })),
    mints: {},
  });
  const limited = configOf({
    limits: { runners: 3, runnersPerRepository: 2 },
    profiles: { big: { cpu: 32, runners: 1 } },
  });
  const ids = (plan: ReturnType<typeof planStarts>) => plan.start.map(({ entry }) => entry.job.id);

  test('the oldest first, as far as slots go; the first that gets none holds the younger back', () => {
    const plan = planStarts([job(1), job(2)], view([null, 'a/x'], [null, 'a/y']), limited, NOW_MS);
    expect(ids(plan)).toEqual([1]);
    expect(plan.oldestWaitingMs).toBe(CREATED_MS + 2);
  });

  test('a profile or repository at its limit does not hold others back', () => {
    const big = job(1, 'self-hosted aliyun arm64 big');
    const plan = planStarts([big, job(2)], view(['big', 'a/x']), limited, NOW_MS);
    expect(ids(plan)).toEqual([2]);
    expect(plan.oldestWaitingMs).toBeNull();
    const full = planStarts([job(1)], view([null, 'acme/kernel'], [null, 'acme/kernel']), limited, NOW_MS);
    expect(full).toEqual({ start: [], oldestWaitingMs: null });
  });

  test('what is not due yet waits, and a sweep starts so many', () => {
    const later = job(1, undefined, { nextTryAtMs: NOW_MS + 1 });
    expect(planStarts([later], view(), limited, NOW_MS)).toEqual({ start: [], oldestWaitingMs: null });
    const many = Array.from({ length: LAUNCHES_PER_SWEEP_MAX + 5 }, (_, at) => job(at + 1));
    const wide = configOf({ limits: { runners: 5000, mintsPerMinute: 300 } });
    const plan = planStarts(many, view(), wide, NOW_MS);
    expect(plan.start).toHaveLength(LAUNCHES_PER_SWEEP_MAX);
    expect(plan.oldestWaitingMs).toBe(CREATED_MS + LAUNCHES_PER_SWEEP_MAX + 1);
  });

  test('no more than this minute has mints for; the first that gets none holds the younger back', () => {
    const config = configOf({ limits: { mintsPerMinute: 4 } });
    const [pace, minute] = [mintPace(config), minuteOf(NOW_MS)];
    const minted = { ...view(), mints: { [minute - 1]: 4, [minute]: pace - 1 } };
    const plan = planStarts([job(1), job(2), job(3)], minted, config, NOW_MS);
    expect(ids(plan)).toEqual([1]);
    expect(plan.oldestWaitingMs).toBe(CREATED_MS + 2);
    const spent = { ...view(), mints: { [minute]: pace + 1 } };
    expect(ids(planStarts([job(1)], spent, config, NOW_MS))).toEqual([]);
  });
});

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

  test('a slot that comes back in a sweep starts the oldest waiting job in the same sweep', async () => {
    const world = openWorld({ config: { limits: { runners: 1 } } });
    await seedRunnerRelease(world);
    const jobs = await queueEvery(1_000, 3, world);
    const first = jobs[0] as SimJob;
    await world.until(() => first.status === 'completed', 5 * MINUTE_MS);
    await world.until(() => world.ecs.paid().length === 2, 5 * MINUTE_MS);
    expect(launchedAt(world, jobs)).toEqual([expect.any(Number), expect.any(Number), null]);
    const closedAt = world.lines.findLastIndex((line) => line.includes('"verdict":"close"'));
    expect(closedAt).toBeGreaterThan(0);
    expect(world.lines.slice(closedAt).filter((line) => line.includes('"sweep.done"'))).toEqual([]);
    world.fc.close();
  });
});
