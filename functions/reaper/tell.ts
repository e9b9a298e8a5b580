/** Tells a person, once for as long as the note lasts. */
import { ALERT_REPEAT_MS } from '../../shared/limits.ts';
import type { ReaperWorld } from './world.ts';

/** The note comes first, so that two sweeps do not tell twice; it is taken back if telling failed. */
export async function tellOnce(
  key: string,
  text: string,
  { ledger, clock, alerts, log }: ReaperWorld,
): Promise<void> {
  const id = `alert:${key}`;
  const note = { text, untilMs: clock.nowMs() + ALERT_REPEAT_MS };
  const held = await ledger.notes.read(id);
  if (held !== null && (held.entry.untilMs ?? 0) > clock.nowMs()) return;
  const noted = held === null ? await ledger.notes.add(id, note) : await ledger.notes.replace(id, held, note);
  if (noted === null) return;
  log('alert.posted', { key });
  try {
    await alerts.post(key, text);
  } catch (error) {
    await ledger.notes.remove(id, noted);
    throw new Error(`the alert '${key}' could not be posted`, { cause: error });
  }
}
