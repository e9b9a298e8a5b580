/** Jobs of one organisation's repositories, over the whole system. */
import type { JobPlan, SimJob } from '../../simulator/github/index.ts';
import { openWorld, seedRunnerRelease, type World, type WorldOptions } from '../world/in-process.ts';

export const MINUTE_MS = 60_000;
export const PLAIN = ['self-hosted', 'aliyun', 'arm64'];

export interface Opened {
  readonly world: World;
  readonly alerts: readonly string[];
}

export async function open(options: WorldOptions = {}): Promise<Opened> {
  const alerts: string[] = [];
  const world = openWorld({
    repositories: ['acme/app', 'acme/other'],
    post: async (text) => void alerts.push(text),
    ...options,
  });
  await seedRunnerRelease(world);
  return { world, alerts };
}

export interface Queued {
  readonly repository?: string;
  readonly fork?: string | null;
  readonly labels?: readonly string[];
  readonly jobs?: number;
  readonly plan?: Partial<JobPlan>;
}

export function queue(
  { github }: World,
  { repository = 'acme/app', fork, labels = PLAIN, jobs = 1, plan = {} }: Queued = {},
) {
  const plans = Array.from({ length: jobs }, (_, at) => ({
    name: `build-${at}`,
    labels,
    durationMs: MINUTE_MS,
    ...plan,
  }));
  const run = github.queueRun({ repository, jobs: plans, ...(fork === undefined ? {} : { fork }) });
  return github.jobsOf(run) as [SimJob, ...SimJob[]];
}

export const isOver = (...jobs: SimJob[]) => jobs.every(({ status }) => status === 'completed');
export const rowOf = async (world: World, { id, createdAtMs }: SimJob) =>
  world.adapters().ledger.history.read(createdAtMs, id as never);
export const securityOf = ({ lines }: World) =>
  lines.filter((line) => line.includes('"event":"security.foreign_job"')).map((line) => JSON.parse(line));
