/** All kept actions as one file, for machines to fetch: made in the functions' own region, copied to the others. */
import { createHash } from 'node:crypto';
import { type Bucket, Bundle } from '../../../shared/runner/copies.ts';
import { incomingKey } from '../copy.ts';
import { readJson, writeJson } from '../json.ts';
import type { MirrorWorld } from '../world.ts';
import { type ActionArchive, bring, broughtBefore, KEPT_KEY, keepOnly, keysKept } from './archives.ts';
import { BUNDLE_KEPT_MS, BUNDLE_MAKING_MS, BUNDLE_MAX_BYTES, BUNDLE_RETRY_MS } from './limits.ts';
import { tarOf, tarSizeBytes } from './tar.ts';

/** What was made last, of JSON, in each bucket. */
export const MADE_KEY = 'actions/made.json';

/** Null: none yet, or another release's: it is made anew. */
export const bundleIn = async (bucket: Bucket): Promise<Bundle | null> =>
  (await readJson(MADE_KEY, Bundle, bucket)) ?? null;

export const writeBundle = (bundle: Bundle, bucket: Bucket): Promise<void> =>
  writeJson(MADE_KEY, bundle, bucket);

/** None are wanted any more: what was made of them goes with them. */
export async function removeBundle(bucket: Bucket): Promise<void> {
  const made = await bundleIn(bucket);
  if (made === null) return;
  await keepOnly([], await keysKept(bucket), bucket);
  for (const key of [made.key, incomingKey(made), KEPT_KEY, MADE_KEY]) await bucket.remove(key);
}

export const isDue = (made: Bundle | null, actions: readonly string[], nowMs: number): boolean =>
  actions.length > 0 && (made === null || made.actions.join() !== actions.join() || nowMs >= made.againAtMs);

/** Of what can be had: an action that cannot is as it was before, or comes from GitHub, and is looked for again sooner. */
export async function makeBundle(
  made: Bundle | null,
  actions: readonly string[],
  gitHub: string,
  bucket: Bucket,
  world: MirrorWorld,
): Promise<Bundle> {
  const kept = await keysKept(bucket);
  const { archives, missing } = await bringAll(actions, kept, { gitHub, bucket }, world);
  const names = archives.map(({ folder, name }) => `${folder}/${name}`);
  const key = `actions/bundle-${createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 32)}.tar`;
  const againAtMs = world.clock.nowMs() + (missing.length > 0 ? BUNDLE_RETRY_MS : BUNDLE_KEPT_MS);
  const sizeBytes = tarSizeBytes(archives);
  const isThere = made?.key === key && (await bucket.sizeBytesOf(key)) === made.sizeBytes;
  const sha256 = isThere ? made.sha256 : await pack(key, archives, sizeBytes, bucket);
  const bundle = { key, sha256, sizeBytes, actions: [...actions], missing, againAtMs };
  await writeBundle(bundle, bucket);
  // A machine that boots now may still be fetching the one before: it goes on to GitHub.
  if (made !== null && made.key !== key) await bucket.remove(made.key);
  await keepOnly(archives, kept, bucket);
  world.log('mirror.actions_kept', {
    archives: archives.length,
    bytes: sizeBytes,
    missing: missing.join(' '),
  });
  return bundle;
}

async function bringAll(
  actions: readonly string[],
  kept: readonly string[],
  { gitHub, bucket }: { readonly gitHub: string; readonly bucket: Bucket },
  world: MirrorWorld,
) {
  const found = new Map<string, ActionArchive>();
  const missing: string[] = [];
  const untilMs = world.clock.nowMs() + BUNDLE_MAKING_MS;
  for (const action of actions) {
    try {
      if (world.clock.nowMs() > untilMs) throw new Error('GitHub is slow: the next go brings it');
      take(await bring(action, gitHub, bucket, world), found);
    } catch (error) {
      missing.push(action);
      const because = error instanceof Error ? error.message : 'unknown';
      world.log('mirror.action_missing', { action, because });
    }
  }
  await takeFromBefore(missing, kept, found, bucket);
  const archives = [...found.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  return { archives, missing };
}

/** GitHub may be away, and what was kept is good on: the runner asks for a commit, whatever its tag is by now. */
async function takeFromBefore(
  actions: readonly string[],
  kept: readonly string[],
  found: Map<string, ActionArchive>,
  bucket: Bucket,
): Promise<void> {
  for (const action of actions) {
    const before = await broughtBefore(action, kept, bucket);
    if (hasRoom(before, found)) take(before, found);
  }
}

/** All of one action, or, where the bundle would become too large, none. */
function take(archives: readonly ActionArchive[], found: Map<string, ActionArchive>): void {
  if (!hasRoom(archives, found)) throw new Error(`the bundle would have more than ${BUNDLE_MAX_BYTES} bytes`);
  for (const archive of archives) found.set(archive.key, archive);
}

function hasRoom(archives: readonly ActionArchive[], found: ReadonlyMap<string, ActionArchive>): boolean {
  const more = archives.filter(({ key }) => !found.has(key));
  return tarSizeBytes([...found.values(), ...more]) <= BUNDLE_MAX_BYTES;
}

async function pack(
  key: string,
  archives: readonly ActionArchive[],
  sizeBytes: number,
  bucket: Bucket,
): Promise<string> {
  const hash = createHash('sha256');
  const chunks = tarOf(archives, async (file) => {
    const bytes = await bucket.open(file.key, 0);
    if (bytes === null) throw new Error(`${file.key} is gone again`);
    return bytes;
  });
  async function* hashed() {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await bucket.put(key, hashed(), sizeBytes);
  return hash.digest('hex');
}
