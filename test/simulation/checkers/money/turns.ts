/** Where slots are free and the hour's money is short: the dear job starts in time, it holds up no cheap one, and a person is told. */
import { TAG } from '../../../../shared/names.ts';
import type { Machine } from '../../../../simulator/ecs/index.ts';
import type { SimJob } from '../../../../simulator/github/index.ts';
import type { Simulation } from '../../plan/simulation.ts';
import { nothingGoesWrong, STARTED_MAX_MS } from '../fairness.ts';
import { ours, type Report, rowsOf, slotsIn, withoutRunner } from '../truth.ts';
import { askedOf } from './spend.ts';

const MINUTE_MS = 60_000;
/** CNY an hour, at most: what a job of the largest profile may cost, one of four cores, and any other. */
const DEAR_MAX = 4.3;
const SMALL_MAX = 0.9;
const USUAL_MAX = 1.7;
const TOLD_MAX_MS = 5 * MINUTE_MS;

interface JobRow {
  readonly because: string;
}

/** The first dear one in line, and what lived when it came to wait. */
interface Dear {
  readonly job: SimJob;
  readonly sinceMs: number;
  readonly lived: Set<string>;
  clearedAtMs: number | null;
}

export function createTurns(report: Report) {
  let isTold = false;
  return {
    log(event: string, fields: Readonly<Record<string, unknown>>): void {
      if (event === 'alert.raised' && String(fields.text).includes('limits.spendPerHour')) isTold = true;
    },
    attach(sim: Simulation): void {
      // A job that waits for its repository's limit waits for no money.
      const isBounded = sim.plan.config.limits.runnersPerRepository !== null;
      if (sim.plan.wide.spendPerHour === null || isBounded || !nothingGoesWrong(sim)) return;
      const seen = { dear: null as Dear | null, heldMs: new Map<number, number>(), shortSinceMs: null };
      const look = () => {
        const waiting = waitingIn(sim);
        seen.dear = dearIn(waiting, seen.dear, sim);
        checkDear(seen.dear, sim, report);
        checkCheap(waiting, seen, sim, report);
        checkTold(seen, isTold, sim, report);
        sim.world.clock.after(MINUTE_MS / 2, look);
      };
      sim.world.clock.after(MINUTE_MS / 2, look);
    },
  };
}

const isDear = ({ plan }: SimJob): boolean => plan.labels.includes('big');

/** The oldest first. */
const waitingIn = (sim: Simulation): SimJob[] =>
  withoutRunner(sim).sort((a, b) => a.createdAtMs - b.createdAtMs);

function dearIn(waiting: readonly SimJob[], before: Dear | null, sim: Simulation): Dear | null {
  const job = waiting.find(isDear);
  if (job === undefined) return null;
  const nowMs = sim.world.clock.nowMs();
  const dear =
    before?.job === job ? before : { job, sinceMs: nowMs, lived: new Set<string>(), clearedAtMs: null };
  const alive = ours(sim);
  // What a sweep had started before it saw the job is launched a little later, and older jobs have their turn before it.
  const isEarly = nowMs - dear.sinceMs <= 2 * MINUTE_MS;
  for (const machine of alive) if (isEarly || isForOlder(machine, job, sim)) dear.lived.add(machine.id);
  // An older job's machine may come a moment after the last one went.
  const isClear = hasFreeSlot(sim) && !alive.some(({ id }) => dear.lived.has(id));
  dear.clearedAtMs = isClear ? (dear.clearedAtMs ?? nowMs) : null;
  return dear;
}

function isForOlder({ tags }: Machine, { createdAtMs, id }: SimJob, { world }: Simulation): boolean {
  const served = world.github.job(Number(tags.get(TAG.job)));
  if (served === undefined) return false;
  return served.createdAtMs < createdAtMs || (served.createdAtMs === createdAtMs && served.id < id);
}

/** Where all are in use a job waits for one of them, and not for money. */
const hasFreeSlot = (sim: Simulation): boolean => slotsIn(sim).length < sim.plan.config.limits.runners;

function checkDear(dear: Dear | null, { world }: Simulation, report: Report): void {
  if (dear === null || dear.clearedAtMs === null) return;
  const waitedMs = world.clock.nowMs() - Math.max(dear.clearedAtMs, dear.sinceMs + 2 * MINUTE_MS);
  if (waitedMs > STARTED_MAX_MS)
    report(
      'a dear job starts when the machines that lived before it have ended',
      `job ${dear.job.id} has waited for ${Math.round(waitedMs / MINUTE_MS)} minutes since`,
    );
}

function checkCheap(
  waiting: readonly SimJob[],
  { dear, heldMs }: { readonly dear: Dear | null; readonly heldMs: Map<number, number> },
  sim: Simulation,
  report: Report,
): void {
  const nowMs = sim.world.clock.nowMs();
  const cheap = waiting.filter((job) => !isDear(job));
  const held = new Set(isMoneyFor(cheap, dear, sim) ? cheap.map(({ id }) => id) : []);
  for (const id of heldMs.keys()) if (!held.has(id)) heldMs.delete(id);
  for (const id of held) {
    const sinceMs = heldMs.get(id) ?? nowMs;
    heldMs.set(id, sinceMs);
    if (nowMs - sinceMs > STARTED_MAX_MS)
      report('while there is money for it a job waits for nobody', `job ${id} has no runner`);
  }
}

/** For all of them, and for the dear one as soon as the others have ended. */
function isMoneyFor(cheap: readonly SimJob[], dear: Dear | null, sim: Simulation): boolean {
  const bound = sim.plan.wide.spendPerHour ?? Number.POSITIVE_INFINITY;
  const costOf = ({ plan }: SimJob) => (plan.labels.includes('4cpu') ? SMALL_MAX : USUAL_MAX);
  const wanted = cheap.reduce((sum, job) => sum + costOf(job), 0);
  const slots = slotsIn(sim);
  if (!hasFreeSlot(sim) || askedOf(slots) + wanted > bound) return false;
  if (dear === null) return true;
  const since = slots.filter(({ atMs }) => atMs > dear.job.createdAtMs);
  return askedOf(since) + wanted <= bound - DEAR_MAX;
}

function checkTold(
  seen: { shortSinceMs: number | null },
  isTold: boolean,
  sim: Simulation,
  report: Report,
): void {
  const nowMs = sim.world.clock.nowMs();
  const isShort = rowsOf<JobRow>(sim, 'job').some(({ because }) =>
    because.includes('limits.spendPerHour allows'),
  );
  seen.shortSinceMs = isShort ? (seen.shortSinceMs ?? nowMs) : null;
  if (!isTold && seen.shortSinceMs !== null && nowMs - seen.shortSinceMs > TOLD_MAX_MS)
    report('a person is told that jobs wait for money', 'nobody was told for five minutes');
}
