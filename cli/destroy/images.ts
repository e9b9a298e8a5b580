/** Images that baked themselves go with the deployment, and their snapshots: those that carry its tags, and no other. */
import type { CloudImage, ImageBuilder } from '../../shared/runner/image-builder.ts';

export type Images = Pick<ImageBuilder, 'images' | 'remove' | 'removeSnapshot'>;

export async function imagesIn(regions: readonly string[], images: Images): Promise<CloudImage[]> {
  const listed = await Promise.all(regions.map((region) => images.images(region)));
  if (listed.some(({ complete }) => !complete))
    throw new Error('Not all images could be listed: nothing was removed.');
  return listed.flatMap(({ things }) => [...things]);
}

/** What ECS keeps is named: a person looks after it. */
export async function removeImages(
  found: readonly CloudImage[],
  images: Images,
  say: (line: string) => void,
): Promise<void> {
  for (const { id, name, region, snapshotIds } of found) {
    if ((await images.remove(region, id)) === 'kept') {
      say(
        `image ${name} (${id}) in ${region} stays, because ECS does not delete it: delete it in the console`,
      );
      continue;
    }
    say(`image ${name} is gone from ${region}`);
    for (const snapshot of snapshotIds)
      if ((await images.removeSnapshot(region, snapshot)) === 'kept')
        say(
          `snapshot ${snapshot} in ${region} stays, because ECS does not delete it: delete it in the console`,
        );
  }
}
