/** That waiting jobs are started in order of age, over the whole system. */
import { describe, expect, test } from 'vitest';
import { MINT_PACE_MAX } from '../../../../shared/github-limits.ts';
import { mintsMax } from '../../../../shared/runner/mint-pace.ts';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { openWorld, seedRunnerRelease, type World } from '../../../world/in-process.ts';

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
