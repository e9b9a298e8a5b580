/** Each minute: makes cloud, GitHub and ledger agree, then starts what is due. */

import { alertOnce, forgetAlerts, resolveAlert } from '../../shared/alert-once.ts';
import type { CapacityView } from '../../shared/ledger/ledger.ts';
import { REAPER_TIMEOUT_S, SWEEP_FAILURES_MIN, SWEEP_PARTS_MS } from '../../shared/limits.ts';
import { mintPace, mintsMax } from '../../shared/runner/mint-pace.ts';
import { noteSpare } from '../../shared/warm/spare.ts';
import { type Braked, brake } from './brake/brake.ts';
import { reportUnknownCode } from './events/foreign-job.ts';
import { learnWidths } from './events/learn-widths.ts';
import { releaseHeld } from './events/release-held.ts';
import { type Repaired, repair } from './repair/repair.ts';
import { noteBudgets } from './rounds/budget.ts';
import { writeChecks } from './rounds/checks/write-checks.ts';
import { redeliverLost } from './rounds/deliveries.ts';
import { type Started, startDue, startLater } from './rounds/due.ts';
import { tendImages } from './rounds/images/tend.ts';
import { lookForJobs } from './rounds/look.ts';
import { checkBill } from './rounds/money/bill.ts';
import { tendMoney } from './rounds/money/money.ts';
import { tendLimits } from './rounds/quota.ts';
import { recountSlots } from './rounds/recount.ts';
import { checkRelease } from './rounds/release/check-release.ts';
import { rerunInterrupted } from './rounds/reruns.ts';
import { askStock } from './rounds/stock/ask-stock.ts';
import { refillPools } from './rounds/warm/refill.ts';
import { endStopped } from './stop/end-machines.ts';
import { gatherEvidence } from './survey/evidence.ts';
import { type Survey, survey } from './survey/survey.ts';
import { leaseSweep } from './sweep-lease.ts';
import { ledgerOfSweep } from './sweep-ledger.ts';
import type { ReaperWorld } from './world.ts';

/** What one sweep did; also its one log line. */
export interface SweepReport {
  readonly [what: string]: string | number | boolean;
}

export async function sweep(invoked: ReaperWorld): Promise<SweepReport> {
  const world = { ...invoked, ledger: await ledgerOfSweep(invoked.ledger) };
  const lease = await leaseSweep(world);
  if (lease === null) return { skipped: true };
  const failures: string[] = [];
  try {
    return await sweepOnce(failures, world, invoked);
  } catch (error) {
    if (!(error instanceof PartlyFailed)) failures.push(error instanceof Error ? error.message : 'unknown');
    throw error;
  } finally {
    try {
      await tell(failures, lease.failedInARow, world);
    } finally {
      // Or the next sweep waits until it ends by itself.
      await lease.handBack(failures.length === 0 ? null : failures.join('; '));
    }
  }
}

/** A whole sweep takes back what failed ones had raised. */
async function tell(failures: readonly string[], failedInARow: number, world: ReaperWorld): Promise<void> {
  if (failures.length > 0) await alertOfFailures(failedInARow + 1, failures, world);
  else if (failedInARow > 0) await resolveAlert(ALERT, world);
}

class PartlyFailed extends Error {
  constructor(failures: readonly string[]) {
    super(`the sweep failed in part: ${failures.join('; ')}`);
  }
}

const ALERT = 'sweep-fails';

/** A part that would begin later is left to the next sweep: the function's time would end within it, and the lease with nobody. */
const BEGINS_MAX_MS = (REAPER_TIMEOUT_S - 60) * 1000;

/** One failure may be transient; several raise an alert. */
async function alertOfFailures(
  inARow: number,
  failures: readonly string[],
  world: ReaperWorld,
): Promise<void> {
  if (inARow < SWEEP_FAILURES_MIN) return;
  const what = failures[0]?.slice(0, 300) ?? 'unknown';
  await alertOnce(ALERT, `The last ${inARow} sweeps failed, the last one because of this: ${what}`, world);
}

/**
 * The order is by what it costs to be late: repair, then launches, then what GitHub did not tell, then the rest. Each
 * part has its own time, and one that fails does not stop the next; the sweep fails at its end. `anew`: reads the ledger as
 * it is by then, and remembers nothing of it.
 */
