/** One sweep at a time; the lease ends by itself when a sweep dies. */
import type { Ledger } from '../../shared/ledger.ts';
import { SWEEP_LEASE_MS } from '../../shared/limits.ts';
import type { ReaperWorld } from './world.ts';

const ID = 'sweep';

/** Null: another sweep is under way. Two at once would do no harm, only cost. */
export async function leaseSweep({
  ledger,
  clock,
}: ReaperWorld): Promise<{ handBack(): Promise<void> } | null> {
  const nowMs = clock.nowMs();
  const held = await ledger.notes.read(ID);
  if (held !== null && (held.entry.untilMs ?? 0) > nowMs) return null;
  const note = { text: held?.entry.text ?? '', untilMs: nowMs + SWEEP_LEASE_MS };
  const leased =
    held === null ? await ledger.notes.add(ID, note) : await ledger.notes.replace(ID, held, note);
  if (leased === null) return null;
  return {
    async handBack() {
      await ledger.notes.replace(ID, leased, { text: String(clock.nowMs()), untilMs: 0 });
    },
  };
}

/** When the last sweep ended; null: none ever did. For whoever asks whether the timer is alive. */
export async function lastSweepMs({ notes }: Pick<Ledger, 'notes'>): Promise<number | null> {
  const held = await notes.read(ID);
  return held === null || held.entry.text === '' ? null : Number(held.entry.text);
}
