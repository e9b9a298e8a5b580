/** The list of the kept tools: what machines read, and what it was made of. */
import { createHash } from 'node:crypto';
import type { Bucket } from '../../../shared/runner/copies.ts';
import { type ToolFile, ToolList } from '../../../shared/runner/kept/tools.ts';
import { incomingKey } from '../copy.ts';
import { once, readJson, writeJson } from '../json.ts';

/** What was made last, of JSON, in each bucket. */
const MADE_KEY = 'tools/made.json';

/** Null: none yet, or another release's: it is made anew. */
export const toolsIn = async (bucket: Bucket): Promise<ToolList | null> =>
  (await readJson(MADE_KEY, ToolList, bucket)) ?? null;

/** `FOLDER VERSION ARCH OS SHA256 BYTES KEY`, with - for any system; `userdata/tools.sh` reads it. */
const textOf = (files: readonly ToolFile[]): Buffer =>
  Buffer.from(
    files
      .map(({ folder, version, arch, os, sha256, sizeBytes, key }) =>
        [folder, version, arch, os ?? '-', sha256, sizeBytes, key].join(' '),
      )
      .map((line) => `${line}\n`)
      .join(''),
  );

/** Pure. */
export function listOf(
  files: readonly ToolFile[],
  about: Pick<ToolList, 'wanted' | 'missing' | 'againAtMs'>,
): ToolList {
  const text = textOf(files);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return {
    key: `tools/list-${sha256.slice(0, 32)}.txt`,
    sha256,
    sizeBytes: text.length,
    files: [...files],
    ...about,
  };
}

/** Once all that it names is there. A machine that boots now may still be reading the one before: it goes on to GitHub. */
export async function publish(list: ToolList, before: ToolList | null, bucket: Bucket): Promise<void> {
  await bucket.put(list.key, once(textOf(list.files)), list.sizeBytes);
  await writeJson(MADE_KEY, list, bucket);
  const kept = new Set([list.key, ...list.files.map(({ key }) => key)]);
  await removeAllBut(kept, before, bucket);
}

/** None are wanted any more: gigabytes that nobody asks for would stay. */
export async function unpublish(bucket: Bucket): Promise<void> {
  const before = await toolsIn(bucket);
  if (before === null) return;
  await removeAllBut(new Set(), before, bucket);
  await bucket.remove(MADE_KEY);
}

async function removeAllBut(
  kept: ReadonlySet<string>,
  before: ToolList | null,
  bucket: Bucket,
): Promise<void> {
  const old = before === null ? [] : [before.key, ...before.files.map(({ key }) => key)];
  for (const key of new Set(old.filter((each) => !kept.has(each)))) {
    await bucket.remove(key);
    await bucket.remove(incomingKey({ key }));
  }
}
