/** Images that bake no more by runners.yaml: what they left is billed on, and the reaper's rights went with the key. */
import { LEDGER_SCAN_MAX } from '../../../shared/limits.ts';
import { bakedNames } from '../../../shared/runner/images/bake.ts';
import { type ImageNote, imageNotesIn } from '../../../shared/runner/images/image-note.ts';
import type { Operator } from '../operator.ts';

/** Their names under `images:`, as far as the ledger has a note of something that they left. */
export async function formerlyBaked({
  config,
  ledger,
}: Pick<Operator, 'config' | 'ledger'>): Promise<readonly string[]> {
  const { note } = await ledger.together('notes', LEDGER_SCAN_MAX);
  const bakes = new Set(bakedNames(config));
  const hasLeft = ({ build, images, leftovers }: ImageNote) =>
    build !== null || images.length + leftovers.length > 0;
  return [...imageNotesIn(note)].flatMap(([name, left]) => (!bakes.has(name) && hasLeft(left) ? [name] : []));
}

export const formerLine = (name: string): string =>
  `${name}: bakes no more, and what it left is billed on until you run npm run image -- prune ${name}`;
