/** Plays a load, and says what became of its jobs and what it cost GitHub. */
import type { SimJob, SimRun } from '../../../simulator/github/index.ts';
import { type Random, seeded } from '../../../simulator/random.ts';
import { openWorld, START_MS, seedRunnerRelease, type World } from '../../world/in-process.ts';
import { smallRegion } from '../../world/small-region.ts';
import type { Load } from './loads.ts';
import { type Tally, tallyOf } from './tally.ts';
import { unsureSweeps } from './unsure.ts';

const MINUTE_MS = 60_000;
const BASE = ['self-hosted', 'aliyun'];
const LABELS = [
  [...BASE, 'arm64'],
  [...BASE, 'arm64'],
  [...BASE, 'amd64'],
] as const;

export interface Played {
  readonly jobs: number;
  readonly ended: number;
  /** Of those that were not cancelled. */
  readonly unstarted: number;
  /** Null: some never ended. */
  readonly allEndedByMinute: number | null;
  /** At minute 10, 20, …: jobs that are over. */
  readonly overByTenMinutes: readonly number[];
  /** Sorted. */
  readonly waitedMs: readonly number[];
  readonly sweepMs: readonly number[];
  readonly aliveMax: number;
  readonly left: number;
  readonly unsureSweeps: number;
  readonly alerts: readonly string[];
  readonly tally: Tally;
}

export async function playLoad(load: Load, seed: number, say: (line: string) => void): Promise<Played> {
  const random = seeded(seed);
  const seen = { sweepMs: [] as number[], unsure: unsureSweeps(), alerts: [] as string[] };
  const repositories = Array.from({ length: load.repositories }, (_, n) => `acme/service-${n}`);
  const world = openWorld({
    seed,
    repositories,
    config: { limits: { ...load.limits, runnersPerRepository: null } },
    ecs: { regions: [smallRegion()] },
    github: { limits: { callsPerHour: load.callsPerHour } },
    boots: load.hearsAfterMs === undefined ? {} : { stopMs: load.hearsAfterMs },
    watch: { log: (event, fields) => note(seen, event, fields, world?.clock.nowMs() ?? 0) },
  });
  const tally = tallyOf(world);
  await seedRunnerRelease(world);
  const runs = arrive(world, load, repositories, random);
  const over: number[] = [];
  let aliveMax = 0;
  for (let minute = 1; minute <= load.minutes; minute++) {
    await world.pass(MINUTE_MS);
    aliveMax = Math.max(aliveMax, world.ecs.alive().length);
    if (minute % 10 !== 0) continue;
    const { ended, waitedMs } = endOf(jobsOf(world, runs));
    over.push(ended);
    const waitedS = ((waitedMs[Math.floor(waitedMs.length / 2)] ?? 0) / 1000).toFixed(0);
    say(
      `minute ${minute}: ${ended} over, ${world.ecs.alive().length} instances, waits p50 ${waitedS} s; mints ${tally.mints}, refused ${tally.mintsRefused}`,
    );
  }
  world.fc.close();
  return {
    ...endOf(jobsOf(world, runs)),
    jobs: load.arrivals.jobs,
    overByTenMinutes: over,
    sweepMs: seen.sweepMs.sort((a, b) => a - b),
    aliveMax,
    left: world.ecs.alive().length,
    unsureSweeps: seen.unsure.count(),
    alerts: seen.alerts,
    tally,
  };
}

function jobsOf({ github }: World, runs: readonly SimRun[]): SimJob[] {
  return runs.flatMap((run) => github.jobsOf(run));
}

function endOf(jobs: readonly SimJob[]) {
  const ended = jobs.filter(({ status }) => status === 'completed');
  const lastMs = Math.max(...ended.map(({ completedAtMs }) => completedAtMs ?? 0));
  const waitedMs = jobs.flatMap(({ startedAtMs, createdAtMs, runner }) =>
    startedAtMs === null || runner === null ? [] : [startedAtMs - createdAtMs],
  );
  return {
    ended: ended.length,
    unstarted: jobs.filter(({ status }) => status === 'queued').length,
    allEndedByMinute: ended.length < jobs.length ? null : (lastMs - START_MS) / MINUTE_MS,
    waitedMs: waitedMs.sort((a, b) => a - b),
  };
}

function note(
  seen: { sweepMs: number[]; unsure: ReturnType<typeof unsureSweeps>; alerts: string[] },
  event: string,
  fields: Readonly<Record<string, unknown>>,
  nowMs: number,
): void {
  if (event === 'sweep.done') seen.sweepMs.push(Number(fields.tookMs));
  if (event === 'alert.raised') seen.alerts.push(String(fields.text));
  seen.unsure.note(event, fields, nowMs);
}

function arrive(world: World, load: Load, repositories: readonly string[], random: Random): SimRun[] {
  const { arrivals, waiting } = load;
  const runs: SimRun[] = [];
  for (const repository of repositories.slice(0, waiting?.repositories ?? 0))
    for (let n = 0; n < (waiting?.runs ?? 0); n++)
      world.github.queueRun({
        repository,
        jobs: [{ name: 'deploy', labels: LABELS[0], durationMs: MINUTE_MS, environmentGate: true }],
      });
  for (let left = arrivals.jobs; left > 0; ) {
    const size = Math.min(left, random.pick(arrivals.runSizes));
    left -= size;
    const labels = random.pick(LABELS);
    const jobs = Array.from({ length: size }, (_, n) => ({
      name: `job ${n}`,
      labels,
      durationMs: (arrivals.jobMinutes ?? minutesOf(random)) * MINUTE_MS,
    }));
    const repository = random.pick(repositories);
    const isCancelled = random.chance(arrivals.cancelled ?? 0);
    const cancelledAfterMs = random.whole(20_000, 150_000);
    world.clock.after(random.next() * arrivals.withinMinutes * MINUTE_MS, () => {
      const run = world.github.queueRun({ repository, jobs });
      if (isCancelled) world.clock.after(cancelledAfterMs, () => world.github.cancelRun(run));
      runs.push(run);
    });
  }
  return runs;
}

/** Most jobs take minutes, some an hour. */
function minutesOf(random: Random): number {
  return Math.min(60, 4 * Math.exp(1.1 * (random.next() + random.next() + random.next() - 1.5)));
}
