/** One archive, brought whole and proven into a bucket, in as many goes as it takes. */

import type { Bucket } from '../../shared/runner/copies.ts';
import { COPY_PIECE_BYTES } from '../../shared/runner/limits.ts';
import { ArchiveWrong, inPieces, verified } from './verified.ts';
import type { Archive, MirrorWorld, Source } from './world.ts';

/** What has come so far; nobody installs from there. */
export const incomingKey = ({ key }: Pick<Archive, 'key'>): string => `incoming/${key}`;

export type FilledWorld = MirrorWorld & { readonly bucket: Bucket; readonly untilMs: number };

/** Another go brings the same archive at this time: what it did to the object is seen when we do something to it. */
export class AnotherGo extends Error {}

/** Throws when it did not get to the end; the next go goes on from there. True: it was not there before. */
export async function copy(archive: Archive, world: FilledWorld): Promise<boolean> {
  const { bucket } = world;
  // An object comes into being only whole and verified, so its size tells that it is there.
  if ((await bucket.sizeBytesOf(archive.key)) === archive.sizeBytes) return false;
  await gather(archive, world);
  await prove(archive, world);
  world.log('mirror.copied', { key: archive.key, bytes: archive.sizeBytes });
  return true;
}

async function gather(archive: Archive, world: FilledWorld): Promise<void> {
  let failure: unknown = new Error('there is nowhere to copy from');
  for (const source of world.sources) {
    try {
      return await gatherFrom(source, archive, world);
    } catch (error) {
      if (error instanceof AnotherGo) throw error;
      const because = error instanceof Error ? error.message : String(error);
      failure = new Error(`copying from ${source.name}: ${because}`);
      world.log('mirror.source_failed', { source: source.name, key: archive.key, because });
    }
  }
  throw failure;
}

/** An append whose answer was lost is seen by the next go: it asks how much is there. */
async function gatherFrom(source: Source, archive: Archive, world: FilledWorld): Promise<void> {
  const { bucket, clock, untilMs } = world;
  const incoming = incomingKey(archive);
  let have = await broughtBefore(archive, bucket);
  if (have === archive.sizeBytes) return;
  for await (const piece of inPieces(await source.open(archive, have), COPY_PIECE_BYTES)) {
    const of = `${have} of the ${archive.sizeBytes} bytes of ${archive.key}`;
    if (have + piece.length > archive.sizeBytes) throw new ArchiveWrong(`${source.name} has more than ${of}`);
    if (clock.nowMs() > untilMs) throw new Error(`${source.name} is slow: ${of} in this go`);
    if (!(await bucket.append(incoming, piece, have)))
      throw new AnotherGo(`another go brings ${archive.key}: it goes on, and this one ends here`);
    have += piece.length;
  }
  if (have < archive.sizeBytes)
    throw new Error(`${source.name} ended after ${have} of the ${archive.sizeBytes} bytes of ${archive.key}`);
}

/** Of something that had this name before, and was larger, there is no going on. */
async function broughtBefore(archive: Archive, bucket: FilledWorld['bucket']): Promise<number> {
  const incoming = incomingKey(archive);
  const have = (await bucket.sizeBytesOf(incoming)) ?? 0;
  if (have <= archive.sizeBytes) return have;
  await bucket.remove(incoming);
  return 0;
}

/** What turns out to be something else begins again from nothing. OSS copies no object that was appended to. */
async function prove(archive: Archive, { bucket }: FilledWorld): Promise<void> {
  const incoming = incomingKey(archive);
  const chunks = await bucket.open(incoming, 0);
  if (chunks === null)
    throw new AnotherGo(`${incoming} is gone again: another go was faster, or somebody removed it`);
  try {
    await bucket.put(archive.key, verified(chunks, archive), archive.sizeBytes);
  } catch (error) {
    if (error instanceof ArchiveWrong) await bucket.remove(incoming);
    throw error;
  }
  await bucket.remove(incoming);
}
