/**
 * The one brake: each runner that ended without a job, though its job waits, delays that job's next launch, and marks
 * its offering where the machine failed; many of them hold all launches back to a probe. Fed by the outcome, whatever led to it.
 */
import { unavailableKeys } from '../../../shared/advisor/rank.ts';
import { parseLabels } from '../../../shared/job/labels.ts';
import { amendNote } from '../../../shared/ledger/amend.ts';
import type { Ending, JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { parseRunnerRelease } from '../../../shared/runner/release.ts';
import type { Repaired } from '../repair/repair.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';
import { changeJobs } from './charge-jobs.ts';
import { circumstancesNow } from './circumstances.ts';
import { failedWhileHeld, isOfTheMachine, type Waste, wastesIn, wordsOf } from './endings.ts';
import { withExits } from './exits.ts';
import { UNAVAILABLE_WASTED_MS } from './limits.ts';
import {
  forgottenIn,
  gateOf,
  lastSuccessMs,
  NO_STREAK,
  parseStreak,
  STREAK_NOTE,
  type Streak,
  type StreakEntry,
  stillNoted,
  streakAfter,
} from './streak.ts';
import { tellOfBrake } from './tell.ts';

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
  const { ledger, clock, config } = world;
  const nowMs = clock.nowMs();
  const ended = wastesIn(spent, uncovered);
  const matters = ended.length > 0 || uncovered.some(({ entry }) => entry.obstacle === 'cap');
  const { release, hash } = await circumstancesNow(matters, world);
  const wastes = await withExits(ended, parseRunnerRelease(release)?.version ?? null, world);
  const held = await ledger.notes.read(STREAK_NOTE);
  const before = held === null ? NO_STREAK : parseStreak(held.entry.text);
  const fresh = wastes.map((waste) => streakEntry(waste, nowMs, world));
  const successAtMs = Math.max(lastSuccessMs(seen.runners.map(({ entry }) => entry)), before.gotAtMs ?? 0);
  const after = streakAfter(before, fresh, successAtMs, nowMs);
  for (const { runner, ending } of [...wastes, ...failedWhileHeld(spent, seen.jobs)])
    await markOffering(runner, ending, world);
  const forgotten = new Set(forgottenIn(before, successAtMs));
  const terms = {
    ...{ nowMs, successAtMs, forgotten },
    isBraked: after.sinceMs !== null,
    circumstances: hash,
    mayLeaveSpot: config.spot.onDemandFallback,
  };
  if (after.sinceMs !== null && before.sinceMs === null) await tellOfBrake(after, wastes, seen, world);
  // Who goes on is known by what is forgotten now: that stays noted until all of their entries say so.
  const noted = forgotten.size > 0 ? stillNoted(before, fresh, after, successAtMs, nowMs) : after;
  await writeStreak(before, noted, world);
  const { now, isWhole } = await changeJobs(uncovered, wastes, terms, deadlineMs, world);
  if (isWhole) await writeStreak(noted, after, world);
  return {
    uncovered: now,
    mayStart: gateOf(after, coming, nowMs),
    because: whyHeldBack(after),
  };
}

function whyHeldBack({ sinceMs, wastes }: Streak): string | null {
  if (sinceMs === null) return null;
  const last = wastes.at(-1);
  return `launches are held back to one at a time: ${wastes.length} runners in a row ended without a job, the last one because ${wordsOf(last?.ending ?? 'ended', last?.version)}`;
}

/** What it was made of, so that many can be compared. */
function streakEntry(
  { runner, job, ending, version = null }: Waste,
  atMs: number,
  { config }: ReaperWorld,
): StreakEntry {
  const { id, repository } = job.entry.job;
  const understood = parseLabels(runner.labels, runner.repository, config);
  const offering = runner.candidate === null ? null : unavailableKeys(runner.candidate, 'offering')[0];
  return {
    ...{ runner: runner.name, job: id, repository, atMs, ending },
    offering: offering ?? null,
    image: understood.kind === 'ours' ? understood.requirements.image : null,
    version,
  };
}

/** A machine that failed before any job: the next launches try another. */
export async function markOffering(
  { candidate }: Pick<RunnerEntry, 'candidate'>,
  ending: Ending,
  { ledger, clock }: ReaperWorld,
): Promise<void> {
  if (candidate === null || !isOfTheMachine(ending)) return;
  const untilMs = clock.nowMs() + UNAVAILABLE_WASTED_MS;
  for (const key of unavailableKeys(candidate, 'offering'))
    await ledger.unavailable.remember(key, untilMs, wordsOf(ending));
}

async function writeStreak(before: Streak, after: Streak, { ledger }: ReaperWorld): Promise<void> {
  const text = JSON.stringify(after);
  if (text !== JSON.stringify(before)) await amendNote(ledger.notes, STREAK_NOTE, () => text);
}
