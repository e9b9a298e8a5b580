/** Keeps this region's copy of the runner as it is ordered: it knows no secret and decides nothing. */

import { type Bucket, type CopyOrder, CopyState } from '../../shared/runner/copies.ts';
import { COPY_MAX_MS } from '../../shared/runner/limits.ts';
import { archiveKey } from '../../shared/runner/release.ts';
import { bundleOf, keepActions } from './actions/keep.ts';
import { copy, incomingKey } from './copy.ts';
import { readJson, writeJson } from './json.ts';
import type { Archive, MirrorWorld } from './world.ts';

const ARCHS = ['amd64', 'arm64'] as const;
/** Why the last copy ended early. */
const FAILURE_KEY = 'mirror/failure.json';
const FAILURE_MAX_CHARS = 300;

/** What is there in the end. Throws when a copy did not get to its end, after it noted why. */
export async function mirror(order: CopyOrder, world: MirrorWorld): Promise<CopyState> {
  const { bucket } = world;
  if (bucket === null) throw new Error('this region has no bucket in runners.yaml: run npm run deploy');
  if (order.kind === 'copy') {
    await copyAll(order, bucket, world);
    await keepActions(order, bucket, world);
  }
  return { ...(await stateOf(order, bucket)), ...(await bundleOf(order, bucket, world)) };
}

const archivesOf = ({ release }: CopyOrder): readonly Archive[] =>
  ARCHS.map((arch) => ({ ...release.archives[arch], key: archiveKey(release.version, arch) }));

async function copyAll(order: CopyOrder, bucket: Bucket, world: MirrorWorld): Promise<void> {
  const untilMs = world.clock.nowMs() + COPY_MAX_MS;
  try {
    // One after the other: a copy needs all of the function's bandwidth.
    for (const archive of archivesOf(order)) await copy(archive, { ...world, bucket, untilMs });
  } catch (error) {
    await noteFailure(error, bucket, world);
    throw error;
  }
  await bucket.remove(FAILURE_KEY);
  for (const version of order.remove)
    for (const arch of ARCHS) {
      const key = archiveKey(version, arch);
      await bucket.remove(key);
      await bucket.remove(incomingKey({ key }));
    }
}

async function noteFailure(error: unknown, bucket: Bucket, { clock, log }: MirrorWorld): Promise<void> {
  const because = (error instanceof Error ? error.message : String(error)).slice(0, FAILURE_MAX_CHARS);
  try {
    await writeJson(FAILURE_KEY, { atMs: clock.nowMs(), because }, bucket);
  } catch {
    // A bucket that takes nothing says so to whoever looks next.
    log('mirror.failure_not_noted', { because });
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
    failure: isWhole ? null : await failureIn(bucket),
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

async function failureIn(bucket: Bucket): Promise<CopyState['failure']> {
  const failure = await readJson(FAILURE_KEY, CopyState.shape.failure, bucket);
  if (failure !== undefined) return failure;
  return { atMs: 0, because: `what ${FAILURE_KEY} holds is not the mirror’s` };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
