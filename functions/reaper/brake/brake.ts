/**
 * The one brake: each runner that ended without a job, though its job waits, delays that job's next launch and marks
 * its offering; many of them hold all launches back to a probe. Fed by the outcome, whatever led to it.
 */
import { unavailableKeys } from '../../../shared/advisor/rank.ts';
import { amend } from '../../../shared/ledger/amend.ts';
import type { Ending, JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { parseRunnerRelease } from '../../../shared/runner/release.ts';
import type { Repaired } from '../repair/repair.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';
import { changeJobs, type Now } from './charge-jobs.ts';
import { circumstancesNow } from './circumstances.ts';
import { failedWhileHeld, isOfTheMachine, type Waste, wastesIn, wordsOf } from './endings.ts';
import { withExits } from './exits.ts';
import { groupsOfJobs, heldGateOf } from './held-back.ts';
import {
  badIn,
  heldRunners,
  type InCommon,
  inCommonAfter,
  isNothing,
  lastOfEach,
  letGoIn,
  NOTHING_IN_COMMON,
} from './in-common.ts';
import { UNAVAILABLE_WASTED_MS } from './limits.ts';
import { type Mark, markOf, successesIn } from './mark.ts';
import {
  forgottenIn,
  gateOf,
  lastSuccessMs,
  NO_STREAK,
  parseStreak,
  STREAK_NOTE,
  type Streak,
  streakAfter,
} from './streak.ts';
import { tellOfBrake, tellOfHeld } from './tell.ts';

export interface Braked {
  /** Waiting jobs with no runner coming, as they are now. */
  readonly uncovered: readonly Held<JobEntry>[];
  readonly mayStart: (entry: JobEntry) => boolean;
  /** lower-case clause: why launches are held back; null: they are not */
  readonly because: string | null;
}

/** What could not be written down is not launched for in this sweep. */
export async function brake(
  seen: Survey,
  { spent, coming, uncovered }: Pick<Repaired, 'spent' | 'coming' | 'uncovered'>,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<Braked> {
  const nowMs = world.clock.nowMs();
  const before = await readStreak(world);
  const ended = wastesIn(spent, uncovered);
  const isCapped = uncovered.some(({ entry }) => entry.obstacle === 'cap');
  const matters = ended.length > 0 || isCapped || before.inCommon !== undefined;
  const { release, hash } = await circumstancesNow(matters, world);
  const wastes = await withExits(ended, parseRunnerRelease(release)?.version ?? null, world);
  const streaks = streaksNow(before, wastes, seen, hash, world);
  const { after, common } = streaks;
  await markOfferings([...wastes, ...failedWhileHeld(spent, seen.jobs)], streaks, world);

  const groupsOf = groupsOfJobs(common.after, world.config);
  const terms = {
    ...goingOn(streaks),
    ...{ nowMs, successAtMs: streaks.successAtMs, groupsOf },
    isBraked: after.sinceMs !== null,
    circumstances: hash,
    mayLeaveSpot: world.config.spot.onDemandFallback,
  };
  if (after.sinceMs !== null && before.sinceMs === null) await tellOfBrake(after, wastes, seen, world);
  if (after.sinceMs === null) await tellOfHeld(common, wastes, world);
  // Who goes on is known by what is forgotten now: that stays noted until all of them are told.
  const isLettingGo = terms.forgotten.size + terms.letGo.size > 0;
  const noted = isLettingGo ? withFresh(streaks) : after;
  await writeStreak(before, noted, world);
  const { now, isWhole } = await changeJobs(uncovered, wastes, terms, deadlineMs, world);
  if (isWhole) await writeStreak(noted, after, world);
  return {
    uncovered: now,
    mayStart: after.sinceMs === null ? heldGateOf(groupsOf, coming, nowMs) : gateOf(after, coming, nowMs),
    because: whyHeldBack(after),
  };
}

async function readStreak({ ledger }: ReaperWorld): Promise<Streak> {
  const held = await ledger.notes.read(STREAK_NOTE);
  return held === null ? NO_STREAK : parseStreak(held.entry.text);
}

/** What was of no use to its job by itself, or to several in a row. */
async function markOfferings(
  ended: readonly Pick<Waste, 'runner' | 'ending'>[],
  { after, common, fresh }: Streaks,
  world: ReaperWorld,
): Promise<void> {
  const bad = after.sinceMs === null ? badIn(common.after, fresh) : new Set();
  for (const { runner, ending } of ended)
    if (isOfTheMachine(ending) || bad.has(runner.name)) await leaveAlone(runner, ending, world);
}

interface Streaks {
  readonly before: Streak;
  readonly after: Streak;
  readonly common: { readonly before: InCommon; readonly after: InCommon };
  readonly fresh: readonly Mark[];
  readonly successAtMs: number;
}

function streaksNow(
  before: Streak,
  wastes: readonly Waste[],
  { jobs, runners }: Pick<Survey, 'jobs' | 'runners'>,
  circumstances: string,
  { clock, config }: ReaperWorld,
): Streaks {
  const nowMs = clock.nowMs();
  const fresh = wastes.map((waste) => markOf(waste, nowMs, config));
  const [runnersNow, jobsNow] = [entriesOf(runners), entriesOf(jobs)];
  const successAtMs = Math.max(lastSuccessMs(runnersNow), before.gotAtMs ?? 0);
  const streak = streakAfter(before, fresh, successAtMs, nowMs);
  const was = before.inCommon ?? NOTHING_IN_COMMON;
  const isOver = before.sinceMs !== null && forgottenIn(before, successAtMs).length > 0;
  const common = inCommonAfter(was, {
    ...{ fresh, circumstances, nowMs },
    successes: successesIn(runnersNow, jobsNow, config),
    waiting: new Set(jobsNow.filter(({ startedOn }) => startedOn === null).map(({ job }) => job.id)),
    isBraked: streak.sinceMs !== null,
    over: isOver ? { wastes: before.wastes, atMs: successAtMs } : null,
  });
  const after = isNothing(common) ? streak : { ...streak, inCommon: common };
  return { before, after, common: { before: was, after: common }, fresh, successAtMs };
}

/** Runners whose jobs are forgiven, and those whose jobs go on because others of their like do. */
function goingOn({ before, after, common, successAtMs }: Streaks): Pick<Now, 'forgotten' | 'letGo'> {
  const still = heldRunners(common.after);
  const forgotten = after.sinceMs === null ? forgottenIn(before, successAtMs) : [];
  return {
    forgotten: new Set(forgotten.filter((runner) => !still.has(runner))),
    letGo: letGoIn(common.before, common.after),
  };
}

function withFresh({ before, fresh, common, successAtMs }: Streaks): Streak {
  const known = new Set(before.wastes.map(({ runner }) => runner));
  const marks = lastOfEach([...common.before.marks, ...fresh]);
  return {
    sinceMs: before.sinceMs,
    wastes: [...before.wastes, ...fresh.filter(({ runner }) => !known.has(runner))],
    gotAtMs: successAtMs,
    inCommon: { ...common.before, marks: [...marks], got: common.after.got },
  };
}

const entriesOf = <Entry>(held: readonly { readonly entry: Entry }[]): readonly Entry[] =>
  held.map(({ entry }) => entry);

function whyHeldBack({ sinceMs, wastes }: Streak): string | null {
  if (sinceMs === null) return null;
  const last = wastes.at(-1);
  return `launches are held back to one at a time: ${wastes.length} runners in a row ended without a job, the last one because ${wordsOf(last?.ending ?? 'ended', last?.version)}`;
}

/** A machine that was prepared in vain: the next launches try another. */
export async function markOffering(
  runner: Pick<RunnerEntry, 'candidate'>,
  ending: Ending,
  world: ReaperWorld,
): Promise<void> {
  if (isOfTheMachine(ending)) await leaveAlone(runner, ending, world);
}

async function leaveAlone(
  { candidate }: Pick<RunnerEntry, 'candidate'>,
  ending: Ending,
  { ledger, clock }: ReaperWorld,
): Promise<void> {
  if (candidate === null) return;
  const untilMs = clock.nowMs() + UNAVAILABLE_WASTED_MS;
  for (const key of unavailableKeys(candidate, 'offering'))
    await ledger.unavailable.remember(key, untilMs, wordsOf(ending));
}

async function writeStreak(before: Streak, after: Streak, { ledger }: ReaperWorld): Promise<void> {
  const text = JSON.stringify(after);
  if (text === JSON.stringify(before)) return;
  const note = { text, untilMs: null };
  if ((await amend(ledger.notes, STREAK_NOTE, () => note)) === null)
    await ledger.notes.add(STREAK_NOTE, note);
}
