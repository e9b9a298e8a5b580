/** How long jobs run is learned from `history` once an hour: it decides how much an interruption would cost. */
import { decodeHours, encodeHours, HOURS_NOTE, learnHours } from '../../../../shared/job/hours.ts';
import type { ReaperWorld } from '../../world.ts';
import { HOURS_LEARNED_MS, HOURS_ROWS_MAX } from './limits.ts';

const DAY_MS = 24 * 3_600_000;

/** How many names are known. Of two sweeps that learn at once one writes, and both would write the same. */
export async function learnJobHours({
  ledger,
  clock,
}: Pick<ReaperWorld, 'ledger' | 'clock'>): Promise<number> {
  const nowMs = clock.nowMs();
  const held = await ledger.notes.read(HOURS_NOTE);
  const before = decodeHours(held?.entry.text ?? '{}');
  if (held !== null && (held.entry.untilMs ?? 0) > nowMs) return before.size;
  const days = [nowMs - DAY_MS, nowMs].map((dayMs) => ledger.history.ofDay(dayMs, HOURS_ROWS_MAX));
  const rows = (await Promise.all(days)).flatMap(({ things }) => things);
  const known = learnHours(rows, before);
  const note = { text: encodeHours(known), untilMs: nowMs + HOURS_LEARNED_MS };
  if (held === null) await ledger.notes.add(HOURS_NOTE, note);
  else await ledger.notes.replace(HOURS_NOTE, held, note);
  return known.size;
}
