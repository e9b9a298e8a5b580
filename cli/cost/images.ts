/** What images that bake themselves cost to keep: their snapshots, in each region. */
import { ecsImages } from '../../shared/adapters/ecs/images.ts';
import { bakedNames } from '../../shared/runner/images/bake.ts';
import type { CloudImage } from '../../shared/runner/images/image-builder.ts';
import { formerlyBaked } from '../shared/cloud/formerly-baked.ts';
import { ecsOf, type Operator } from '../shared/operator.ts';

/**
 * CNY a GiB and month of a standard snapshot, as published for mainland regions in 2025: an estimate. Billed is what a snapshot
 * holds; its disk is an upper bound.
 */
export const SNAPSHOT_PRICE_PER_GIB_MONTH = 0.12;

export interface ImageCosts {
  readonly snapshots: number;
  readonly maxGiB: number;
  readonly maxPerMonth: number;
}
/** Null: no image bakes itself, and none that did has left anything. A text: why it is not known. */
export type KnownImageCosts = ImageCosts | string | null;

export async function readImageCosts(operator: Operator): Promise<KnownImageCosts> {
  const { config } = operator;
  if (bakedNames(config).length === 0 && (await formerlyBaked(operator)).length === 0) return null;
  const builder = ecsImages(ecsOf(operator));
  try {
    const listed = await Promise.all(config.placements.map(({ region }) => builder.images(region)));
    if (listed.some(({ complete }) => !complete)) return 'there are more images than are listed';
    return imageCosts(listed.flatMap(({ things }) => [...things]));
  } catch (error) {
    // The rest of the report does not wait for it.
    return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
  }
}

/** Pure. */
export function imageCosts(images: readonly Pick<CloudImage, 'snapshotIds' | 'sizeGiB'>[]): ImageCosts {
  const kept = images.filter(({ snapshotIds }) => snapshotIds.length > 0);
  const maxGiB = kept.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  return {
    snapshots: kept.reduce((sum, { snapshotIds }) => sum + snapshotIds.length, 0),
    ...{ maxGiB, maxPerMonth: maxGiB * SNAPSHOT_PRICE_PER_GIB_MONTH },
  };
}

/** None where no image bakes itself. */
export function imageLines(costs: KnownImageCosts): string[] {
  if (costs === null) return [];
  if (typeof costs === 'string') return [`What images that bake themselves cost is not known: ${costs}.`];
  const { snapshots, maxGiB, maxPerMonth } = costs;
  return [
    `Images that bake themselves: ${snapshots} snapshots of at most ${maxGiB} GiB, at most ${maxPerMonth.toFixed(2)} a month at ${SNAPSHOT_PRICE_PER_GIB_MONTH} a GiB; in no sum.`,
  ];
}
