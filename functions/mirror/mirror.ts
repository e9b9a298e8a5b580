/** Keeps this region's copy of the runner as it is ordered: it knows no secret and decides nothing. */

import type { Bucket, CopyOrder, CopyState } from '../../shared/runner/copies.ts';
import { COPY_MAX_MS } from '../../shared/runner/limits.ts';
import { archiveKey } from '../../shared/runner/release.ts';
import { bundleOf, keepActions } from './actions/keep.ts';
import { copy, incomingKey } from './copy.ts';
import { failureIn, forgetFailure, noteFailure } from './failure.ts';
import { keepTools, toolsOf } from './tools/keep.ts';
import type { Archive, MirrorWorld } from './world.ts';

const ARCHS = ['amd64', 'arm64'] as const;
/** Of the runner's last copy. */
const FAILURE_KEY = 'mirror/failure.json';

/** What is there in the end. Throws when a copy did not get to its end, after it noted why. */
export async function mirror(order: CopyOrder, world: MirrorWorld): Promise<CopyState> {
  const { bucket } = world;
  if (bucket === null) throw new Error('this region has no bucket in runners.yaml: run npm run deploy');
  if (order.kind === 'copy') {
    const untilMs = world.clock.nowMs() + COPY_MAX_MS;
    await copyAll(order, bucket, untilMs, world);
    await keepActions(order, bucket, world);
    await keepTools(order, bucket, untilMs, world);
  }
  const [runner, actions, tools] = await Promise.all([
    stateOf(order, bucket),
    bundleOf(order, bucket, world),
    toolsOf(order, bucket, world),
  ]);
  return { ...runner, ...actions, tools };
}

const archivesOf = ({ release }: CopyOrder): readonly Archive[] =>
  ARCHS.map((arch) => ({ ...release.archives[arch], key: archiveKey(release.version, arch) }));

async function copyAll(order: CopyOrder, bucket: Bucket, untilMs: number, world: MirrorWorld): Promise<void> {
  try {
    // One after the other: a copy needs all of the function's bandwidth.
    for (const archive of archivesOf(order)) await copy(archive, { ...world, bucket, untilMs });
  } catch (error) {
    await noteFailure(FAILURE_KEY, error, bucket, world);
    throw error;
  }
  await forgetFailure(FAILURE_KEY, bucket);
  for (const version of order.remove)
    for (const arch of ARCHS) {
      const key = archiveKey(version, arch);
      await bucket.remove(key);
      await bucket.remove(incomingKey({ key }));
    }
}

async function stateOf(order: CopyOrder, bucket: Bucket) {
  const archives = archivesOf(order);
  const found = await Promise.all(archives.map((archive) => copiedOf(archive, bucket)));
  const isWhole = found.every(({ isThere }) => isThere);
  return {
    version: order.release.version,
    isWhole,
    copiedBytes: sum(found.map(({ bytes }) => bytes)),
    sizeBytes: sum(archives.map(({ sizeBytes }) => sizeBytes)),
    failure: isWhole ? null : await failureIn(FAILURE_KEY, bucket),
  };
}

async function copiedOf(archive: Archive, bucket: Bucket): Promise<{ isThere: boolean; bytes: number }> {
  const isThere = (await bucket.sizeBytesOf(archive.key)) === archive.sizeBytes;
  if (isThere) return { isThere, bytes: archive.sizeBytes };
  return {
    isThere,
    bytes: Math.min(archive.sizeBytes, (await bucket.sizeBytesOf(incomingKey(archive))) ?? 0),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
