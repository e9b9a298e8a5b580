/** What is small enough to be held: objects of JSON in a bucket, files of GitHub's. */

import type * as z from 'zod';
import type { Bucket } from '../../shared/runner/copies.ts';
import type { MirrorWorld } from './world.ts';

/** Null: there is none; undefined: what is there is something else. */
export async function readJson<Thing>(
  key: string,
  shape: z.ZodType<Thing>,
  bucket: Bucket,
): Promise<Thing | null | undefined> {
  const chunks = await bucket.open(key, 0);
  if (chunks === null) return null;
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  try {
    return shape.parse(JSON.parse(Buffer.concat(all).toString('utf8')));
  } catch {
    return undefined;
  }
}

export async function writeJson(key: string, value: unknown, bucket: Bucket): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(value));
  await bucket.put(key, once(bytes), bytes.length);
}

export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A file of GitHub's. Throws when it does not come, within so long, or is larger. */
export async function read(
  url: string,
  maxBytes: number,
  maxMs: number,
  { fetchFile }: Pick<MirrorWorld, 'fetchFile'>,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await fetchFile(url, maxMs)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) throw new Error(`${new URL(url).pathname} has more than ${maxBytes} bytes`);
  }
  return Buffer.concat(chunks);
}
