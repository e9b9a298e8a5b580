/** Each minute: makes cloud, GitHub and ledger agree, then starts what is due. */
import { trailOf } from '../../shared/amend.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import { SWEEP_ACTS_MAX, SWEEP_BUDGET_MS, SWEEP_PARALLEL_MAX } from '../../shared/limits.ts';
import { act } from './act.ts';
import { redeliverLost } from './deliveries.ts';
import { diagnose, isUsable } from './diagnose.ts';
import { startDue } from './due.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import { lookForJobs } from './look.ts';
import { type Matching, match } from './match.ts';
import { type Observation, observe } from './observe.ts';
import { recountSlots } from './recount.ts';
import { checkRelease } from './release.ts';
import { rerunInterrupted } from './reruns.ts';
import { type Survey, survey } from './survey.ts';
import { leaseSweep } from './sweep-lease.ts';
import type { Seen, Verdict } from './verdict.ts';
import type { ReaperWorld } from './world.ts';

/** What one sweep did; also its one log line. */
export interface Account {
  readonly [what: string]: string | number | boolean;
}

/**
 * The order is by what it costs to be late: repair, then launches, then what GitHub did not tell, then the
 * rest. Each part has its bound, and a part that fails does not stop the next; the sweep fails at its end.
 */
export async function sweep(world: ReaperWorld): Promise<Account> {
  const lease = await leaseSweep(world);
  if (lease === null) return { skipped: true };
  const beganMs = world.clock.nowMs();
  const failures: string[] = [];
  const part = async (
    name: string,
    run: () => Promise<number | string>,
  ): Promise<[string, number | string]> => {
    try {
      return [name, await run()];
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : 'unknown'}`);
      return [name, 'failed'];
    }
  };
  try {
    const seen = await survey(world);
    const evidence = gatherEvidence(world);
    const { uncovered, counts } = await repair(seen, evidence, failures, world);
    const done = [
      await part('started', () => startDue(uncovered, world)),
      await part('redelivered', () => redeliverLost(world)),
      await part('found', () => lookForJobs(seen, evidence, world)),
      await part('reruns', () => rerunInterrupted(world)),
      await part('slotsDropped', () => recountSlots(seen, world)),
      await part('release', () => checkRelease(world)),
      await part('market', () => world.refreshMarket(seen.jobs.length > 0, beganMs + SWEEP_BUDGET_MS)),
    ];
    const alive = { jobs: seen.jobs.length, runners: seen.runners.length, instances: seen.instances.length };
    const account = {
      ...alive,
      ...counts,
      ...Object.fromEntries(done),
      tookMs: world.clock.nowMs() - beganMs,
    };
    world.log('sweep.done', account);
    if (failures.length > 0) throw new Error(`the sweep failed in part: ${failures.join('; ')}`);
    return account;
  } finally {
    await lease.handBack();
  }
}

async function repair(seen: Survey, evidence: Evidence, failures: string[], world: ReaperWorld) {
  const { atMs: surveyAtMs, instancesComplete, registrationsComplete } = seen;
  const moment: Seen = { nowMs: world.clock.nowMs(), surveyAtMs, instancesComplete, registrationsComplete };
  const observations = observe(seen, world.config.name);
  const usable = observations.flatMap((each) =>
    each.held !== null && isUsable(moment, each) ? [each.held] : [],
  );
  const matching = match(seen.jobs, usable, world.config.github.scope === 'repository');
  const diagnosed = observations
    .map((each) => ({ ...each, waiting: matching.wanted.get(each.name) ?? null }))
    .map((observation) => ({ observation, verdict: diagnose(moment, observation) }));
  await movePointers(matching, world);

  const wanted = diagnosed.filter(({ verdict }) => verdict.kind !== 'keep').slice(0, SWEEP_ACTS_MAX);
  await inParallel(wanted, SWEEP_PARALLEL_MAX, async (each) => {
    const failure = await actOne(each, evidence, world);
    if (failure !== null) failures.push(failure);
  });
  return { uncovered: matching.uncovered, counts: countsOf(diagnosed.map(({ verdict }) => verdict)) };
}

async function movePointers({ moves }: Matching, { ledger, clock, log }: ReaperWorld): Promise<void> {
  for (const { runner, job } of moves) {
    const { entry } = runner;
    const told = { atMs: clock.nowMs(), text: `${entry.name} had no job any more: it is for ${job} now` };
    const trail = trailOf(...entry.trail, told);
    const moved = await ledger.runners.replace(entry.name, runner, { ...entry, for: job, trail });
    log('job.matched', { job, runner: runner.entry.name, moved: moved !== null });
  }
}

/** Null: done. One failure does not stop the rest. */
async function actOne(
  { observation, verdict }: { observation: Observation; verdict: Verdict },
  evidence: Evidence,
  world: ReaperWorld,
): Promise<string | null> {
  const { name } = observation;
  try {
    await act(observation, verdict, evidence, world);
    world.log('reap.acted', { runner: name, verdict: verdict.kind, because: verdict.because });
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    world.log('reap.failed', {
      runner: name,
      verdict: verdict.kind,
      because: verdict.because,
      error: reason,
    });
    return `${verdict.kind} of ${name}: ${reason}`;
  }
}

function countsOf(verdicts: readonly Verdict[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of verdicts) counts[kind] = (counts[kind] ?? 0) + 1;
  return {
    ...counts,
    leftOver: Math.max(0, verdicts.filter(({ kind }) => kind !== 'keep').length - SWEEP_ACTS_MAX),
  };
}
