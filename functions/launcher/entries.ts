/** The first form of each entry: pure. */
import { mergeTrail } from '../../shared/ledger/amend.ts';
import { BLANK_RUNNER } from '../../shared/ledger/blank-runner.ts';
import type { JobEntry, Obstacle, RunnerEntry } from '../../shared/ledger/entries.ts';
import { LEASE_MS } from '../../shared/limits.ts';
import { registeredAt } from '../../shared/names.ts';
import type { Job, Requirements, RunnerName } from '../../shared/nouns.ts';
import type { LauncherWorld } from './world.ts';

export function newJobEntry(job: Job, delivery: string, nowMs: number): JobEntry {
  return {
    job,
    nextTryAtMs: nowMs + LEASE_MS,
    because: 'its runner is being launched',
    launches: 1,
    firstTryAtMs: nowMs,
    offSpot: false,
    startedOn: null,
    startedAtMs: null,
    trail: [{ atMs: nowMs, text: heardBy(delivery) }],
  };
}

export const heardBy = (delivery: string): string => `was heard of by the delivery ${delivery}`;

/** What stays in its way when the last try met nothing else: a runner that came to nothing is not forgotten. */
export const lastingObstacle = ({ wasted = 0 }: JobEntry): Obstacle | null => (wasted > 0 ? 'waste' : null);

export function newRunnerEntry(
  name: RunnerName,
  job: Job,
  requirements: Requirements,
  config: LauncherWorld['config'],
  nowMs: number,
): RunnerEntry {
  return {
    ...BLANK_RUNNER,
    name,
    state: 'launching',
    for: job.id,
    repository: job.repository,
    repositoryId: job.repositoryId,
    installationId: job.installationId,
    registeredAt: registeredAt(config),
    ...(job.isPublic ? { isPublic: true } : {}),
    labels: job.labels,
    profile: requirements.profile,
    diskGiB: requirements.diskGiB,
    createdAtMs: nowMs,
    stateAtMs: nowMs,
    leaseUntilMs: nowMs + LEASE_MS,
  };
}

/**
 * An instance was made for the launch. A state that another wrote meanwhile holds. One that is unwanted by now boots
 * too: its registration may be taking a job, so the sweep retires it on evidence, as any other.
 */
export function bootedEntry(
  entry: RunnerEntry,
  known: Pick<RunnerEntry, 'instanceId' | 'image' | 'region' | 'candidate' | 'releaseAtMs' | 'trail'>,
  atMs: number,
): RunnerEntry {
  const next = { ...entry, ...known, walks: null, trail: mergeTrail(...entry.trail, ...known.trail) };
  if (entry.state !== 'launching') return next;
  return { ...next, state: 'booting', stateAtMs: atMs };
}
