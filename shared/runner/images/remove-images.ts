/** Images of ours that nobody needs go, each before its snapshots: by the reaper, `npm run image -- prune` and `npm run destroy`. */
import type { Ledger } from '../../ledger/ledger.ts';
import type { CloudImage, Deletion, ImageBuilder } from './image-builder.ts';
import { amendImageNote } from './image-note.ts';

type Builder = Pick<ImageBuilder, 'remove' | 'removeSnapshot'>;

export interface Removed {
  readonly kind: 'image' | 'snapshot';
  readonly id: string;
  readonly region: string;
  /** Of the image; a snapshot has none that we know. */
  readonly name: string | null;
  readonly outcome: Deletion;
}
type Tell = (removed: Removed) => void;

/** Each as region/id, as `leftovers` of an image's note has them. */
export const snapshotsOf = ({ region, snapshotIds }: CloudImage): string[] =>
  snapshotIds.map((snapshot) => `${region}/${snapshot}`);

/** Those that stay. */
export async function removeImages(
  spare: readonly CloudImage[],
  images: Builder,
  tell: Tell,
): Promise<CloudImage[]> {
  const kept: CloudImage[] = [];
  for (const image of spare) {
    const { id, name, region } = image;
    const outcome = await images.remove(region, id);
    tell({ kind: 'image', id, region, name, outcome });
    if (outcome === 'kept') kept.push(image);
  }
  return kept;
}

/** Each as region/id; those that stay. */
export async function removeSnapshots(
  snapshots: readonly string[],
  images: Builder,
  tell: Tell,
): Promise<string[]> {
  const kept: string[] = [];
  for (const each of snapshots) {
    const [region = '', id = ''] = each.split('/');
    const outcome = await images.removeSnapshot(region, id);
    tell({ kind: 'snapshot', id, region, name: null, outcome });
    if (outcome === 'kept') kept.push(each);
  }
  return kept;
}

export interface Spare {
  /** The key of `images:`. */
  readonly name: string;
  readonly spare: readonly CloudImage[];
  /** All of ours that exist: what they are made of is left alone. */
  readonly listed: readonly CloudImage[];
}

/**
 * Snapshots are written down before their image goes: nobody finds them after it. Also those that an earlier call left.
 * What stays though its image is gone, as region/id.
 */
export async function removeSpare(
  { name, spare, listed }: Spare,
  images: Builder,
  ledger: Pick<Ledger, 'notes'>,
  tell: Tell,
): Promise<readonly string[]> {
  const doomed = spare.flatMap(snapshotsOf);
  const { leftovers } = await amendImageNote(
    name,
    (before) => ({ ...before, leftovers: [...new Set([...before.leftovers, ...doomed])] }),
    ledger,
  );
  const kept = await removeImages(spare, images, tell);
  const gone = new Set(spare.filter((each) => !kept.includes(each)));
  const used = new Set(listed.filter((each) => !gone.has(each)).flatMap(snapshotsOf));
  const loose = leftovers.filter((each) => !used.has(each));
  const left = await removeSnapshots(loose, images, tell);
  const settled = new Set([...used, ...loose.filter((each) => !left.includes(each))]);
  await amendImageNote(
    name,
    (before) => ({ ...before, leftovers: before.leftovers.filter((each) => !settled.has(each)) }),
    ledger,
  );
  return left;
}
