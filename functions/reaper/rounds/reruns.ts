/** Runs that the spot market interrupted: asked for again when they have ended, once, or told why not. */
import { alertOnce } from '../../../shared/alert-once.ts';
import type { RerunEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import {
  LEDGER_SCAN_MAX,
  OVERDUE_PER_SWEEP_MAX,
  RERUN_KEPT_MS,
  RERUN_TRIES_MS,
} from '../../../shared/limits.ts';
import { targetOf } from '../../../shared/names.ts';
import type { JobRecord } from '../../../shared/nouns.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { decideRerun, type RerunDecision } from './decide-rerun.ts';

/** How many runs are noted. One that cannot be asked for keeps nobody else's from being so. */
export async function rerunInterrupted(deadlineMs: number, world: ReaperWorld): Promise<number> {
  const { things } = await world.ledger.reruns.list(LEDGER_SCAN_MAX);
  const failures: string[] = [];
  await untilDeadline(
    things,
    deadlineMs,
    world.clock,
    async (held) => {
      await rerunOne(held, world).catch((error: Error) => failures.push(error.message));
    },
    ({ entry }) => world.github.mayAsk('proof', targetOf(entry, world.config).owner),
  );
  if (failures.length > 0) throw new Error(`${failures.length} runs could not be decided: ${failures[0]}`);
  return things.length;
}

/** GitHub counts attempts, so asking again after a crash is seen: the run has moved on. */
async function rerunOne(held: Held<RerunEntry>, world: ReaperWorld): Promise<void> {
  const { ledger, clock, log } = world;
  const { entry } = held;
  const { runId } = entry;
  const ageMs = clock.nowMs() - entry.createdAtMs;
  if (entry.asked) {
    if (ageMs > RERUN_KEPT_MS) await ledger.reruns.remove(runId, held);
    return;
  }
  const { decision, jobs } = await decidedInTime(held, world);
  if (decision.kind === 'wait') return;
  const outcome = await askRerun(decision, entry, world);
  const because = outcome === 'refused' ? 'GitHub refused to run it again' : whyLeft(decision);
  log('rerun.decided', {
    ...{ run: runId, attempt: entry.attempt, decision: decision.kind, outcome, because: because ?? '' },
  });
  if (outcome === 'refused' && ageMs < RERUN_TRIES_MS) return;
  if (because !== null) await tell(entry, jobs, because, isLoss(decision, outcome), world);
  await ledger.reruns.replace(runId, held, {
    ...entry,
    asked: true,
    ...(because === null ? {} : { because }),
  });
}

interface Decided {
  readonly decision: RerunDecision;
  readonly jobs: readonly JobRecord[];
  /** GitHub did not list its jobs in full. */
  readonly isCut?: boolean;
}

/** A run that cannot be read, such as one of where the App is no more, is given up after a day of that. */
async function decidedInTime(held: Held<RerunEntry>, world: ReaperWorld): Promise<Decided> {
  const nowMs = world.clock.nowMs();
  const said = await decided(held.entry, world).catch((error: Error) => error);
  const isRead = !(said instanceof Error) && said.isCut !== true;
  const sinceMs = isRead ? null : (held.entry.unreadSinceMs ?? nowMs);
  if (sinceMs !== null && nowMs - sinceMs > RERUN_KEPT_MS)
    return { decision: { kind: 'leave', because: UNREAD, isLoss: true }, jobs: [] };
  if (said instanceof Error || said.decision.kind === 'wait') await noteUnread(held, sinceMs, world);
  if (said instanceof Error) throw said;
  return said;
}

async function noteUnread(
  { entry, rev }: Held<RerunEntry>,
  unreadSinceMs: number | null,
  { ledger }: ReaperWorld,
): Promise<void> {
  if ((entry.unreadSinceMs ?? null) !== unreadSinceMs)
    await ledger.reruns.replace(entry.runId, { entry, rev }, { ...entry, unreadSinceMs });
}

const UNREAD = 'GitHub did not let us read the run for a day';

/** At most four calls: the run, its jobs, and whether there is a newer run, which is asked only before anything is done. */
async function decided(entry: RerunEntry, world: ReaperWorld): Promise<Decided> {
  const { github, config } = world;
  const { runId, repository } = entry;
  const target = targetOf(entry, config);
  const run = await github.run(target, repository, runId);
  if (run?.status !== 'completed') return { decision: decideRerun(entry, run, []), jobs: [] };
  const { things: jobs, complete } = await github.jobsOfRun(target, repository, runId);
  const decision = decideRerun(entry, run, jobs);
  const isAct = decision.kind === 'all-failed' || decision.kind === 'one';
  if (!complete) return { decision: { kind: 'wait' }, jobs, isCut: true };
  if (decision.kind !== 'all-failed' && (await isEndUnheard(entry, jobs, world)))
    return { decision: { kind: 'wait' }, jobs };
  const isSuperseded = isAct && (await github.hasNewerRun(target, repository, run));
  return { decision: isSuperseded ? decideRerun(entry, run, jobs, true) : decision, jobs };
}

/** A job that failed, and whose end we have not taken in yet, may turn out to be interrupted. */
async function isEndUnheard(
  entry: RerunEntry,
  jobs: readonly JobRecord[],
  { ledger, clock }: ReaperWorld,
): Promise<boolean> {
  if (clock.nowMs() - entry.createdAtMs > RERUN_TRIES_MS) return false;
  const others = jobs.filter(
    ({ job, conclusion, runner }) =>
      conclusion !== 'success' && runner !== null && !entry.interrupted.includes(job.id),
  );
  for (const { job } of others.slice(0, OVERDUE_PER_SWEEP_MAX))
    if ((await ledger.jobs.read(job.id)) !== null) return true;
  return false;
}

function askRerun(
  decision: RerunDecision,
  entry: RerunEntry,
  { github, config }: ReaperWorld,
): Promise<'asked' | 'refused'> | 'left' {
  const { repository, runId } = entry;
  const target = targetOf(entry, config);
  if (decision.kind === 'all-failed') return github.rerunFailedJobs(target, repository, runId);
  if (decision.kind === 'one') return github.rerunJob(target, repository, decision.job);
  return 'left';
}

const whyLeft = (decision: RerunDecision): string | null =>
  decision.kind === 'leave' || decision.kind === 'one' ? decision.because : null;

const isLoss = (decision: RerunDecision, outcome: string): boolean =>
  outcome === 'refused' || decision.kind === 'one' || (decision.kind === 'leave' && decision.isLoss);

/** In the story of each job that was interrupted; and to a person, where nobody meant it so. */
async function tell(
  { interrupted, repository, runId }: RerunEntry,
  jobs: readonly JobRecord[],
  because: string,
  isAlert: boolean,
  world: ReaperWorld,
): Promise<void> {
  const line = {
    atMs: world.clock.nowMs(),
    text: `what was interrupted is not all run again because ${because}`,
  };
  for (const { job } of jobs.filter(({ job }) => interrupted.includes(job.id)))
    await world.ledger.history.merge({ job, trail: [line] });
  if (!isAlert) return;
  const text = `The run ${runId} of ${repository} was interrupted by the spot market, and is not all run again because ${because}. Run it again at GitHub if it is still wanted.`;
  await alertOnce(`rerun-${repository}`, text, world);
}
