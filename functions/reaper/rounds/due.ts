/** Starts the jobs whose turn has come, as far as slots and mints go. */
import { LATER_PAUSE_MS, LATER_STARTS_MS } from '../../../shared/github-limits.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView, Held, Waiting } from '../../../shared/ledger/ledger.ts';
import { isStopped } from '../../../shared/ledger/stop.ts';
import { LEDGER_SCAN_MAX, SWEEP_PARTS_MS } from '../../../shared/limits.ts';
import { TAG } from '../../../shared/names.ts';
import type { JobId, RunnerName } from '../../../shared/nouns.ts';
import { isStandingBy } from '../../../shared/warm/standby.ts';
import type { Braked } from '../brake/brake.ts';
import { isAway } from '../looks.ts';
import { isKeptByTag } from '../own-instance.ts';
import { isInLine } from '../own-limits.ts';
import { closeEnded } from '../repair/close.ts';
import { foundIn, type Scarce, scarceIn } from '../scarce.ts';
import { match } from '../survey/match.ts';
import type { Survey } from '../survey/survey.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { byAge } from './in-turns.ts';
import { type Found, tellOfLate } from './late.ts';
import { withoutEnded } from './lost.ts';
import { type Plan, planStarts } from './plan.ts';
import { admit } from './quota.ts';

export interface Started {
  readonly count: number;
  /** Some wait for nothing but GitHub's pace, or for what becomes of the first of their like. */
  readonly isPaced: boolean;
  /** Some wait for what machines of ours have: a slot, a limit of their own, money, a quota. */
  readonly isWaiting: boolean;
  readonly atMs: number;
  /** Of this sweep, with the lots before. */
  readonly started: readonly Held<JobEntry>[];
  /** What becomes of those who try it is known later: until one finds something, all lots of a sweep go by it. */
  readonly scarce: Scarce;
}

