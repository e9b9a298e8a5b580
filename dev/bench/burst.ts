/**
 * Hundreds of jobs in one second, over the wire with the built bundles: runners are stolen, stock runs out, calls
 * fail. Judged by the simulators' truth alone.
 */
import { setTimeout } from 'node:timers/promises';
import { createDemoOrganization, jobPlan, REPOSITORY } from '../../cli/start/demo.ts';
import { leftovers } from '../../cli/start/leftovers.ts';
import { mirrorRunner } from '../../cli/start/mirror.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import { type Loopback, openLoopback } from '../../simulator/loopback.ts';
import { type Random, seeded } from '../../simulator/random.ts';
import type { Fault } from '../../simulator/tablestore/index.ts';
import { type BurstOptions, type Jobs, type Judged, judge, type Tally } from './burst-judge.ts';

const LABELS = [
  ['arm64'],
  ['amd64'],
  ['arm64', '4cpu'],
  ['amd64', '4cpu'],
  ['arm64', '2cpu'],
  ['amd64', '8-32cpu'],
] as const;
const CALLS_FAIL = 0.05;
/** GitHub docs, "Running variations of jobs in a workflow". */
const MATRIX_MAX = 256;
const MINUTE_MS = 60_000;
const GIVE_UP_MS = 8 * MINUTE_MS;

export async function burst(options: BurstOptions): Promise<Judged[]> {
  const { config, scale, seed, bundles, say, onLine } = options;
  const random = seeded(seed);
  const tally: Tally = { mintsByMinute: new Map(), mostAlive: 0, failedCalls: 0 };
  const { name: deployment, placements } = config;
  let hasBegun = false;
  const world = await openLoopback({
    scale,
    seed,
    bundles,
    deployment,
    placements,
    onLine,
    ...faultsOf(random, tally, { hasBegun: () => hasBegun, nowMs: () => world.clock.nowMs() }),
  });
  try {
    createDemoOrganization(world.github, deployment);
    await mirrorRunner(world, deployment);
    // It asks once for the runner's copies, where Function Compute would ask again.
    hasBegun = true;
    world.store.faults = storeFaults(random, tally);
    const queue = (count: number) => queueJobs(world, random, count);
    const jobs: Jobs = { older: queue(options.jobs), younger: [] };
    world.clock.after(MINUTE_MS, () => jobs.younger.push(...queue(Math.ceil(options.jobs / 10))));
    const left = await follow(world, jobs, tally, say);
    return judge(options, world, jobs, tally, left);
  } finally {
    await world.close();
  }
}

function queueJobs(world: Loopback, random: Random, count: number): SimJob[] {
  const plans = Array.from({ length: count }, (_, at) =>
    jobPlan(`job-${at}`, random.pick(LABELS), random.whole(30, 120) * 1000),
  );
  const jobs: SimJob[] = [];
  for (let from = 0; from < plans.length; from += MATRIX_MAX) {
    const run = world.github.queueRun({
      repository: REPOSITORY,
      jobs: plans.slice(from, from + MATRIX_MAX),
    });
    jobs.push(...world.github.jobsOf(run));
  }
  return jobs;
}

/** 5 % of all calls fail, some of them after their effect. */
function failing(random: Random, tally: Tally): boolean {
  const isFailing = random.chance(CALLS_FAIL);
  if (isFailing) tally.failedCalls++;
  return isFailing;
}

function storeFaults(random: Random, tally: Tally): () => Fault | null {
  return () =>
    failing(random, tally) ? random.pick(['busy', 'timeout-before', 'timeout-after', 'lost-after']) : null;
}

/** 10 % of offerings are out of stock. */
function faultsOf(
  random: Random,
  tally: Tally,
  { hasBegun, nowMs }: { hasBegun: () => boolean; nowMs: () => number },
) {
  const fails = () => hasBegun() && failing(random, tally);
  return {
    github: {
      faults: (method: string, path: string) => {
        if (method === 'POST' && path.endsWith('/generate-jitconfig')) {
          const minute = Math.floor(nowMs() / MINUTE_MS);
          tally.mintsByMinute.set(minute, (tally.mintsByMinute.get(minute) ?? 0) + 1);
        }
        return fails()
          ? ({ kind: 'hang-up', effect: random.chance(0.5) ? 'before' : 'after' } as const)
          : null;
      },
    },
    ecs: {
      soldOut: 0.1,
      faults: () =>
        fails() ? random.pick(['500-after-success', 'gateway', 'timeout-after'] as const) : null,
    },
  };
}

async function follow(
  world: Loopback,
  { older, younger }: Jobs,
  tally: Tally,
  say: (line: string) => void,
): Promise<string[]> {
  const untilMs = Date.now() + GIVE_UP_MS;
  let left: string[] = ['not looked yet'];
  for (let tick = 0; Date.now() < untilMs && left.length > 0; tick++) {
    await setTimeout(100);
    const alive = world.ecs.alive().length;
    tally.mostAlive = Math.max(tally.mostAlive, alive);
    const counts = countsOf([...older, ...younger]);
    if (tick % 50 === 0)
      say(
        `${counts.queued} queued, ${counts.in_progress} running, ${counts.completed} completed, ${alive} instances`,
      );
    const isOver = younger.length > 0 && counts.completed === older.length + younger.length;
    if (isOver) left = await seenWell(world);
  }
  return left;
}

/** Our own look at the ledger meets no faults. */
async function seenWell(world: Loopback): Promise<string[]> {
  const { faults } = world.store;
  world.store.faults = null;
  try {
    return await leftovers(world);
  } finally {
    world.store.faults = faults;
  }
}

function countsOf(jobs: readonly SimJob[]): Record<SimJob['status'], number> {
  const counts = { waiting: 0, queued: 0, in_progress: 0, completed: 0 };
  for (const { status } of jobs) counts[status]++;
  return counts;
}
