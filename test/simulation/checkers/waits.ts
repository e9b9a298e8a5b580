/** How long jobs wait, by percentile: where there is room for all of them at once, for a boot and no longer. */
import { MATRIX_FIRST } from '../../../shared/job/limits.ts';
import { matrixOf } from '../../../shared/job/matrix.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import type { Simulation } from '../plan/simulation.ts';
import type { Report } from './truth.ts';

const ALL_MAX_S = 240;
/** Share of the jobs → seconds. A stock image boots in at most 90 s; a runner that another of ours took costs a boot more. */
const WAIT_MAX_S = [
  [0.5, 100],
  [0.9, 150],
  [1, ALL_MAX_S],
] as const;
/** For whom a runner was launched that GitHub gave to a job which we launch nothing for: until its next one is online. */
const ROBBED_S = 100;
/** The rest of a matrix that was never seen follows as the last of its first few begins (docs/decisions/held-jobs.md). */
const BOOT_S = 90;

/** Only where nothing is sold out, taken back or kept from us. */
export function checkWaits({ world, runs, plan }: Simulation, report: Report): void {
  const jobs = runs
    .filter(({ arrival }) => arrival.fate === 'runs')
    .flatMap(({ run }) => world.github.jobsOf(run));
  const { runners, mintsPerMinute, runnersPerRepository } = plan.config.limits;
  // What waits for jobs to come has slots, too: to take one back costs a sweep or two.
  const room = runners - plan.wide.hot - plan.wide.stopped;
  const isRoomy = jobs.length <= Math.min(room, runnersPerRepository ?? runners, mintsPerMinute / 2);
  const isPlain = jobs.every(({ plan: { needs, environmentGate, labels } }) => {
    const isBounded = labels.includes('big') || labels.includes('kernel');
    return needs === undefined && environmentGate !== true && !isBounded;
  });
  if (!isRoomy || !isPlain || jobs.length === 0) return;
  const robberies = robberiesOf(runs, world);
  // Each may have been one of the first, for whose next runner the rest waits.
  const restS = BOOT_S + robberies * ROBBED_S;
  const rest = restOfMatrices(jobs);
  const waitedS = jobs
    .flatMap((job) => {
      if (job.startedAtMs === null) return [];
      const seconds = (job.startedAtMs - job.createdAtMs) / 1000;
      return rest.has(job) ? Math.max(0, seconds - restS) : seconds;
    })
    .sort((a, b) => a - b);
  const unharmed = waitedS.slice(0, Math.max(0, waitedS.length - robberies));
  check(unharmed, WAIT_MAX_S, report);
  if (robberies > 0) check(waitedS, [[1, ALL_MAX_S + robberies * ROBBED_S]], report);
}

/** Of the first run of each matrix, all but those that began first. */
function restOfMatrices(jobs: readonly SimJob[]): ReadonlySet<SimJob> {
  const begunAtMs = (job: SimJob) => job.startedAtMs ?? Number.POSITIVE_INFINITY;
  const isSame = (a: SimJob, b: SimJob) =>
    a.run.repository === b.run.repository && matrixOf(a.plan) === matrixOf(b.plan);
  return new Set(
    jobs.filter((job) => {
      const all = jobs.filter((each) => isSame(each, job));
      const isFirstRun = all.every(({ run }) => run.createdAtMs >= job.run.createdAtMs);
      const before = all.filter((each) => each.run === job.run && begunAtMs(each) < begunAtMs(job));
      return matrixOf(job.plan) !== null && isFirstRun && before.length >= MATRIX_FIRST;
    }),
  );
}

/** Jobs that we launch nothing for, and that had a runner of ours: each made one of ours wait for another, we do not know which. */
function robberiesOf(runs: Simulation['runs'], { github }: Simulation['world']): number {
  const theirs = runs
    .filter(({ arrival }) => arrival.fate !== 'runs')
    .flatMap(({ run }) => github.jobsOf(run));
  return theirs.filter(({ runner }) => runner?.name.startsWith('ci-runner-')).length;
}

function check(
  waitedS: readonly number[],
  bounds: readonly (readonly [share: number, maxS: number])[],
  report: Report,
): void {
  for (const [share, maxS] of bounds) {
    const seconds = waitedS[Math.ceil((waitedS.length - 1) * share)] ?? 0;
    if (seconds > maxS)
      report(
        'with room for all, jobs wait for a boot and no longer',
        `${share * 100} % of ${waitedS.length} waited up to ${seconds.toFixed(0)} s, at most ${maxS}`,
      );
  }
}