export async function startDue(
  braked: Braked,
  found: Found,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<Started> {
  const view = await world.ledger.capacity.view();
  const going = goingOf(braked, view, world);
  // Launches that are held back are told of as such.
  if (braked.because === null) await tellOfLate(going, found, world);
  return start(going, view, braked, { started: [], scarce: new Set() }, deadlineMs, world);
}

type Uncovered = Pick<Braked, 'uncovered'>;
function goingOf({ uncovered }: Uncovered, { stop }: CapacityView, { looks, clock }: ReaperWorld) {
  const nowMs = clock.nowMs();
  const isNone = (repository: string) => isStopped(stop, repository) || isAway(looks, repository, nowMs);
  return uncovered.filter(({ entry }) => !isNone(entry.job.repository));
}

async function start(
  going: readonly Held<JobEntry>[],
  view: CapacityView,
  { mayStart, because }: Braked,
  before: Pick<Started, 'started' | 'scarce'>,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<Started> {
  const { ledger, queue, clock, config, log } = world;
  const nowMs = clock.nowMs();
  const { jobs: admitted, within } = await admit(going, world);
  const scarce = new Set([...before.scarce, ...scarceIn(going, nowMs, config)]);
  const order = because === null ? byAge : byYouth;
  const terms = { ...before, order, scarce };
  const startsOf = (some: typeof going) => planStarts(some, view, config, nowMs, terms).start;
  const jobs = await withoutEnded(admitted, startsOf, (nowMs + deadlineMs) / 2, world);
  const plan = planStarts(jobs, view, config, nowMs, { ...terms, mayStart });
  const { reserved } = plan;
  await ledger.capacity.setWaiting(waitingIn(plan, because, nowMs));
  const left = await untilDeadline(plan.start, deadlineMs, clock, async ({ entry, rev }) => {
    try {
      // While money is reserved, what nobody knows the cost of goes to the line to learn it.
      const hasTurn = reserved === null || entry.cost != null;
      const turn = { hasTurn, within: within.get(entry.job.id) };
      await queue.launch({ kind: 'due', job: entry.job, rev, ...turn });
      log('job.due', { job: entry.job.id, because: entry.because });
    } catch (error) {
      // It stays due: the next sweep asks again.
      log('job.due_failed', { job: entry.job.id, error: error instanceof Error ? error.message : 'unknown' });
    }
  });
  const count = plan.start.length - (left?.count ?? 0);
  const isPaced = plan.isPaced || (because === null && plan.isProbing);
  const isWaiting = because === null && view.total > 0 && isAnyLeft(going, plan, within, nowMs);
  return { count, isPaced, isWaiting, atMs: nowMs, started: [...before.started, ...plan.start], scarce };
}

/** Pure. Who waits for a quota is ranked again now and then: only with room of its own it is on its way. */
function isAnyLeft(
  going: readonly Held<JobEntry>[],
  { start }: Plan,
  within: ReadonlyMap<JobId, string>,
  nowMs: number,
): boolean {
  const given = new Set(start.map(({ entry }) => entry.job.id));
  return going.some(({ entry }) => {
    if (entry.nextTryAtMs > nowMs) return false;
    return entry.quota ? !within.has(entry.job.id) : isInLine(entry) && !given.has(entry.job.id);
  });
}

/**
 * GitHub's minute has room again before the next sweep, and machines end: who waits for nothing else is started then. Who
 * waits too long was told of. `beganMs`: the sweep did, which saw `seen`.
 */
export async function startLater(
  braked: Braked,
  first: Started,
  seen: Seen,
  beganMs: number,
  world: ReaperWorld,
): Promise<number> {
  const { clock, pause, ledger } = world;
  const atWork = atWorkIn(seen);
  const untilMs = beganMs + LATER_STARTS_MS;
  let count = 0;
  for (let last = first; last.isPaced || last.isWaiting; count += last.count) {
    const waitMs = Math.max(0, last.atMs + LATER_PAUSE_MS - clock.nowMs());
    if (clock.nowMs() + waitMs > untilMs) return count;
    await pause(waitMs);
    const atMs = clock.nowMs();
    const { things: runners } = await ledger.runners.list(LEDGER_SCAN_MAX);
    const closed = await closeEnded(runners, atWork, untilMs, world);
    if (!last.isPaced && closed.size === 0) {
      last = { ...last, count: 0, atMs };
      continue;
    }
    const left = runners.filter(({ entry }) => !closed.has(entry.name));
    const [uncovered, view] = await Promise.all([uncoveredNow(left, seen, world), ledger.capacity.view()]);
    // Whatever hung before.
    const deadlineMs = Math.min(clock.nowMs(), untilMs) + SWEEP_PARTS_MS.start;
    const found = foundIn(left, first.atMs);
    const before = { ...last, scarce: new Set([...last.scarce].filter((key) => !found.has(key))) };
    last = await start(goingOf({ uncovered }, view, world), view, braked, before, deadlineMs, world);
  }
  return count;
}

type Seen = Pick<Survey, 'runners' | 'instances' | 'atMs'>;

/** Runners with a job, on machines that no person's tag keeps. Where the sweep saw none, a look-up without it is no second proof. */
function atWorkIn({ runners, instances }: Seen): ReadonlySet<RunnerName> {
  const machines = new Set<string | null>(instances.flatMap((each) => (isKeptByTag(each) ? [] : [each.id])));
  const isAtWork = ({ state, ran, instanceId }: RunnerEntry) =>
    (state === 'busy' || ran !== null) && machines.has(instanceId);
  return new Set(runners.flatMap(({ entry }) => (isAtWork(entry) ? [entry.name] : [])));
}

/** GitHub gives runners to the oldest, so those without one are others by now. Whose runner came to nothing is the next sweep's to charge. */
async function uncoveredNow(
  runners: readonly Held<RunnerEntry>[],
  seen: Seen,
  { ledger, config }: ReaperWorld,
): Promise<readonly Held<JobEntry>[]> {
  const jobs = await ledger.jobs.list(LEDGER_SCAN_MAX);
  const isComing = comingSince(seen);
  const usable = runners.filter(({ entry }) => isComing(entry));
  const isTakenOff = ({ removedAtMs }: RunnerEntry) => removedAtMs !== null && removedAtMs >= seen.atMs;
  const theirs = new Set(runners.flatMap(({ entry }) => (isTakenOff(entry) ? [entry.for] : [])));
  const { uncovered } = match(jobs.things, usable, config.github.scope === 'repository');
  return uncovered.filter(({ entry }) => !theirs.has(entry.job.id));
}

/**
 * As far as the ledger knows: what came to nothing is the next sweep's to find out. A launch whose lease has ended since the last
 * one looked, too: it may have a machine.
 */
function comingSince({ atMs, instances }: Seen): (entry: RunnerEntry) => boolean {
  const there = new Set(instances.map(({ tags }) => tags[TAG.name]));
  const isLaunch = ({ name, leaseUntilMs }: RunnerEntry) => leaseUntilMs >= atMs || there.has(name);
  return (entry) =>
    (entry.state === 'launching' ? isLaunch(entry) : isWaiting(entry)) &&
    !entry.isUnwanted &&
    entry.removedAtMs === null &&
    !isStandingBy(entry);
}

const isWaiting = ({ state }: RunnerEntry): boolean => state === 'booting' || state === 'idle';

/** While launches are held back: the oldest are those that GitHub lost, where it did; the youngest has just been heard of. */
const byYouth: typeof byAge = (a, b) => byAge(b, a);

/** Pure. Null: whoever comes is served. */
function waitingIn({ line, reserved }: Plan, because: string | null, nowMs: number): Waiting | null {
  if (line.length === 0 && because === null && reserved === null) return null;
  const sinceMs = Math.min(nowMs, ...line.map(({ entry }) => entry.job.createdAtMs));
  const isBraked = because !== null;
  return { sinceMs, because: because ?? 'other jobs wait for the same slot', reserved, isBraked };
}
