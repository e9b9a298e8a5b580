/** One sweep at a time; the lease ends by itself when a sweep dies. Its note also says how the last one ended. */
import type { Ledger } from '../../shared/ledger/ledger.ts';
import { SWEEP_APART_MS, SWEEP_LEASE_MS } from '../../shared/limits.ts';
import type { ReaperWorld } from './world.ts';

const ID = 'sweep';

export interface SweepLease {
  /** Sweeps before this one that failed or never ended, in a row. */
  readonly failedInARow: number;
  /** Null: it was whole. Else what failed in it. */
  handBack(failure: string | null): Promise<void>;
}

/**
 * Null: another sweep is under way, or began a moment ago. Two at once would do no harm, only cost; two in quick
 * succession (a retry, a launch that was lost) would count one sighting twice. The timer's next one does their work.
 */
export async function leaseSweep({ ledger, clock }: ReaperWorld): Promise<SweepLease | null> {
  const nowMs = clock.nowMs();
  const held = await ledger.notes.read(ID);
  const untilMs = held?.entry.untilMs ?? 0;
  // No lease of ours is so long: a clock that was far ahead wrote it, and its sweep died.
  const isWrong = untilMs - nowMs > SWEEP_LEASE_MS + SWEEP_APART_MS;
  if (untilMs > nowMs && !isWrong) return null;
  const before = pastIn(held?.entry.text ?? '');
  const sinceMs = nowMs - before.beganAtMs;
  // A time to come was written by a wrong clock, and must not stop us.
  if (untilMs === 0 && sinceMs >= 0 && sinceMs < SWEEP_APART_MS) return null;
  // A lease that ran out was not handed back: that sweep died.
  const failedInARow = before.failedInARow + (untilMs > 0 ? 1 : 0);
  const note = {
    text: textOf({ ...before, failedInARow, beganAtMs: nowMs }),
    untilMs: nowMs + SWEEP_LEASE_MS,
  };
  const leased =
    held === null ? await ledger.notes.add(ID, note) : await ledger.notes.replace(ID, held, note);
  if (leased === null) return null;
  return {
    failedInARow,
    async handBack(failure) {
      const text = textOf({
        endedAtMs: clock.nowMs(),
        failedInARow: failure === null ? 0 : failedInARow + 1,
        beganAtMs: nowMs,
        failure,
      });
      await ledger.notes.replace(ID, leased, { text, untilMs: 0 });
    },
  };
}

/** How the last sweeps went, for whoever asks whether all is well. */
export interface PastSweeps {
  /** Of the last one that ended; 0: none ever did. */
  readonly endedAtMs: number;
  /** Up to the last one. */
  readonly failedInARow: number;
  readonly beganAtMs: number;
  /** What failed in the last one that ended; null: nothing. */
  readonly failure: string | null;
}

/** Null: there was none yet. */
export async function pastSweeps({ notes }: Pick<Ledger, 'notes'>): Promise<PastSweeps | null> {
  const held = await notes.read(ID);
  return held === null ? null : pastIn(held.entry.text);
}

/** When the last sweep ended; null: none ever did. For whoever asks whether the timer is alive. */
export async function lastSweepMs(ledger: Pick<Ledger, 'notes'>): Promise<number | null> {
  const past = await pastSweeps(ledger);
  return past === null || past.endedAtMs === 0 ? null : past.endedAtMs;
}

const FAILURE_MAX_CHARS = 500;

const textOf = ({ endedAtMs, failedInARow, beganAtMs, failure }: PastSweeps): string =>
  [
    endedAtMs,
    failedInARow,
    beganAtMs,
    ...(failure === null ? [] : [failure.slice(0, FAILURE_MAX_CHARS)]),
  ].join(' ');

/** Notes of 0.1 end with the third number. */
function pastIn(text: string): PastSweeps {
  const [endedAtMs = '0', failedInARow = '0', beganAtMs = '0', ...words] = text.split(' ');
  const failure = words.length === 0 ? null : words.join(' ');
  return {
    endedAtMs: Number(endedAtMs),
    failedInARow: Number(failedInARow),
    beganAtMs: Number(beganAtMs),
    failure,
  };
}
