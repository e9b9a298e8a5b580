/** Which images are ours, in one region, by their tags. */
import * as z from 'zod';
import { TAG } from '../../names.ts';
import type { Listing } from '../../nouns.ts';
import type { CloudImage } from '../../runner/images/image-builder.ts';
import { IMAGE_PAGES_MAX } from '../../runner/images/image-limits.ts';
import { ask, type LookUpWorld } from './look-ups.ts';

/** @see SDK model DescribeImagesResponseBody */
const Images = z.object({
  Images: z.object({
    Image: z.array(
      z.object({
        ImageId: z.string().min(1),
        ImageName: z.string().optional(),
        Status: z.string().optional(),
        CreationTime: z.string().optional(),
        Size: z.number().optional(),
        Features: z.object({ ImdsSupport: z.string().optional() }).optional(),
        Tags: z.object({ Tag: z.array(z.object({ TagKey: z.string(), TagValue: z.string() })) }).optional(),
        DiskDeviceMappings: z
          .object({ DiskDeviceMapping: z.array(z.object({ SnapshotId: z.string().optional() })) })
          .optional(),
      }),
    ),
  }),
  TotalCount: z.number(),
});
type Row = z.output<typeof Images>['Images']['Image'][number];
const PAGE = 100;

export async function listImages(region: string, world: LookUpWorld): Promise<Listing<CloudImage>> {
  const found: CloudImage[] = [];
  const filter = { ImageOwnerAlias: 'self', 'Tag.1.Key': TAG.deployment, 'Tag.1.Value': world.deployment };
  for (let page = 1; page <= IMAGE_PAGES_MAX; page++) {
    const params = { ...filter, PageSize: String(PAGE), PageNumber: String(page) };
    const body = Images.parse(await ask(region, 'DescribeImages', params, world));
    found.push(...body.Images.Image.flatMap((row) => imageIn(row, region, world.deployment)));
    if (page * PAGE >= body.TotalCount) return { things: found, complete: true };
  }
  return { things: found, complete: false };
}

/** As a build is named, and what Image Builder adds: deployment, image, recipe, second. Anybody may write a tag. */
export const isNamedLikeOurs = (name: string, deployment: string): boolean =>
  name.startsWith(`${deployment}-`) && /-[0-9a-f]{12}-[0-9a-z]{6,8}(?:_|$)/.test(name);

/** None where its tags and its name do not say all of it: what we do not own is not listed, so it is not touched. */
function imageIn(row: Row, region: string, deployment: string): CloudImage[] {
  const tags = new Map(row.Tags?.Tag.map(({ TagKey, TagValue }) => [TagKey, TagValue]));
  const image = tags.get(TAG.image);
  if (image === undefined || tags.get(TAG.deployment) !== deployment) return [];
  if (!isNamedLikeOurs(row.ImageName ?? '', deployment)) return [];
  return [
    {
      ...{ id: row.ImageId, name: row.ImageName ?? row.ImageId, region, image },
      isAvailable: row.Status === 'Available',
      isHardened: row.Features?.ImdsSupport === 'v2',
      createdAtMs: Date.parse(row.CreationTime ?? '') || 0,
      sizeGiB: row.Size ?? 0,
      snapshotIds: (row.DiskDeviceMappings?.DiskDeviceMapping ?? []).flatMap(
        ({ SnapshotId }) => SnapshotId || [],
      ),
    },
  ];
}
