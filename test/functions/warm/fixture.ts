/** A deployment with runners that wait, over the whole system. */
import type { SimJob } from '../../../simulator/github/index.ts';
import { openWorld, seedRunnerRelease, type World, type WorldOptions } from '../../world/in-process.ts';

export const MINUTE_MS = 60_000;
export const ARM = ['self-hosted', 'aliyun', 'arm64'];

export async function openWarm(warm: object[], options: WorldOptions = {}): Promise<World> {
  const world = openWorld({
    ...options,
    config: { warm, ...options.config },
    ecs: { interruptions: 0, ...options.ecs },
  });
  await seedRunnerRelease(world);
  return world;
}

export function queue({ github }: World, jobs = 1, plan: object = {}): SimJob[] {
  const plans = Array.from({ length: jobs }, (_, at) => ({
    ...{ name: `build-${at}`, labels: ARM, durationMs: 2 * MINUTE_MS },
    ...plan,
  }));
  return github.jobsOf(github.queueRun({ repository: 'acme/app', jobs: plans })) as SimJob[];
}

export const isOver = (jobs: readonly SimJob[]) => jobs.every(({ status }) => status === 'completed');

/** Online, and without a job. */
export const waitingIn = ({ github }: World) =>
  github.runners().filter(({ isOnline, job }) => isOnline && job === null);

export const isWaiting = (world: World, count: number) => () => waitingIn(world).length === count;

/** Machines that were ever launched. */
export const machines = ({ ecs }: World): number => ecs.calls.get('RunInstances') ?? 0;

export const waitedMs = (jobs: readonly SimJob[]): number[] =>
  jobs.map(({ createdAtMs, startedAtMs }) => (startedAtMs ?? Number.NaN) - createdAtMs);

export const linesOf = ({ lines }: World, event: string) =>
  lines.filter((line) => line.includes(`"event":"${event}"`)).map((line) => JSON.parse(line));
