/** Deletes what no runner and no rollback needs, with the operator's own key: also snapshots that the reaper's role may not. */
import { keptNames, spareImages } from '../../functions/reaper/rounds/images/decide.ts';
import { LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import type { ImageBuilder } from '../../shared/runner/images/image-builder.ts';
import { readImageNote } from '../../shared/runner/images/image-note.ts';
import { type Removed, removeSpare } from '../../shared/runner/images/remove-images.ts';
import type { Operator } from '../shared/operator.ts';
import { lineOf } from './text.ts';

export async function prune(
  name: string,
  images: ImageBuilder,
  { config, clock, ledger }: Pick<Operator, 'config' | 'clock' | 'ledger'>,
  say: (line: string) => void,
): Promise<number> {
  const note = await readImageNote(name, ledger);
  const runners = await ledger.runners.list(LEDGER_SCAN_MAX);
  if (!runners.complete) throw new Error('Not all runners could be read: nothing was deleted.');
  const kept = keptNames(
    note,
    runners.things.map(({ entry }) => entry),
  );
  const found = await Promise.all(config.placements.map(({ region }) => images.images(region)));
  const listed = found.flatMap(({ things }) => [...things]);
  const spare = spareImages(name, note, kept, listed, clock.nowMs());
  const removed: Removed[] = [];
  await removeSpare({ name, spare, listed }, images, ledger, (each) => {
    removed.push(each);
    say(lineOf(each));
  });
  if (removed.length === 0) say('There was nothing to delete.');
  return removed.every(({ outcome }) => outcome === 'gone') ? 0 : 1;
}
