/** The notes of the runner's release and its copies. */
import { wantedTools } from '../../../../shared/config/tools.ts';
import type { Note } from '../../../../shared/ledger/entries.ts';
import type { Held } from '../../../../shared/ledger/ledger.ts';
import { ACTIONS_NOTE, parseKeptActions } from '../../../../shared/runner/copies.ts';
import { parseKeptTools, TOOLS_NOTE } from '../../../../shared/runner/kept/tools.ts';
import type { ReaperWorld } from '../../world.ts';
import { nextBundles, nextTools } from './bundles.ts';
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

/** What machines are told of kept actions and tools; without buckets nobody looks, and nothing is written. */
export async function noteKept(seen: readonly Seen[], world: ReaperWorld): Promise<void> {
  if (seen.length === 0) return;
  const { placements, mirror } = world.config;
  await renew(ACTIONS_NOTE, (text) => nextBundles(parseKeptActions(text), seen, placements), world);
  if (wantedTools(mirror.tools).length > 0)
    await renew(TOOLS_NOTE, (text) => nextTools(parseKeptTools(text), seen, placements), world);
}

async function renew(id: string, next: (before: string) => object, world: ReaperWorld): Promise<void> {
  const held = await world.ledger.notes.read(id);
  await keep(id, held, JSON.stringify(next(held?.entry.text ?? '{}')), world);
}
