/**
 * Hundreds of jobs in one second, over the wire with the built bundles: runners are stolen, stock runs out, calls
 * fail. Judged by the simulators' truth alone.
 */
import { setTimeout } from 'node:timers/promises';
import type { Config } from '../../shared/config.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import { type Loopback, openLoopback } from '../../simulator/loopback.ts';
import { type Random, seeded } from '../../simulator/random.ts';
import { leftovers } from '../start/leftovers.ts';
import { mirrorRunner } from '../start/mirror.ts';
import { jobPlan, REPOSITORY, setScene } from '../start/scene.ts';

export interface BurstOptions {
  readonly jobs: number;
  /** limits.runners */
  readonly limit: number;
  readonly scale: number;
  readonly seed: number;
  readonly bundles: string;
  readonly config: Config;
  readonly say: (line: string) => void;
  /** Each line that a function prints. */
  readonly onLine: (functionName: string, line: string) => void;
}

export interface Judged {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}

const LABELS = [
  ['arm64'],
  ['amd64'],
  ['arm64', '4cpu'],
  ['amd64', '4cpu'],
  ['arm64', '2cpu'],
  ['amd64', '8-32cpu'],
] as const;
const CALLS_FAIL = 0.05;
const MINUTE_MS = 60_000;
const GIVE_UP_MS = 8 * MINUTE_MS;

interface Tally {
  readonly mintsByMinute: Map<number, number>;
  mostAlive: number;
  failedCalls: number;
}

export async function burst(options: BurstOptions): Promise<Judged[]> {
  const { config, scale, seed, bundles, say, onLine } = options;
  const random = seeded(seed);
  const tally: Tally = { mintsByMinute: new Map(), mostAlive: 0, failedCalls: 0 };
  const { name: deployment, placements } = config;
  const world = await openLoopback({
    scale,
    seed,
    bundles,
    deployment,
    placements,
    onLine,
    ...faultsOf(random, tally, () => world.clock.nowMs()),
  });
  try {
    setScene(world.github, deployment);
    await mirrorRunner(world, deployment);
    const plans = Array.from({ length: options.jobs }, (_, at) =>
      jobPlan(`job-${at}`, random.pick(LABELS), random.whole(30, 120) * 1000),
    );
    const jobs: SimJob[] = [];
    // A matrix has 256 jobs at most.
    for (let from = 0; from < plans.length; from += 250)
      jobs.push(
        ...world.github.jobsOf(
          world.github.queueRun({ repository: REPOSITORY, jobs: plans.slice(from, from + 250) }),
        ),
      );
    const left = await follow(world, jobs, tally, say);
    return judge(options, world, jobs, tally, left);
  } finally {
    await world.close();
  }
}

/** 10 % of offerings out of stock; 5 % of the calls to GitHub, ECS and TableStore fail, half of them after their effect. */
function faultsOf(random: Random, tally: Tally, nowMs: () => number) {
  const fails = () => {
    const isFailing = random.chance(CALLS_FAIL);
    if (isFailing) tally.failedCalls++;
    return isFailing;
  };
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
  jobs: readonly SimJob[],
  tally: Tally,
  say: (line: string) => void,
): Promise<string[]> {
  const untilMs = Date.now() + GIVE_UP_MS;
  let left: string[] = ['not looked yet'];
  for (let tick = 0; Date.now() < untilMs && left.length > 0; tick++) {
    await setTimeout(100);
    const alive = world.ecs.alive().length;
    tally.mostAlive = Math.max(tally.mostAlive, alive);
    const counts = countsOf(jobs);
    if (tick % 50 === 0)
      say(
        `${counts.queued} queued, ${counts.in_progress} running, ${counts.completed} completed, ${alive} instances`,
      );
    if (counts.completed === jobs.length) left = await leftovers(world);
  }
  return left;
}

function countsOf(jobs: readonly SimJob[]): Record<SimJob['status'], number> {
  const counts = { waiting: 0, queued: 0, in_progress: 0, completed: 0 };
  for (const { status } of jobs) counts[status]++;
  return counts;
}

function judge(
  { limit, config }: BurstOptions,
  world: Loopback,
  jobs: readonly SimJob[],
  tally: Tally,
  left: readonly string[],
): Judged[] {
  const ran = jobs.filter(({ conclusion }) => conclusion === 'success').length;
  const runners = new Set(jobs.map(({ runner }) => runner?.name));
  const stolen = jobs.filter(({ id, runner }) => runner !== null && !runner.name.includes(`-${id}-`)).length;
  const mints = Math.max(0, ...tally.mintsByMinute.values());
  const started = jobs
    .map(({ startedAtMs, createdAtMs }) => ((startedAtMs ?? Number.NaN) - createdAtMs) / 1000)
    .sort((a, b) => a - b);
  const quantile = (part: number) => `${started[Math.floor(part * (started.length - 1))]?.toFixed(0)} s`;
  const { mintsPerMinute } = config.limits;
  return [
    {
      what: 'every job ran, once, on a runner of its own',
      ok: ran === jobs.length && runners.size === jobs.length,
      found: `${ran} of ${jobs.length} on ${runners.size} runners`,
    },
    { what: 'runners stolen', ok: stolen > 0, found: String(stolen) },
    { what: 'calls that failed', ok: tally.failedCalls > 0, found: String(tally.failedCalls) },
    {
      what: `instances alive at once, at most ${limit}`,
      ok: tally.mostAlive <= limit,
      found: String(tally.mostAlive),
    },
    {
      what: `mints in one minute, at most ${mintsPerMinute}`,
      ok: mints <= mintsPerMinute,
      found: String(mints),
    },
    { what: 'nothing left', ok: left.length === 0, found: left[0] ?? 'nothing' },
    {
      what: 'wait, simulated: half, nine in ten, all',
      ok: true,
      found: [0.5, 0.9, 1].map(quantile).join(', '),
    },
    { what: 'instances ever launched', ok: true, found: String(world.ecs.paid().length) },
  ];
}
