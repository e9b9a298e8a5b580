/** What is left of GitHub's calls: told to the other functions when it changes much, and to a person before it ends. */
import { alertOnce } from '../../../shared/alert-once.ts';
import { type CallBudget, levelOf, paceOf } from '../../../shared/budget.ts';
import { BUDGET_DAYS_KEPT, CALLS_PER_JOB } from '../../../shared/github-limits.ts';
import { amendGitHubNote, type GitHubNote, laterHold, readGitHubNote } from '../../../shared/github-note.ts';
import { ownersOf } from '../survey/known.ts';
import type { ReaperWorld } from '../world.ts';

/** Below this share of an even pace what is left is for launches, and would not last if they go on. */
const WARN_PACE = 0.5;
/** The first minutes of an hour say little, and its last ones change nothing. */
const WARN_AFTER_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

/** The lowest level of all owners, in eighths of an even pace. */
export async function noteBudgets(world: ReaperWorld): Promise<number> {
  const levels: number[] = [8];
  for (const owner of ownersOf(world)) {
    const budget = world.github.budget(owner);
    if (budget === null) continue;
    levels.push(await noteBudget(owner, budget, world));
  }
  return Math.min(...levels);
}

async function noteBudget(owner: string, budget: CallBudget, world: ReaperWorld): Promise<number> {
  const { clock, ledger } = world;
  const nowMs = clock.nowMs();
  const level = levelOf(budget, nowMs);
  const before = await readGitHubNote(owner, ledger);
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const after = noteAfter(before, budget, level, day, nowMs);
  if (JSON.stringify(after) !== JSON.stringify(before))
    await amendGitHubNote(owner, (note) => noteAfter(note, budget, level, day, nowMs), ledger);
  if (isEnding(budget, nowMs)) await warn(owner, budget, world);
  return level;
}

/** Pure. */
function noteAfter(
  note: GitHubNote,
  { limit, heldUntilMs }: CallBudget,
  level: number,
  day: string,
  nowMs: number,
): GitHubNote {
  const low = Math.min(level, note.lows[day] ?? 8);
  const days = Object.entries({ ...note.lows, [day]: low }).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...note,
    ...{ limit, level },
    heldUntilMs: laterHold(note, heldUntilMs, nowMs),
    lows: Object.fromEntries(days.slice(-BUDGET_DAYS_KEPT)),
  };
}

function isEnding(budget: CallBudget, nowMs: number): boolean {
  const isNewHour = budget.resetAtMs - nowMs > HOUR_MS - WARN_AFTER_MS;
  const isNearlyOver = budget.resetAtMs - nowMs < WARN_AFTER_MS;
  return !isNewHour && !isNearlyOver && paceOf(budget, nowMs) < WARN_PACE;
}

async function warn(owner: string, budget: CallBudget, world: ReaperWorld): Promise<void> {
  const { limit, remaining, resetAtMs } = budget;
  const minutes = Math.ceil((resetAtMs - world.clock.nowMs()) / 60_000);
  const knee = Math.floor(limit / CALLS_PER_JOB / 100) * 100;
  await alertOnce(
    `github-budget-${owner.toLowerCase()}`,
    `GitHub lets the App make ${remaining} of ${limit} calls for ${owner} in the ${minutes} minutes until a new hour begins. What is left is kept for launches, so jobs go on; lost deliveries and surplus runners are noticed later. An installation with ${limit} calls an hour carries about ${knee} jobs an hour: if this comes again, move some repositories to an organisation, and a deployment, of their own.`,
    world,
  );
}
