/** What is written when a job has a runner without a launch. */
import { amend, mergeTrail } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { RETRY_MS } from '../../../shared/limits.ts';
import type { LauncherWorld, Outcome } from '../world.ts';

/** Its machine is started: that is written whatever others wrote meanwhile; then its job is told. */
export async function settle(
  job: Held<JobEntry>,
  { entry, rev }: Held<RunnerEntry>,
  world: LauncherWorld,
): Promise<Outcome> {
  const atMs = world.clock.nowMs();
  const line = { atMs, text: `${entry.name} was started: ${entry.instanceId}` };
  const written = await amend(world.ledger.runners, entry.name, (now) => started(now, line), { entry, rev });
  if (written === null) return { kind: 'unknown', because: 'its entry is gone' };
  if (written.entry.isUnwanted || written.entry.state === 'retiring') return { kind: 'unwanted' };
  return tellJob(job, written.entry, world);
}

/** Pure. A state that another wrote meanwhile holds. */
function started(entry: RunnerEntry, line: RunnerEntry['trail'][number]): RunnerEntry {
  const trail = mergeTrail(...entry.trail, line);
  const next = { ...entry, standby: null, startedAtMs: line.atMs, trail };
  return entry.state === 'launching' ? { ...next, state: 'booting', stateAtMs: line.atMs } : next;
}

/** Looked at again soon: should the runner be gone, nobody else tells. */
export async function tellJob(
  { entry: { job, launches } }: Held<JobEntry>,
  runner: RunnerEntry,
  { ledger, clock, log }: LauncherWorld,
): Promise<Outcome> {
  const atMs = clock.nowMs();
  const how = runner.startedAtMs === undefined ? 'waited for a job' : 'stood stopped';
  const because = `the runner ${runner.name}, which ${how}, is for it`;
  await amend(ledger.jobs, job.id, (entry) =>
    entry.startedOn !== null || entry.launches !== launches
      ? undefined
      : {
          ...entry,
          ...{ took: runner.name, because, nextTryAtMs: atMs + RETRY_MS },
          trail: mergeTrail(...entry.trail, { atMs, text: because }),
        },
  );
  log('launch.warm', { job: job.id, runner: runner.name, state: runner.state });
  return { kind: 'warm', runner: runner.name };
}