async function sweepOnce(failures: string[], world: ReaperWorld, anew: ReaperWorld): Promise<SweepReport> {
  const { clock } = world;
  const [beganMs, callsBefore] = [clock.nowMs(), world.calls?.() ?? {}];
  const part = partsOf(failures, beganMs + BEGINS_MAX_MS, clock);
  const until = (name: keyof typeof SWEEP_PARTS_MS) => clock.nowMs() + SWEEP_PARTS_MS[name];
  let [before, braked, starts] = [null as CapacityView | null, null as Braked | null, null as Started | null];
  const stopped = await part('stopped', async () => {
    before = await world.ledger.capacity.view();
    return endStopped(before, world);
  });
  const seen = await survey(world);
  world.github.leaveRoomFor(mintsToCome(seen, world));
  const evidence = gatherEvidence(until('evidence'), world);
  const repaired = await repair(seen, evidence, until('repair'), world);
  failures.push(...repaired.failures);
  const done = [
    await part('released', () => releaseHeld(begun(seen, repaired), repaired.coming, until('start'), world)),
    await part('widthsLearned', () => learnWidths(seen.jobs, world)),
    await part('limits', () => tendLimits(seen, world)),
    await part('stock', () => askStock(seen, until('stock'), world)),
    await part('started', async () => {
      braked = await brake(seen, repaired, until('brake'), world);
      starts = await startDue(braked, { ...seen, before }, until('start'), world);
      return starts.count;
    }),
    await part('spare', () => noteSpare(repaired.spare, world.ledger, clock.nowMs())),
    await part('warmed', () => refillPools(repaired, seen, braked, world)),
    await part('redelivered', () => redeliverLost(until('redeliver'), world)),
    await part('found', () => lookForJobs(seen, evidence, until('look'), world)),
    await part('codeUnknown', () => reportUnknownCode(seen.jobs, until('code'), world)),
    await part('spendPercent', () => tendMoney(seen, world)),
    await part('reruns', () => rerunInterrupted(until('rerun'), world)),
    await part('slotsDropped', () => recountSlots(seen, world)),
    await part('gitHubLevel', () => noteBudgets(world)),
    await part('release', async () => (await checkRelease(world)).word),
    await part('bill', () => checkBill(world)),
    await part('imagesBuilding', () => tendImages(seen, until('images'), world)),
    await part('market', () => world.refreshMarket(seen.jobs.length > 0 ? 'usual' : 'none', until('market'))),
    await part('checks', () => writeChecks(seen, repaired.uncovered, until('checks'), world)),
  ];
  await part('alerts', () => forgetAlerts(world));
  const tookMs = clock.nowMs() - beganMs;
  const later = await part('startedLater', async () =>
    braked === null || starts === null ? 0 : startLater(braked, starts, seen, beganMs, anew),
  );
  const account = {
    ...{ ...aliveIn(seen), ...Object.fromEntries([stopped]), ...repaired.counts },
    ...Object.fromEntries([...done, later]),
    ...callsSince(callsBefore, world),
    tookMs,
  };
  world.log('sweep.done', account);
  if (failures.length > 0) throw new PartlyFailed(failures);
  return account;
}

/** With the runners of those whose start is not told yet. */
const begun = ({ jobs }: Survey, { spent }: Repaired) => ({
  jobs,
  runners: spent.flatMap(({ held, registration }) => (held !== null && registration?.isBusy ? [held] : [])),
});

/** For each job that waits, and for those that will be queued meanwhile. */
function mintsToCome({ jobs }: Survey, { config }: ReaperWorld): number {
  const pace = mintPace(config);
  const waiting = jobs.filter(({ entry }) => entry.startedOn === null).length;
  return mintsMax(Math.min(pace, waiting + Math.ceil(pace / 4)));
}

function partsOf(failures: string[], latestMs: number, clock: ReaperWorld['clock']) {
  return async (name: string, run: () => Promise<number | string>): Promise<[string, number | string]> => {
    try {
      if (clock.nowMs() > latestMs) throw new Error('the time of this sweep was over');
      return [name, await run()];
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : 'unknown'}`);
      return [name, 'failed'];
    }
  };
}

const aliveIn = ({ jobs, runners, instances }: Survey) => ({
  jobs: jobs.length,
  runners: runners.length,
  instances: instances.length,
});

function callsSince(
  before: Readonly<Record<string, number>>,
  { calls }: ReaperWorld,
): Record<string, number> {
  const now = Object.entries(calls?.() ?? {});
  return Object.fromEntries(now.map(([whose, count]) => [`${whose}Calls`, count - (before[whose] ?? 0)]));
}
