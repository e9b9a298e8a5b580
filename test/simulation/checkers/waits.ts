/** How long jobs wait, by percentile: where there is room for all of them at once, for a boot and no longer. */
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
  const waitedS = jobs
    .flatMap(({ createdAtMs, startedAtMs }) =>
      startedAtMs === null ? [] : (startedAtMs - createdAtMs) / 1000,
    )
    .sort((a, b) => a - b);
  const robberies = robberiesOf(runs, world);
  const unharmed = waitedS.slice(0, Math.max(0, waitedS.length - robberies));
  check(unharmed, WAIT_MAX_S, report);
  if (robberies > 0) check(waitedS, [[1, ALL_MAX_S + robberies * ROBBED_S]], report);
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
