/** One sweep at a time; the lease ends by itself when a sweep dies. Its note also says how the last one ended. */
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { SWEEP_APART_MS, SWEEP_LEASE_MS } from '../../shared/limits.ts';
import type { ReaperWorld } from './world.ts';

const ID = 'sweep';

export interface SweepLease {
  /** Sweeps before this one that failed or never ended, in a row. */
  readonly failedInARow: number;
  handBack(isWhole: boolean): Promise<void>;
}

/**
 * Null: another sweep is under way, or began a moment ago. Two at once would do no harm, only cost; two in quick
 * succession (a retry, a launch that was lost) would count one sighting twice. The timer's next one does their work.
 */
export async function leaseSweep({ ledger, clock }: ReaperWorld): Promise<SweepLease | null> {
  const nowMs = clock.nowMs();
  const held = await ledger.notes.read(ID);
  const untilMs = held?.entry.untilMs ?? 0;
  if (untilMs > nowMs) return null;
  const before = pastIn(held?.entry.text ?? '');
  const sinceMs = nowMs - before.beganAtMs;
  // A time to come was written by a wrong clock, and must not stop us.
  if (untilMs === 0 && sinceMs >= 0 && sinceMs < SWEEP_APART_MS) return null;
  // A lease that ran out was not handed back: that sweep died.
  const failedInARow = before.failedInARow + (untilMs > 0 ? 1 : 0);
  const note = { text: textOf(before.endedAtMs, failedInARow, nowMs), untilMs: nowMs + SWEEP_LEASE_MS };
  const leased =
    held === null ? await ledger.notes.add(ID, note) : await ledger.notes.replace(ID, held, note);
  if (leased === null) return null;
  return {
    failedInARow,
    async handBack(isWhole) {
      const text = textOf(clock.nowMs(), isWhole ? 0 : failedInARow + 1, nowMs);
      await ledger.notes.replace(ID, leased, { text, untilMs: 0 });
    },
  };
}

/** When the last sweep ended; null: none ever did. For whoever asks whether the timer is alive. */
export async function lastSweepMs({ notes }: Pick<Ledger, 'notes'>): Promise<number | null> {
  const { endedAtMs } = pastIn((await notes.read(ID))?.entry.text ?? '');
  return endedAtMs === 0 ? null : endedAtMs;
}

const textOf = (...past: readonly [endedAtMs: number, failedInARow: number, beganAtMs: number]): string =>
  past.join(' ');

function pastIn(text: string) {
  const [endedAtMs = 0, failedInARow = 0, beganAtMs = 0] = text.split(' ').map(Number);
  return { endedAtMs, failedInARow, beganAtMs };
}
