/** Images that bake no more by runners.yaml: what they left is billed on, and the reaper's rights went with the key. */
import { LEDGER_SCAN_MAX } from '../../../shared/limits.ts';
import { bakedNames } from '../../../shared/runner/images/bake.ts';
import { imageOfNote, readImageNote } from '../../../shared/runner/images/image-note.ts';
import type { Operator } from '../operator.ts';

/** Their names under `images:`, as far as the ledger has a note of something that they left. */
export async function formerlyBaked({
  config,
  ledger,
}: Pick<Operator, 'config' | 'ledger'>): Promise<readonly string[]> {
  const { note } = await ledger.together('notes', LEDGER_SCAN_MAX);
  const bakes = new Set(bakedNames(config));
  const names = note.flatMap(({ id }) => imageOfNote(id) ?? []).filter((name) => !bakes.has(name));
  const notes = await Promise.all(names.map((name) => readImageNote(name, ledger)));
  return names.filter((_, at) => {
    const left = notes[at];
    return left !== undefined && (left.build !== null || left.images.length + left.leftovers.length > 0);
  });
}

export const formerLine = (name: string): string =>
  `${name}: bakes no more, and what it left is billed on until you run npm run image -- prune ${name}`;
