/** Copies GitHub's newest runner into each placement's bucket, and says so last. */
import {
  archiveKey,
  type Bucket,
  type PublishedRelease,
  parseRunnerRelease,
  RUNNER_RELEASE_NOTE,
  type RunnerRelease,
  stillTaken,
} from '../../shared/runner/release.ts';
import { nextManifest } from './manifest.ts';
import { verified } from './verified.ts';
import type { MirrorWorld } from './world.ts';

const ARCHS = ['amd64', 'arm64'] as const;

export interface RegionOutcome {
  readonly region: string;
  readonly kind: 'copied' | 'had' | 'failed';
  readonly error?: unknown;
}

export interface MirrorOutcome {
  readonly version: string;
  readonly manifest: 'written' | 'kept';
  readonly regions: readonly RegionOutcome[];
}

/** A region that fails does not stop the others. Throws when GitHub or the ledger is out of reach. */
export async function mirror(world: MirrorWorld): Promise<MirrorOutcome> {
  const latest = await world.releases.latest();
  const regions: RegionOutcome[] = [];
  // One after the other: a copy needs all of the function's bandwidth, and what is there already is skipped.
  for (const bucket of world.buckets) regions.push(await fill(bucket, latest, world));
  const manifest = await writeManifest(latest, regions, world);
  return { version: latest.version, manifest, regions };
}

async function fill(bucket: Bucket, latest: PublishedRelease, world: MirrorWorld): Promise<RegionOutcome> {
  const { region } = bucket;
  try {
    let kind: 'copied' | 'had' = 'had';
    for (const arch of ARCHS) {
      const archive = latest.archives[arch];
      const key = archiveKey(latest.version, arch);
      // An object comes into being only whole and verified, so its size tells that it is there.
      if ((await bucket.sizeBytesOf(key)) === archive.sizeBytes) continue;
      const chunks = await world.releases.open(archive.url);
      await bucket.put(key, verified(chunks, archive), archive.sizeBytes);
      kind = 'copied';
      world.log('mirror.copied', { region, key, bytes: archive.sizeBytes });
    }
    return { region, kind };
  } catch (error) {
    world.log('mirror.failed', { region, because: error instanceof Error ? error.message : String(error) });
    return { region, kind: 'failed', error };
  }
}

async function writeManifest(
  latest: PublishedRelease,
  outcomes: readonly RegionOutcome[],
  world: MirrorWorld,
): Promise<MirrorOutcome['manifest']> {
  const nowMs = world.clock.nowMs();
  const held = await world.notes.read(RUNNER_RELEASE_NOTE);
  const previous = held === null ? null : parseRunnerRelease(held.entry.text);
  const of = (isFailed: boolean) =>
    outcomes.filter(({ kind }) => (kind === 'failed') === isFailed).map(({ region }) => region);
  const manifest = nextManifest(previous, latest, { copied: of(false), failed: of(true) }, nowMs);
  if (manifest.kind === 'keep') {
    world.log('mirror.kept', { version: previous?.version ?? null, because: manifest.because });
    return 'kept';
  }
  const note = { text: JSON.stringify(manifest.release), untilMs: null };
  const written =
    held === null
      ? await world.notes.add(RUNNER_RELEASE_NOTE, note)
      : await world.notes.replace(RUNNER_RELEASE_NOTE, held, note);
  // Another run wrote at the same time, from the same release: its manifest stands.
  if (written === null) return 'kept';
  world.log('mirror.written', { version: latest.version, regions: manifest.release.regions.length });
  await removeOld(previous, manifest.release, world);
  return 'written';
}

/** What no launch can name any more: an instance that boots now may still be fetching the one before. */
async function removeOld(
  previous: RunnerRelease | null,
  next: RunnerRelease,
  { buckets, clock, log }: MirrorWorld,
): Promise<void> {
  const kept = new Set([next.version, previous?.version, ...stillTaken(next, clock.nowMs())]);
  const old = next.superseded.map(({ version }) => version).filter((version) => !kept.has(version));
  const keys = old.flatMap((version) => ARCHS.map((arch) => archiveKey(version, arch)));
  for (const bucket of buckets) {
    const removals = await Promise.allSettled(keys.map((key) => bucket.remove(key)));
    const failed = removals.filter(({ status }) => status === 'rejected').length;
    // Costs some cents of storage until the next day's run.
    if (failed > 0) log('mirror.not_removed', { region: bucket.region, objects: failed });
  }
}

/** Throws when a region failed, so that the platform counts the run as failed and tells. */
export function allCopied({ version, manifest, regions }: MirrorOutcome): string {
  const failed = regions.filter(({ kind }) => kind === 'failed');
  if (failed.length === 0) return `${version} ${manifest}`;
  throw new AggregateError(
    failed.map(({ error }) => error),
    `runner ${version} was not copied to ${failed.map(({ region }) => region).join(', ')}`,
  );
}
