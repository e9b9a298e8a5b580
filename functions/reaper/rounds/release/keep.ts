/** The notes of the runner's release and its copies. */
import type { Note } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import { ACTIONS_NOTE, parseKeptActions } from '../../../../shared/runner/copies.ts';
import type { ReaperWorld } from '../../world.ts';
import { nextBundles } from './bundles.ts';
import type { Seen } from './copies.ts';

/** False: another writer was faster. */
export async function keep(
  id: string,
  held: Held<Note> | null,
  text: string,
  { ledger }: ReaperWorld,
  untilMs: number | null = null,
): Promise<boolean> {
  const note = { text, untilMs };
  if (held !== null && held.entry.text === text && held.entry.untilMs === untilMs) return true;
  const written =
    held === null ? await ledger.notes.add(id, note) : await ledger.notes.replace(id, held, note);
  return written !== null;
}

/** What machines are told of kept actions; without buckets nobody looks, and nothing is written. */
export async function noteBundles(seen: readonly Seen[], world: ReaperWorld): Promise<void> {
  if (seen.length === 0) return;
  const held = await world.ledger.notes.read(ACTIONS_NOTE);
  const before = parseKeptActions(held?.entry.text ?? '{}');
  await keep(ACTIONS_NOTE, held, JSON.stringify(nextBundles(before, seen, world.config.placements)), world);
}
