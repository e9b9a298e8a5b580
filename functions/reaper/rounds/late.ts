/** A job whose launch could take a slot, slots are free, and it waits on: something is wrong that nobody else tells of. */
import * as z from 'zod';
import { alertOnce } from '../../../shared/alert-once.ts';
import { parseJson } from '../../../shared/json.ts';
import { amend } from '../../../shared/ledger/amend.ts';
import type { JobEntry, RunnerEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView, Held } from '../../../shared/ledger/ledger.ts';
import { waitsFor } from '../money-room.ts';
import { ALL, isInLine } from '../own-limits.ts';
import { likesOf, scarceIn } from '../scarce.ts';
import type { Survey } from '../survey/survey.ts';
import type { ReaperWorld } from '../world.ts';
import { limitsIn } from './plan.ts';

const FULL_NOTE = 'slots-full';
const MINUTE_MS = 60_000;
const ASIDE_MS = 60 * MINUTE_MS;

/**
 * Called before the plan's launches are made. Waiting counts from when slots were last all in use, or those of a limit of its
 * own: that somebody wants it so.
 */
export async function tellOfLate(
  uncovered: readonly Held<JobEntry>[],
  found: Found,
  world: ReaperWorld,
): Promise<void> {
  const used = usedIn(found, world.clock.nowMs());
  // What the ledger did not tell may be in use: nobody knows that a slot was free.
  if (used === null) return;
  const { clock, config } = world;
  const { alerts } = config;
  const nowMs = clock.nowMs();
  const due = uncovered.filter(({ entry }) => isInLine(entry) && entry.nextTryAtMs <= nowMs);
  const limitsOf = limitsIn(used, config, nowMs);
  // Of money a person is told where it is bounded.
  const isShort = due.some(({ entry }) => waitsFor('spendPerHour', entry) || waitsFor('spendPerDay', entry));
  const inUse = new Set([...due.flatMap(({ entry }) => limitsOf(entry).full), ...(isShort ? [ALL] : [])]);
  const waited = ({ entry }: Held<JobEntry>) => nowMs - sinceMs(entry);
  const aside = uncovered.filter(({ entry }) => entry.obstacle === 'offer' || entry.obstacle === 'refusal');
  const { isScarce } = likesOf(scarceIn(uncovered, nowMs, config), nowMs, config);
  // Nothing is to be had for it or its like, or somebody says no: that is told later, since stock comes and goes.
  const patienceMs = ({ entry }: Held<JobEntry>) =>
    isInLine(entry) && !isScarce(entry) ? alerts.waiting : Math.max(alerts.waiting, ASIDE_MS);
  const late = [...due, ...aside].filter((each) => waited(each) > patienceMs(each));
  const isFull = used.total >= config.limits.runners;
  if (inUse.size === 0 && (late.length === 0 || isFull)) return;
  const wereInUse = await noteInUse(inUse, nowMs, world);
  const isFree = ({ entry }: Held<JobEntry>) =>
    (isInLine(entry) ? limitsOf(entry).all : [ALL]).every((key) => !wereInUse.has(key));
  const told = new Map(late.filter(isFree).map(({ entry }) => [entry.job.repository, entry]));
  for (const entry of told.values())
    await alertOnce(`waiting-${entry.job.repository}`, wordsOf(entry, used, nowMs, config), world);
}

/** While GitHub held it back, it did not wait for us. */
const sinceMs = ({ firstTryAtMs, releasedAtMs = 0 }: JobEntry): number =>
  Math.max(firstTryAtMs, releasedAtMs);

function wordsOf(
  entry: JobEntry,
  { total }: CapacityView,
  nowMs: number,
  { limits }: ReaperWorld['config'],
): string {
  const { job, because } = entry;
  const minutes = Math.floor((nowMs - sinceMs(entry)) / MINUTE_MS);
  return `The job ${job.id} of ${job.repository} has waited for ${minutes} minutes, and ${limits.runners - total} of ${limits.runners} slots have no machine. Its last reason: ${because}. Look: npm run explain -- ${job.id}, and npm run doctor`;
}

/** As the sweep found it, before it handed back any slot. */
export interface Found extends Pick<Survey, 'runners' | 'ledgerComplete'> {
  /** Null: it could not be read. */
  readonly before: CapacityView | null;
}

/**
 * Slots whose runners have machines: in a backlog of short jobs all are used again and again, and some are free for the moment
 * between a sweep's repair and its launches alone. What launches hold that made nothing yet counts only beside as many that
 * have theirs: a launcher that dies each time would look busy. Null: not known.
 */
function usedIn({ before, runners, ledgerComplete }: Found, nowMs: number): CapacityView | null {
  if (!ledgerComplete || before === null) return null;
  const slotsOf = (is: (entry: RunnerEntry) => boolean) => {
    const names = new Set(runners.flatMap(({ entry }) => (is(entry) ? [entry.name] : [])));
    return before.slots.filter(({ name }) => names.has(name));
  };
  const made = slotsOf(({ instanceId }) => instanceId !== null);
  const isUnderWay = ({ state, leaseUntilMs }: RunnerEntry) => state === 'launching' && leaseUntilMs >= nowMs;
  const isHalf = 2 * made.length >= before.slots.length;
  const slots = isHalf ? slotsOf((entry) => entry.instanceId !== null || isUnderWay(entry)) : made;
  return { ...before, slots, total: slots.length };
}

const Times = z.record(z.string(), z.number());

/** Limits that jobs waited for within `alerts.waiting`; in the note each with when it was last seen in use. */
async function noteInUse(
  now: ReadonlySet<string>,
  nowMs: number,
  { ledger, config }: ReaperWorld,
): Promise<ReadonlySet<string>> {
  const held = await ledger.notes.read(FULL_NOTE);
  const before = Object.entries(Times.safeParse(parseJson(held?.entry.text ?? '')).data ?? {});
  const recent = before.filter(([, atMs]) => nowMs - atMs <= config.alerts.waiting);
  const times = Object.fromEntries([...recent, ...[...now].map((key) => [key, nowMs] as const)]);
  const note = { text: JSON.stringify(times), untilMs: null };
  if (now.size > 0 && (await amend(ledger.notes, FULL_NOTE, () => note)) === null)
    await ledger.notes.add(FULL_NOTE, note);
  return new Set(Object.keys(times));
}
