/** An alert to a person, once for as long as its note lasts. */
import type { Ledger } from './ledger/ledger.ts';
import { ALERT_REPEAT_MS } from './limits.ts';
import type { Alerts, Clock, Log } from './ports.ts';

export interface AlertWorld {
  readonly ledger: Pick<Ledger, 'notes'>;
  readonly clock: Clock;
  readonly alerts: Alerts;
  readonly log: Log;
}

/**
 * The note comes first, so that two of us do not alert twice; it is taken back when the post failed, and the next
 * occasion alerts again. What needs a person must not stop what does not, so this does not throw for the channel.
 */
export async function alertOnce(
  key: string,
  text: string,
  { ledger, clock, alerts, log }: AlertWorld,
): Promise<void> {
  const id = `alert:${key}`;
  const note = { text, untilMs: clock.nowMs() + ALERT_REPEAT_MS };
  const held = await ledger.notes.read(id);
  if (held !== null && (held.entry.untilMs ?? 0) > clock.nowMs()) return;
  const noted = held === null ? await ledger.notes.add(id, note) : await ledger.notes.replace(id, held, note);
  if (noted === null) return;
  log('alert.raised', { key, text });
  try {
    await alerts.post(text);
  } catch (error) {
    log('alert.failed', { key, error: error instanceof Error ? error.message : 'unknown' });
    await ledger.notes.remove(id, noted);
  }
}
