/** The archives of actions, in this region's bucket: made where GitHub is asked, copied where it is not. */

import type { Bucket, Bundle, CopyOrder, CopyState } from '../../../shared/runner/copies.ts';
import { COPY_MAX_MS } from '../../../shared/runner/limits.ts';
import { copy, incomingKey } from '../copy.ts';
import type { MirrorWorld } from '../world.ts';
import { bundleIn, isDue, makeBundle, removeBundle, writeBundle } from './bundle.ts';

/** After the runner, and never a reason for it to fail: what is not here comes from GitHub. */
export async function keepActions(order: CopyOrder, bucket: Bucket, world: MirrorWorld): Promise<void> {
  try {
    if (order.actions.length === 0) return await removeBundle(bucket);
    if (world.sourceBundle !== null) return await copyBundle(await world.sourceBundle(), bucket, world);
    const made = await bundleIn(bucket);
    if (isDue(made, order.actions, world.clock.nowMs()))
      await makeBundle(made, order.actions, gitHubOf(order), bucket, world);
  } catch (error) {
    world.log('mirror.actions_not_kept', { because: error instanceof Error ? error.message : 'unknown' });
  }
}

/** Where the runner is published, the actions are. */
const gitHubOf = ({ release }: CopyOrder): string => new URL(release.archives.amd64.url).origin;

/** By the checksum that the source made it with. */
async function copyBundle(bundle: Bundle | null, bucket: Bucket, world: MirrorWorld): Promise<void> {
  if (bundle === null) return;
  const before = await bundleIn(bucket);
  const untilMs = world.clock.nowMs() + COPY_MAX_MS;
  const { key, sha256, sizeBytes } = bundle;
  const sources = world.sources.filter(({ name }) => name !== 'GitHub');
  // GitHub has no such file.
  await copy(
    { key, sha256, sizeBytes, url: 'https://github.invalid/' },
    { ...world, sources, bucket, untilMs },
  );
  await writeBundle(bundle, bucket);
  if (before === null || before.key === key) return;
  await bucket.remove(before.key);
  await bucket.remove(incomingKey(before));
}

/** What machines of this region can have. */
export async function bundleOf(
  { actions }: CopyOrder,
  bucket: Bucket,
  world: MirrorWorld,
): Promise<Pick<CopyState, 'bundle' | 'isBundleDue'>> {
  if (actions.length === 0) return { bundle: null, isBundleDue: false };
  const made = await bundleIn(bucket);
  const isWhole = made !== null && (await bucket.sizeBytesOf(made.key)) === made.sizeBytes;
  const bundle = isWhole ? made : null;
  if (world.sourceBundle === null)
    return { bundle, isBundleDue: !isWhole || isDue(made, actions, world.clock.nowMs()) };
  const there = await world.sourceBundle();
  return { bundle, isBundleDue: there !== null && there.key !== bundle?.key };
}
