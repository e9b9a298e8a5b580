/** One action's archives, brought into the source's bucket, each once. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as z from 'zod';
import type { Bucket } from '../../../shared/runner/copies.ts';
import { once, read, readJson, writeJson } from '../json.ts';
import type { MirrorWorld } from '../world.ts';
import {
  ARCHIVE_MAX_BYTES,
  ARCHIVE_MAX_MS,
  ARCHIVE_UNPACKED_MAX_BYTES,
  REFS_MAX_BYTES,
  REFS_MAX_MS,
} from './limits.ts';
import { commitsOf, isCommit } from './refs.ts';
import type { TarFile } from './tar.ts';

export interface ActionArchive extends TarFile {
  /** In the bucket. */
  readonly key: string;
}

const unpacked = promisify(gunzip);

/** `OWNER/REPO` or `OWNER/REPO@REF`. Throws when it cannot be had now; the next go finds what was brought before. */
export async function bring(
  action: string,
  gitHub: string,
  bucket: Bucket,
  world: MirrorWorld,
): Promise<readonly ActionArchive[]> {
  const [repository = '', ref = null] = action.split('@');
  const refs = isCommit(ref)
    ? ''
    : await read(
        `${gitHub}/${repository}.git/info/refs?service=git-upload-pack`,
        REFS_MAX_BYTES,
        REFS_MAX_MS,
        world,
      );
  const commits = commitsOf(refs.toString('latin1'), ref);
  if (commits.length === 0) throw new Error(`${action} has no such tag`);
  const archives: ActionArchive[] = [];
  for (const sha of commits) archives.push(await bringCommit(repository, sha, gitHub, bucket, world));
  return archives;
}

/** `<owner>_<repo>/<sha>.tar.gz` is where the runner looks (actions/runner, ActionManager.cs, DownloadRepositoryActionAsync). */
async function bringCommit(
  repository: string,
  sha: string,
  gitHub: string,
  bucket: Bucket,
  world: MirrorWorld,
): Promise<ActionArchive> {
  const folder = folderOf(repository);
  const key = `actions/${folder}/${sha}.tar.gz`;
  const file = { folder, name: `${sha}.tar.gz`, key };
  const have = await bucket.sizeBytesOf(key);
  if (have !== null) return { ...file, sizeBytes: have };
  const bytes = await read(
    `${gitHub}/${repository}/archive/${sha}.tar.gz`,
    ARCHIVE_MAX_BYTES,
    ARCHIVE_MAX_MS,
    world,
  );
  await proveCommit(bytes, sha);
  await bucket.put(key, once(bytes), bytes.length);
  world.log('mirror.action_kept', { key, bytes: bytes.length });
  return { ...file, sizeBytes: bytes.length };
}

/**
 * GitHub publishes no checksum of these archives. git writes the commit into the first header of each (git-archive, pax
 * header); gzip's own sum tells one that is cut or changed on the way: the runner takes a wrong one for good, and the job
 * fails.
 */
async function proveCommit(bytes: Buffer, sha: string): Promise<void> {
  const tar = await unpacked(bytes, { maxOutputLength: ARCHIVE_UNPACKED_MAX_BYTES }).catch(() =>
    Buffer.alloc(0),
  );
  if (!tar.subarray(0, 1024).includes(`comment=${sha}\n`))
    throw new Error(`what came is not the archive of ${sha}`);
}

const folderOf = (repository: string): string => repository.replace('/', '_');

/** Which archives the last bundle was made of, of JSON: tags move, and nobody lists a bucket. */
export const KEPT_KEY = 'actions/kept.json';
const Keys = z.array(z.string().regex(/^actions\/[^/]+\/[0-9a-f]{40}\.tar\.gz$/));

export const keysKept = async (bucket: Bucket): Promise<readonly string[]> =>
  (await readJson(KEPT_KEY, Keys, bucket)) ?? [];

/** Those of an action that are there from before. */
export async function broughtBefore(
  action: string,
  kept: readonly string[],
  bucket: Bucket,
): Promise<readonly ActionArchive[]> {
  const folder = folderOf(action.split('@')[0] as string);
  const own = kept.filter((key) => key.startsWith(`actions/${folder}/`));
  const found = own.map(async (key) => {
    const sizeBytes = await bucket.sizeBytesOf(key);
    return sizeBytes === null ? [] : [{ folder, name: key.split('/').at(-1) as string, key, sizeBytes }];
  });
  return (await Promise.all(found)).flat();
}

/** What no bundle has any more goes. */
export async function keepOnly(
  archives: readonly ActionArchive[],
  kept: readonly string[],
  bucket: Bucket,
): Promise<void> {
  const keys = archives.map(({ key }) => key);
  for (const old of kept.filter((key) => !keys.includes(key))) await bucket.remove(old);
  if (keys.join() !== kept.join()) await writeJson(KEPT_KEY, keys, bucket);
}
