/** Runs of a simulated GitHub, and what is told on their commits. */
import type { Fault, JobPlan, SimRun } from '../../../../../simulator/github/index.ts';
import { MINUTE_MS, OURS, open } from '../../../../cli/explain/fixture.ts';
import type { World, WorldOptions } from '../../../../world/in-process.ts';

export const POST = 'POST /repos/{owner}/{repo}/check-runs';
export const PATCH = 'PATCH /repos/{owner}/{repo}/check-runs/{id}';
export const FIND = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
export const ONE = { config: { limits: { runners: 1 } } };

export const plan = (name: string, labels = OURS, minutes = 5): JobPlan => ({
  ...{ name, labels: labels.split(' '), durationMs: minutes * MINUTE_MS },
});
export const queueRun = ({ github }: World, jobs: readonly JobPlan[], more = {}): SimRun =>
  github.queueRun({ repository: 'acme/app', jobs, ...more });
export const callsOf = ({ github }: World, route: string): number => github.calls.get(route) ?? 0;
export const writes = (world: World): number => callsOf(world, POST) + callsOf(world, PATCH);
export const titles = ({ github }: World) => github.checkRuns().map(({ output }) => output.title);
export const rowOf = ({ github }: World, job: string): string => {
  const rows = github.checkRuns().flatMap(({ output }) => output.summary?.split('\n') ?? []);
  return rows.find((row) => row.startsWith(`| [${job}]`)) ?? '';
};

export async function opened<Result>(
  options: WorldOptions,
  play: (world: World) => Promise<Result>,
): Promise<Result> {
  const world = await open(options);
  try {
    return await play(world);
  } finally {
    world.fc.close();
  }
}

/** The first calls to check runs by this method go wrong so. */
export function failing(method: string, faults: Fault[]) {
  return {
    faults: (asked: string, path: string): Fault | null =>
      asked === method && path.includes('/check-runs') ? (faults.shift() ?? null) : null,
  };
}
