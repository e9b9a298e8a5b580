/** What the next manifest says, from what mirrors have. Pure. */
import { RUNNER_VERSION_WARN_MS } from '../../../../shared/limits.ts';
import type { PublishedRelease } from '../../../../shared/ports.ts';
import { archiveKey, publicUrl, type RunnerRelease, stillTaken } from '../../../../shared/runner/release.ts';

/** Kept to be named in `superseded`; GitHub releases about once a month. */
const SUPERSEDED_MAX = 12;

export interface Regions {
  /** With a whole copy of the latest. */
  readonly copied: readonly string[];
  /** Without one. */
  readonly lacking: readonly string[];
  /** That did not say. */
  readonly unknown: readonly string[];
}

/** Null: some region does not have the new one yet, and the one before is young enough: stay with it. */
export function nextManifest(
  previous: RunnerRelease | null,
  latest: PublishedRelease,
  { copied, lacking, unknown }: Regions,
  nowMs: number,
): RunnerRelease | null {
  const isNew = previous !== null && previous.version !== latest.version;
  const isYoung = nowMs - latest.publishedAtMs < RUNNER_VERSION_WARN_MS;
  if (isNew && isYoung && lacking.length + unknown.length > 0) return null;
  // Its whole copy of this very version was seen before: silence does not take it away, a look that misses it does.
  const had = isNew || previous === null ? [] : unknown.filter((region) => previous.regions.includes(region));
  return manifestOf(previous, latest, [...copied, ...had]);
}

function manifestOf(
  previous: RunnerRelease | null,
  latest: PublishedRelease,
  regions: readonly string[],
): RunnerRelease {
  const { version, publishedAtMs, archives } = latest;
  const older = previous?.superseded ?? [];
  const superseded =
    previous === null || previous.version === version
      ? older
      : [{ version: previous.version, supersededAtMs: publishedAtMs }, ...older];
  const archive = (arch: 'amd64' | 'arm64') => ({
    key: archiveKey(version, arch),
    sha256: archives[arch].sha256,
    sizeBytes: archives[arch].sizeBytes,
    ...(archives[arch].url === publicUrl(version, arch) ? {} : { url: archives[arch].url }),
  });
  return {
    version,
    publishedAtMs,
    archives: { amd64: archive('amd64'), arm64: archive('arm64') },
    regions: [...regions].sort(),
    superseded: superseded.filter((each) => each.version !== version).slice(0, SUPERSEDED_MAX),
  };
}

/** What no launch can name any more: an instance that boots now may still be fetching the one before. */
export function versionsToRemove(manifest: RunnerRelease | null, latest: string, nowMs: number): string[] {
  if (manifest === null) return [];
  const kept = new Set([latest, manifest.version, ...stillTaken(manifest, nowMs)]);
  return manifest.superseded.map(({ version }) => version).filter((version) => !kept.has(version));
}
