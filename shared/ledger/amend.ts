/** Changing an entry that others may be changing too. */

import { TRAIL_MAX, WRITE_CONFLICTS_MAX } from '../limits.ts';
import type { Note, TrailLine } from './entries.ts';
import type { Entries, Held } from './ledger.ts';

/**
 * Reads, changes and writes on condition, again as long as somebody else was faster. `change` is asked
 * anew for each state it meets; undefined: nothing to write. Null: there is no such entry.
 */
export async function amend<Id, Entry>(
  entries: Entries<Id, Entry>,
  id: Id,
  change: (entry: Entry) => Entry | undefined,
  first?: Held<Entry>,
): Promise<Held<Entry> | null> {
  let held = first ?? (await entries.read(id));
  for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
    if (held === null) return null;
    const next = change(held.entry);
    if (next === undefined) return held;
    const written = await entries.replace(id, held, next);
    if (written !== null) return written;
    held = await entries.read(id);
  }
  throw new Error(`an entry changed ${WRITE_CONFLICTS_MAX} times under our hands`);
}

/**
 * The same of a note that may not be there yet: `change` is given its text, and makes it where there is none. What it makes
 * anew is written only where it is new.
 */
export async function amendNote<Id>(
  notes: Entries<Id, Note>,
  id: Id,
  change: (text: string | undefined) => string,
): Promise<Held<Note> | null> {
  const noteOf = (text: string): Note => ({ text, untilMs: null });
  const held = await notes.read(id);
  const added = held === null ? await notes.add(id, noteOf(change(undefined))) : null;
  if (added !== null) return added;
  const amended = (before: Note) => {
    const text = change(before.text);
    return text === before.text ? undefined : noteOf(text);
  };
  return amend(notes, id, amended, held ?? undefined);
}

/** Removes an entry whatever it has become meanwhile, unless `isStill` says no of what it meets. */
export async function removeEntry<Id, Entry>(
  entries: Entries<Id, Entry>,
  id: Id,
  isStill: (entry: Entry) => boolean = () => true,
): Promise<boolean> {
  for (let tries = 0; tries < WRITE_CONFLICTS_MAX; tries++) {
    const held = await entries.read(id);
    if (held === null) return true;
    if (!isStill(held.entry)) return false;
    if (await entries.remove(id, held)) return true;
  }
  throw new Error(`an entry changed ${WRITE_CONFLICTS_MAX} times under our hands`);
}

/** The newest lines of both, in order of time. */
export function mergeTrail(...lines: readonly TrailLine[]): readonly TrailLine[] {
  return [...lines].sort((a, b) => a.atMs - b.atMs).slice(-TRAIL_MAX);
}
