import type { RerunEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { LEDGER_SCAN_MAX, RERUN_KEPT_MS, RERUN_TRIES_MS } from '../../../shared/limits.ts';
import { targetOf } from '../../../shared/names.ts';
import type { JobId, JobRecord, Target } from '../../../shared/nouns.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';

export type RerunDecision =
  | { readonly kind: 'wait' }
  | { readonly kind: 'all-failed' }
  | { readonly kind: 'one'; readonly job: JobId }
  | { readonly kind: 'leave'; readonly because: string };

/** Pure. `jobs`: those of the run's attempt. A job that failed by itself is never run again because of us. */
export function decideRerun(
  entry: RerunEntry,
  run: { attempt: number; status: string } | null,
  jobs: readonly JobRecord[],
): RerunDecision {
  if (run === null) return { kind: 'leave', because: 'GitHub does not know the run any more' };
  if (run.attempt !== entry.attempt) return { kind: 'leave', because: 'the run has a later attempt' };
  if (run.status !== 'completed') return { kind: 'wait' };
  const failed = jobs.filter(
    ({ conclusion }) => conclusion === 'failure' || conclusion === 'cancelled' || conclusion === 'timed_out',
  );
  const ours = failed.filter(({ job }) => entry.interrupted.includes(job.id));
  const [first] = ours;
  if (first === undefined) return { kind: 'leave', because: 'no interrupted job failed' };
  if (ours.length === failed.length) return { kind: 'all-failed' };
  if (ours.length === 1) return { kind: 'one', job: first.job.id };
  return { kind: 'leave', because: 'other jobs failed by themselves, and more than one was interrupted' };
}

/** How many runs are noted. One that cannot be asked for keeps nobody else's from being so. */
export async function rerunInterrupted(deadlineMs: number, world: ReaperWorld): Promise<number> {
  const { things } = await world.ledger.reruns.list(LEDGER_SCAN_MAX);
  const failures: string[] = [];
  await untilDeadline(things, deadlineMs, world.clock, async (held) => {
    await rerunOne(held, world).catch((error: Error) => failures.push(error.message));
  });
  if (failures.length > 0) throw new Error(`${failures.length} runs could not be decided: ${failures[0]}`);
  return things.length;
}

/** GitHub counts attempts, so asking again after a crash is seen: the run has moved on. */
async function rerunOne(held: Held<RerunEntry>, world: ReaperWorld): Promise<void> {
  const { ledger, github, clock, config, log } = world;
  const { entry } = held;
  const { runId, repository } = entry;
  if (entry.asked) {
    if (clock.nowMs() - entry.createdAtMs > RERUN_KEPT_MS) await ledger.reruns.remove(runId, held);
    return;
  }
  const target = targetOf(entry, config);
  const run = await github.run(target, repository, runId);
  const jobs =
    run?.status === 'completed'
      ? await github.jobsOfRun(target, repository, runId)
      : { things: [], complete: true };
  const decision = jobs.complete ? decideRerun(entry, run, jobs.things) : ({ kind: 'wait' } as const);
  if (decision.kind === 'wait') return;
  const because = decision.kind === 'leave' ? decision.because : '';
  const outcome = await askRerun(decision, target, entry, world);
  log('rerun.decided', { run: runId, attempt: entry.attempt, decision: decision.kind, outcome, because });
  if (outcome === 'refused' && clock.nowMs() - entry.createdAtMs < RERUN_TRIES_MS) return;
  await ledger.reruns.replace(runId, held, { ...entry, asked: true });
}

function askRerun(
  decision: RerunDecision,
  target: Target,
  { repository, runId }: RerunEntry,
  { github }: ReaperWorld,
): Promise<'asked' | 'refused'> | 'left' {
  if (decision.kind === 'all-failed') return github.rerunFailedJobs(target, repository, runId);
  if (decision.kind === 'one') return github.rerunJob(target, repository, decision.job);
  return 'left';
}
