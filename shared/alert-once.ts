/** An alert to a person, once for as long as its note lasts. */
import type { Note } from './ledger/entries.ts';
import type { Ledger } from './ledger/ledger.ts';
import { ALERT_REPEAT_MS, LEDGER_SCAN_MAX } from './limits.ts';
import type { Alerts, Clock, Log } from './ports.ts';

export interface AlertWorld {
  readonly ledger: Pick<Ledger, 'notes'>;
  readonly clock: Clock;
  readonly alerts: Alerts;
  readonly log: Log;
}

/** One that is no more to be repeated is forgotten after this, so many in one sweep. */
const ALERT_KEPT_MS = 7 * 24 * 3_600_000;
const ALERTS_FORGOTTEN_MAX = 20;

const idOf = (key: string): string => `alert:${key}`;

/** An alert whose cause is not known to be gone, and whose time to be repeated has not come. */
export interface StandingAlert {
  readonly key: string;
  readonly text: string;
  readonly raisedAtMs: number;
}

/** Newest first. */
export async function standingAlerts({
  ledger,
  clock,
}: Pick<AlertWorld, 'clock'> & { readonly ledger: Pick<Ledger, 'notes'> }): Promise<StandingAlert[]> {
  const { things } = await ledger.notes.list(LEDGER_SCAN_MAX);
  return things
    .flatMap(({ entry: { text, untilMs, raised } }) =>
      raised === undefined || (untilMs ?? 0) <= clock.nowMs()
        ? []
        : [{ key: raised.key, text, raisedAtMs: raised.atMs }],
    )
    .sort((a, b) => b.raisedAtMs - a.raisedAtMs);
}

/** Its cause is gone: it is shown no more, and raised again when it comes back. */
export async function resolveAlert(
  key: string,
  { ledger, log }: Omit<AlertWorld, 'alerts' | 'clock'>,
): Promise<void> {
  const held = await ledger.notes.read(idOf(key));
  if (held === null) return;
  // First: who dies after its removal has said so, or it would be raised anew without an end.
  log('alert.resolved', { key });
  await ledger.notes.remove(idOf(key), held);
}

/** Alerts that are over for long are forgotten, a few at a time: whoever reads all notes reads no old ones. How many went. */
export async function forgetAlerts({ ledger, clock }: Pick<AlertWorld, 'ledger' | 'clock'>): Promise<number> {
  const { things } = await ledger.notes.list(LEDGER_SCAN_MAX);
  const isOver = ({ raised, untilMs }: Note) =>
    raised !== undefined && untilMs !== null && clock.nowMs() - untilMs > ALERT_KEPT_MS;
  const over = things.filter(({ entry }) => isOver(entry)).slice(0, ALERTS_FORGOTTEN_MAX);
  for (const held of over) await ledger.notes.remove(idOf(held.entry.raised?.key ?? ''), held);
  return over.length;
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
  const id = idOf(key);
  const raised = { key, atMs: clock.nowMs() };
  const note = { text, untilMs: clock.nowMs() + ALERT_REPEAT_MS, raised };
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
