/** A pool whose runners cannot be had is left alone for a while: kept as a note of the ledger. */
import * as z from 'zod';
import { amendNote } from '../ledger/amend.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Clock, Log } from '../ports.ts';
import { PAUSED_FOR_MAX, WARM_PAUSE_MAX_MS, WARM_PAUSE_MS } from './limits.ts';

export interface Pause {
  readonly untilMs: number;
  readonly forMs: number;
  /** lower-case clause */
  readonly because: string;
  /** The runners that it was for: while they go, the sweep sees them again and again. */
  readonly runners: readonly string[];
}

interface PauseWorld {
  readonly ledger: Pick<Ledger, 'notes'>;
  readonly clock: Clock;
  readonly log: Log;
}

const noteOf = (pool: string): string => `warm ${pool}`.slice(0, 200);

const Kept = z.object({
  untilMs: z.number(),
  forMs: z.number(),
  because: z.string(),
  runners: z.array(z.string()).default([]),
});

export async function readPause(pool: string, { ledger }: Pick<PauseWorld, 'ledger'>): Promise<Pause | null> {
  const held = await ledger.notes.read(noteOf(pool));
  return held === null ? null : Kept.parse(JSON.parse(held.entry.text));
}

/** Several at once make one pause; each that follows on another is twice as long. No runner makes two. */
export async function pausePool(
  pool: string,
  runner: string,
  because: string,
  world: PauseWorld,
): Promise<Pause> {
  const nowMs = world.clock.nowMs();
  const before = await readPause(pool, world);
  if (before?.runners.includes(runner)) return before;
  const runners = [...(before?.runners ?? []), runner].slice(-PAUSED_FOR_MAX);
  if (before !== null && nowMs < before.untilMs) {
    await write(pool, { ...before, runners }, world);
    return before;
  }
  const forMs = Math.min(WARM_PAUSE_MAX_MS, 2 * (before?.forMs ?? WARM_PAUSE_MS / 2));
  const pause: Pause = { untilMs: nowMs + forMs, forMs, because, runners };
  await write(pool, pause, world);
  world.log('warm.paused', { pool, because, seconds: Math.round(forMs / 1000) });
  return pause;
}

const write = (pool: string, pause: Pause, { ledger }: PauseWorld) =>
  amendNote(ledger.notes, noteOf(pool), () => JSON.stringify(pause));

/** One of its runners is ready: what was before is forgotten. False: there was nothing. */
export async function endPause(pool: string, world: PauseWorld): Promise<boolean> {
  const held = await world.ledger.notes.read(noteOf(pool));
  if (held === null) return false;
  return world.ledger.notes.remove(noteOf(pool), held);
}
