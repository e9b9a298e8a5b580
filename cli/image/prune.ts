/** Deletes what no runner and no rollback needs, with the operator's own key: also snapshots that the reaper's role may not. */
import { keptNames, spareImages } from '../../functions/reaper/rounds/images/decide.ts';
import { LEDGER_SCAN_MAX } from '../../shared/limits.ts';
import type { CloudImage, ImageBuilder } from '../../shared/runner/image-builder.ts';
import { amendImageNote, readImageNote } from '../../shared/runner/image-note.ts';
import type { Operator } from '../shared/operator.ts';

type Say = (line: string) => void;

export async function prune(
  name: string,
  images: ImageBuilder,
  { config, clock, ledger }: Pick<Operator, 'config' | 'clock' | 'ledger'>,
  say: Say,
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
  const removed = await removeImages(spare, images, say);
  const snapshots = [...note.leftovers, ...removed.flatMap(snapshotsOf)];
  const gone = await removeSnapshots(snapshots, images, say);
  await amendImageNote(
    name,
    (before) => ({ ...before, leftovers: before.leftovers.filter((each) => !gone.includes(each)) }),
    ledger,
  );
  if (spare.length + snapshots.length === 0) say('There was nothing to delete.');
  return removed.length === spare.length && gone.length === snapshots.length ? 0 : 1;
}

const snapshotsOf = ({ region, snapshotIds }: CloudImage): string[] =>
  snapshotIds.map((snapshot) => `${region}/${snapshot}`);

async function removeImages(
  spare: readonly CloudImage[],
  images: ImageBuilder,
  say: Say,
): Promise<CloudImage[]> {
  const removed: CloudImage[] = [];
  for (const image of spare) {
    const { id, name, region } = image;
    const isGone = (await images.remove(region, id)) === 'gone';
    say(`${name} (${id}) in ${region} ${isGone ? 'is gone' : 'stays: it is in use'}`);
    if (isGone) removed.push(image);
  }
  return removed;
}

/** Each as region/id; those that are gone. */
async function removeSnapshots(
  snapshots: readonly string[],
  images: ImageBuilder,
  say: Say,
): Promise<string[]> {
  const gone: string[] = [];
  for (const each of snapshots) {
    const [region = '', snapshot = ''] = each.split('/');
    const isGone = (await images.removeSnapshot(region, snapshot)) === 'gone';
    say(`snapshot ${snapshot} in ${region} ${isGone ? 'is gone' : 'stays: ECS does not delete it'}`);
    if (isGone) gone.push(each);
  }
  return gone;
}
