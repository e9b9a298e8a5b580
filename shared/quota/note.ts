/** The learned limits are one small note of the ledger. */
import type { Ledger } from '../ledger/ledger.ts';
import { WRITE_CONFLICTS_MAX } from '../limits.ts';
import { decodeLimits, encodeLimits, type LearnedLimits } from './learned-limits.ts';

const ID = 'learned-limits';
type Notes = Pick<Ledger, 'notes'>;

export async function readLimits({ notes }: Notes): Promise<LearnedLimits> {
  return decodeLimits((await notes.read(ID))?.entry.text ?? '');
}

/**
 * `change` is asked anew for each state it meets. False: others wrote at the same time, again and again, and what was
 * not learned now is learned by the next refusal.
 */
export async function changeLimits(
  { notes }: Notes,
  change: (limits: LearnedLimits) => LearnedLimits,
): Promise<boolean> {
  for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
    const held = await notes.read(ID);
    const before = held?.entry.text ?? encodeLimits(new Map());
    const note = { text: encodeLimits(change(decodeLimits(before))), untilMs: null };
    if (note.text === before) return true;
    const written = held === null ? await notes.add(ID, note) : await notes.replace(ID, held, note);
    if (written !== null) return true;
  }
  return false;
}
