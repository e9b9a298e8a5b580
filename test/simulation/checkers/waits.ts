/** How long jobs wait, by percentile: where there is room for all of them at once, for a boot and no longer. */
import type { Simulation } from '../plan/simulation.ts';
import type { Report } from './truth.ts';

/** Share of the jobs → seconds. A stock image boots in at most 90 s; a runner that another job took costs a boot more. */
const WAIT_MAX_S = [
  [0.5, 100],
  [0.9, 150],
  [1, 240],
] as const;

/** Only where nothing is sold out, taken back or kept from us. */
export function checkWaits({ world, runs, plan }: Simulation, report: Report): void {
  const jobs = runs
    .filter(({ arrival }) => arrival.fate === 'runs')
    .flatMap(({ run }) => world.github.jobsOf(run));
  const { runners, mintsPerMinute, runnersPerRepository } = plan.config.limits;
  const isRoomy = jobs.length <= Math.min(runners, runnersPerRepository ?? runners, mintsPerMinute / 2);
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
  for (const [share, maxS] of WAIT_MAX_S) {
    const seconds = waitedS[Math.ceil((waitedS.length - 1) * share)] ?? 0;
    if (seconds > maxS)
      report(
        'with room for all, jobs wait for a boot and no longer',
        `${share * 100} % of ${jobs.length} waited up to ${seconds.toFixed(0)} s, at most ${maxS}`,
      );
  }
}
