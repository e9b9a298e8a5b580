/** Runs that an incident brings. */
import type { Strategy } from '../../../simulator/github/runs/plans.ts';
import type { Arrival, PlannedJob } from './arrivals.ts';

export const shortJob = (name: string): PlannedJob => ({
  name,
  labels: ['self-hosted', 'aliyun', 'arm64'],
  durationMs: 60_000,
});

export const arrivalOf = (jobs: readonly PlannedJob[], more: Partial<Arrival> = {}): Arrival => ({
  atMs: 0,
  repository: 'acme/app',
  fate: 'runs',
  jobs,
  ...more,
});

export const matrixOf = (size: number, strategy: Omit<Strategy, 'matrix'>, durationMs = 60_000): Arrival =>
  arrivalOf(
    Array.from({ length: size }, (_, n) => ({
      ...shortJob(`test (${n})`),
      durationMs,
      strategy: { matrix: 'test', ...strategy },
    })),
  );
