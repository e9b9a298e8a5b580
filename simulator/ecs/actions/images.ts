/** What an account does with images of its own. */
import type { Cloud } from '../cloud.ts';
import { endedAtMs } from '../machine.ts';
import { isTrue, type Params, required } from '../parameters.ts';
import { EcsRefusal } from '../refusal.ts';
import type { Region } from '../region/catalogue.ts';

function placeOf({ network }: Region, params: Params): number {
  const at = network.images.findIndex(({ id, isPublic }) => id === required(params, 'ImageId') && !isPublic);
  if (at < 0) throw new EcsRefusal('InvalidImageId.NotFound');
  return at;
}

/** SDK model DeleteImageRequest: without Force one that instances were made from stays. By which code is not documented. */
export function deleteImage(cloud: Cloud, region: Region, params: Params): object {
  const at = placeOf(region, params);
  const id = region.network.images[at]?.id;
  const isUsed = [...cloud.machines.values()].some(
    (machine) => machine.imageId === id && endedAtMs(machine) === null,
  );
  if (isUsed && !isTrue(params, 'Force')) throw new EcsRefusal('ImageUsedByInstance', undefined, 403);
  region.network.images.splice(at, 1);
  return {};
}

export function deleteSnapshot(_cloud: Cloud, { network }: Region, params: Params): object {
  const id = required(params, 'SnapshotId');
  if (!network.snapshots.has(id)) throw new EcsRefusal('InvalidSnapshotId.NotFound', undefined, 404);
  if (network.images.some(({ made }) => made?.snapshotId === id))
    throw new EcsRefusal('SnapshotCreatedImage', undefined, 403);
  network.snapshots.delete(id);
  return {};
}

/** From v1 to v2 only (SDK model ModifyImageAttributeRequest). */
export function modifyImageAttribute(_cloud: Cloud, region: Region, params: Params): object {
  const at = placeOf(region, params);
  const image = region.network.images[at];
  if (image !== undefined && params['Features.ImdsSupport'] === 'v2')
    region.network.images[at] = { ...image, imds: 'v2' };
  return {};
}
