/** A job whose launch could take a slot, slots are free, and it waits on: something is wrong that nobody else tells of. */
import { alertOnce } from '../../../shared/alert-once.ts';
import { amend } from '../../../shared/ledger/amend.ts';
import type { JobEntry } from '../../../shared/ledger/entries.ts';
import type { CapacityView, Held } from '../../../shared/ledger/ledger.ts';
import type { ReaperWorld } from '../world.ts';
import { waitsFor } from './money/room.ts';
import { isInLine } from './plan.ts';

const FULL_NOTE = 'slots-full';
const MINUTE_MS = 60_000;
const ASIDE_MS = 60 * MINUTE_MS;

/** Called before the plan's launches are made. Waiting counts from when slots were last all in use. */
export async function tellOfLate(
  uncovered: readonly Held<JobEntry>[],
  { total }: CapacityView,
  world: ReaperWorld,
): Promise<void> {
  const { ledger, clock, config } = world;
  const { alerts, limits } = config;
  const nowMs = clock.nowMs();
  const due = uncovered.filter(({ entry }) => isInLine(entry) && entry.nextTryAtMs <= nowMs);
  // Of money a person is told where it is bounded.
  const isShort = due.some(({ entry }) => waitsFor('spendPerHour', entry) || waitsFor('spendPerDay', entry));
  if (total >= limits.runners || isShort) return due.length > 0 ? noteFull(nowMs, world) : undefined;
  const waited = ({ entry }: Held<JobEntry>) => nowMs - entry.firstTryAtMs;
  // Nothing is to be had for it, or somebody says no: that is told later, since stock comes and goes.
  const aside = uncovered.filter(({ entry }) => entry.obstacle === 'offer' || entry.obstacle === 'refusal');
  const late = [
    ...due.filter((each) => waited(each) > alerts.waiting),
    ...aside.filter((each) => waited(each) > Math.max(alerts.waiting, ASIDE_MS)),
  ];
  if (late.length === 0) return;
  const full = await ledger.notes.read(FULL_NOTE);
  if (full !== null && nowMs - Number(full.entry.text) <= alerts.waiting) return;
  for (const { entry } of new Map(late.map((held) => [held.entry.job.repository, held])).values()) {
    const { job, firstTryAtMs, because } = entry;
    const minutes = Math.floor((nowMs - firstTryAtMs) / MINUTE_MS);
    const text = `The job ${job.id} of ${job.repository} has waited for ${minutes} minutes, and ${limits.runners - total} of ${limits.runners} slots are free. Its last reason: ${because}. Look: npm run explain -- ${job.id}, and npm run doctor`;
    await alertOnce(`waiting-${job.repository}`, text, world);
  }
}

async function noteFull(nowMs: number, { ledger }: ReaperWorld): Promise<void> {
  const note = { text: String(nowMs), untilMs: null };
  if ((await amend(ledger.notes, FULL_NOTE, () => note)) === null) await ledger.notes.add(FULL_NOTE, note);
}
