/** Plans with one thing wrong, for tests that want to see just that. */
import type { PlannedJob } from './arrivals.ts';
import { NARROW, type Plan } from './plan.ts';

const MINUTE_MS = 60_000;
export const ARM = ['self-hosted', 'aliyun', 'arm64'];

/** A job each two minutes for `minutes`, and nothing wrong but what `more` says. */
export function calmPlan(minutes: number, more: Partial<Plan> = {}): Plan {
  const arrivals = Array.from({ length: Math.floor(minutes / 2) }, (_, n) => ({
    atMs: n * 2 * MINUTE_MS + 30_000,
    repository: n % 2 === 0 ? 'acme/app' : 'acme/lib',
    fate: 'runs' as const,
    jobs: [oneJob('build')],
  }));
  return {
    seed: 42,
    faultMs: minutes * MINUTE_MS,
    config: {
      limits: { runners: 20, mintsPerMinute: 120, lifetime: '90m', runnersPerRepository: null },
      github: { scope: 'organization', polling: false },
      spot: { duration: 1, patience: '5m', onDemandFallback: true },
    },
    rates: {},
    arrivals,
    incidents: [],
    wide: NARROW,
    world: { soldOut: 0, interruptions: 0, listLagMs: 20_000, skewMs: 0, tokenDelayMs: 0 },
    ...more,
  };
}

export const oneJob = (name: string, durationMs = 3 * MINUTE_MS): PlannedJob => ({
  name,
  labels: ARM,
  durationMs,
});
