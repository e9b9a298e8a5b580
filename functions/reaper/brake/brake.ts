/**
 * The one brake: each runner that ended without a job, though its job waits, delays that job's next launch and marks
 * its offering; many of them hold all launches back to a probe. Fed by the outcome, whatever led to it.
 */
import { unavailableKeys } from '../../../shared/advisor/rank.ts';
import { parseLabels } from '../../../shared/job/labels.ts';
import { amend } from '../../../shared/ledger/amend.ts';
import type { Ending, JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { Held } from '../../../shared/ledger/ledger.ts';
import { parseRunnerRelease } from '../../../shared/runner/release.ts';
import type { Repaired } from '../repair/repair.ts';
import type { Survey } from '../survey/survey.ts';
import { untilDeadline } from '../until-deadline.ts';
import type { ReaperWorld } from '../world.ts';
import { charged, forgiven, released, type Terms, triedOnSuccess } from './charge.ts';
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
  streakAfter,
} from './streak.ts';
import { tellOfBrake, tellOfJob } from './tell.ts';

export interface Braked {
  /** Waiting jobs with no runner coming, as they are now. */
  readonly uncovered: readonly Held<JobEntry>[];
  readonly mayStart: (entry: JobEntry) => boolean;
  /** lower-case clause: why launches are held back; null: they are not */
  readonly because: string | null;
}

interface Now extends Terms {
  readonly successAtMs: number;
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
  const successAtMs = lastSuccessMs(seen.runners.map(({ entry }) => entry));
  const after = streakAfter(before, fresh, successAtMs, nowMs);
  for (const { runner, ending } of [...wastes, ...failedWhileHeld(spent, seen.jobs)])
    await markOffering(runner, ending, world);
  await writeStreak(before, after, world);

  const terms = {
    ...{ nowMs, successAtMs },
    isBraked: after.sinceMs !== null,
    circumstances: hash,
    mayLeaveSpot: config.spot.onDemandFallback,
  };
  const forgotten = new Set(after.sinceMs === null ? forgottenIn(before, successAtMs) : []);
  const changed = await changeJobs(uncovered, wastes, forgotten, terms, deadlineMs, world);
  if (after.sinceMs !== null && before.sinceMs === null) await tellOfBrake(after, wastes, seen, world);
  return {
    uncovered: changed,
    mayStart: gateOf(after, coming, nowMs),
    because: after.sinceMs === null ? null : whyHeldBack(after),
  };
}

function whyHeldBack({ wastes }: Streak): string {
  const last = wastes.at(-1);
  return `launches are held back to one at a time: ${wastes.length} runners in a row ended without a job, the last one because ${wordsOf(last?.ending ?? 'ended', last?.version)}`;
}

async function changeJobs(
  uncovered: readonly Held<JobEntry>[],
  wastes: readonly Waste[],
  forgotten: ReadonlySet<string>,
  terms: Now,
  deadlineMs: number,
  world: ReaperWorld,
): Promise<readonly Held<JobEntry>[]> {
  const now = new Map(uncovered.map((held) => [held.entry.job.id, held]));
  const change = (entry: JobEntry): JobEntry | undefined => {
    const next = wastesOf(entry, wastes).reduce(
      (before, waste) => charged(before, waste, terms) ?? before,
      entry,
    );
    const then = forgiven(next, forgotten, terms.nowMs) ?? uncapped(next, terms) ?? next;
    return then === entry ? undefined : then;
  };
  const concerned = uncovered.filter(({ entry }) => change(entry) !== undefined);
  for (const { entry } of concerned) now.delete(entry.job.id);
  await untilDeadline(concerned, deadlineMs, world.clock, async (held) => {
    const written = await changeOne(held, change, world);
    if (written === null || written.entry.startedOn !== null) return;
    now.set(written.entry.job.id, written);
    const last = wastesOf(written.entry, wastes).at(-1);
    const isToBeTold = !terms.isBraked || written.entry.obstacle === 'cap';
    if (last !== undefined && isToBeTold) await tellOfJob(written.entry, last, world);
  });
  return [...now.values()];
}

const wastesOf = ({ job }: JobEntry, wastes: readonly Waste[]): readonly Waste[] =>
  wastes.filter((waste) => waste.job.entry.job.id === job.id);

/** Null: it is gone, or the ledger could not be written: the next sweep sees the same again. */
async function changeOne(
  held: Held<JobEntry>,
  change: (entry: JobEntry) => JobEntry | undefined,
  { ledger, log }: ReaperWorld,
): Promise<Held<JobEntry> | null> {
  const { id } = held.entry.job;
  try {
    const written = await amend(ledger.jobs, id, change, held);
    log('job.charged', {
      job: id,
      because: written?.entry.because ?? '',
      wasted: written?.entry.wasted ?? 0,
    });
    return written;
  } catch (error) {
    log('job.charge_failed', { job: id, error: error instanceof Error ? error.message : 'unknown' });
    return null;
  }
}

/** It was only looked at, and something has changed since. */
function uncapped(entry: JobEntry, { circumstances, nowMs, successAtMs }: Now): JobEntry | undefined {
  if (entry.obstacle !== 'cap') return undefined;
  if (entry.cappedUnder === circumstances) return triedOnSuccess(entry, successAtMs, nowMs);
  return released(entry, 'the configuration or the runner release changed, or somebody deployed', nowMs);
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
  if (text === JSON.stringify(before)) return;
  const note = { text, untilMs: null };
  if ((await amend(ledger.notes, STREAK_NOTE, () => note)) === null)
    await ledger.notes.add(STREAK_NOTE, note);
}
