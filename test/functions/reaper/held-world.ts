/** A run whose jobs GitHub holds back, over the whole system: what it costs, and how long what is ready waits. */
import type { JobPlan, SimJob } from '../../../simulator/github/index.ts';
import type { RunPlan } from '../../../simulator/github/runs/plans.ts';
import { openWorld, START_MS, seedRunnerRelease, type WorldOptions } from '../../world/in-process.ts';

export const MINUTE_MS = 60_000;
export const LABELS = ['self-hosted', 'aliyun', 'arm64'];

export interface Played {
  readonly instances: number;
  /** Of all machines together, from when each was asked for. */
  readonly machineMin: number;
  readonly jobsMin: number;
  /** From when GitHub would have given it out to when it began. */
  readonly longestReadyMin: number;
  readonly tookMin: number;
  readonly alerts: readonly string[];
  readonly conclusions: readonly (string | null)[];
}

/** `atOnce`: how many GitHub lets run; a job is ready when fewer of those before it run. */
export async function play(
  runs: readonly RunPlan[],
  atOnce: number,
  {
    hours = 8,
    wrong = () => undefined,
    before = [],
    ...options
  }: WorldOptions & {
    hours?: number;
    wrong?: (world: ReturnType<typeof openWorld>) => void;
    /** Played to their end first; nothing of them is measured. */
    before?: readonly RunPlan[];
  } = {},
): Promise<Played> {
  const alerts: string[] = [];
  const world = openWorld({
    ecs: { interruptions: 0 },
    ...options,
    post: async (text) => void alerts.push(text),
  });
  await seedRunnerRelease(world);
  await world.pass(20_000);
  const earlier = before.map((plan) => world.github.queueRun(plan));
  const areOver = () =>
    earlier.flatMap((run) => world.github.jobsOf(run)).every(({ status }) => status === 'completed');
  await world.until(areOver, hours * 60 * MINUTE_MS);
  if (earlier.length > 0) await world.pass(15 * MINUTE_MS);
  const queued = runs.map((plan) => world.github.queueRun(plan));
  const atMs = world.clock.nowMs();
  wrong(world);
  const jobs = () => queued.flatMap((run) => world.github.jobsOf(run));
  const isOver = () => jobs().every(({ status }) => status === 'completed');
  await world.until(isOver, hours * 60 * MINUTE_MS);
  const tookMin = (world.clock.nowMs() - atMs) / MINUTE_MS;
  await world.pass(15 * MINUTE_MS);
  world.fc.close();
  const bills = world.ecs.paid().filter(({ startedAtMs }) => startedAtMs >= atMs);
  return {
    instances: bills.length,
    machineMin: sum(
      bills.map(({ startedAtMs, endedAtMs }) => (endedAtMs ?? world.clock.nowMs()) - startedAtMs),
    ),
    jobsMin: sum(
      jobs().map(
        ({ startedAtMs, completedAtMs }) =>
          (completedAtMs ?? START_MS) - (startedAtMs ?? completedAtMs ?? START_MS),
      ),
    ),
    longestReadyMin: Math.max(...readyFor(jobs(), atOnce)) / MINUTE_MS,
    tookMin,
    alerts,
    conclusions: jobs().map(({ conclusion }) => conclusion),
  };
}

const sum = (ms: readonly number[]): number => ms.reduce((all, each) => all + each, 0) / MINUTE_MS;

/** The nth to start could do so as soon as fewer than `atOnce` of those before it ran. */
function readyFor(jobs: readonly SimJob[], atOnce: number): number[] {
  const started = jobs
    .filter(({ startedAtMs }) => startedAtMs !== null)
    .sort((a, b) => (a.startedAtMs ?? 0) - (b.startedAtMs ?? 0));
  return started.map(({ startedAtMs, createdAtMs }, n) => {
    const ends = started
      .slice(0, n)
      .map(({ completedAtMs }) => completedAtMs ?? 0)
      .sort((a, b) => b - a);
    return (startedAtMs ?? 0) - Math.max(createdAtMs, ends[atOnce - 1] ?? 0);
  });
}

export const matrix = (minutes: readonly number[], maxParallel?: number): readonly RunPlan[] => [
  {
    repository: 'acme/app',
    jobs: minutes.map(
      (each, n): JobPlan => ({
        name: `test (${n})`,
        labels: LABELS,
        durationMs: each * MINUTE_MS,
        strategy: { matrix: 'test', ...(maxParallel === undefined ? {} : { maxParallel }) },
      }),
    ),
  },
];
