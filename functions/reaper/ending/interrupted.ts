/** Takes note of a job that the spot market interrupted, so that a sweep runs it again. */
import { amend } from '../../../shared/ledger/amend.ts';
import type { RerunEntry, RunnerEntry, TrailLine } from '../../../shared/ledger/entries.ts';
import type { Job, JobId } from '../../../shared/nouns.ts';
import type { ReaperWorld } from '../world.ts';

/** Pure: what the story of its job says. */
export const interruptionLine = ({ name }: RunnerEntry, atMs: number): TrailLine => ({
  atMs,
  text: `the spot market takes the machine of ${name} back`,
});

export async function noteInterrupted(job: Job, { ledger, clock, config, log }: ReaperWorld): Promise<void> {
  if (!config.spot.rerun) return;
  const { runId, repository, installationId, runAttempt: attempt } = job;
  const fresh: RerunEntry = {
    runId,
    repository,
    installationId,
    attempt,
    interrupted: [job.id],
    noticedAtMs: { [job.id]: clock.nowMs() },
    asked: false,
    createdAtMs: clock.nowMs(),
  };
  log('job.interrupted', { job: job.id, run: runId, attempt });
  if ((await ledger.reruns.add(runId, fresh)) !== null) return;
  await amend(ledger.reruns, runId, (entry) => withJob(entry, fresh, job.id));
}

/** Pure. A later attempt replaces an earlier one. */
function withJob(entry: RerunEntry, fresh: RerunEntry, job: JobId): RerunEntry | undefined {
  if (entry.attempt < fresh.attempt) return fresh;
  if (entry.attempt > fresh.attempt || entry.interrupted.includes(job)) return undefined;
  const noticedAtMs = { ...entry.noticedAtMs, ...fresh.noticedAtMs };
  return { ...entry, interrupted: [...entry.interrupted, job], noticedAtMs };
}
