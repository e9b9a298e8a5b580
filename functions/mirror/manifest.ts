/** What the next manifest says, from what was copied. Pure. */
import { RUNNER_VERSION_WARN_MS } from '../../shared/limits.ts';
import { archiveKey, type PublishedRelease, type RunnerRelease } from '../../shared/runner/release.ts';

/** Kept to be named in `superseded`; GitHub releases about once a month. */
const SUPERSEDED_MAX = 12;

export type Manifest =
  | { readonly kind: 'write'; readonly release: RunnerRelease }
  /** A region's copy failed, and the one before is complete and young enough: stay with it, try again. */
  | { readonly kind: 'keep'; readonly because: string };

/** `failed`: regions without a whole copy of `latest`; `copied`: those with one. */
export function nextManifest(
  previous: RunnerRelease | null,
  latest: PublishedRelease,
  regions: { readonly copied: readonly string[]; readonly failed: readonly string[] },
  nowMs: number,
): Manifest {
  const isNew = previous !== null && previous.version !== latest.version;
  const isYoung = nowMs - latest.publishedAtMs < RUNNER_VERSION_WARN_MS;
  if (isNew && isYoung && regions.failed.length > 0)
    return { kind: 'keep', because: `not yet copied to ${regions.failed.join(', ')}` };
  // Its whole copy of this very version was seen before: one failed look does not take it away.
  const had =
    isNew || previous === null ? [] : regions.failed.filter((region) => previous.regions.includes(region));
  return { kind: 'write', release: manifestOf(previous, latest, [...regions.copied, ...had]) };
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
  });
  return {
    version,
    publishedAtMs,
    archives: { amd64: archive('amd64'), arm64: archive('arm64') },
    regions: [...regions],
    superseded: superseded.filter((each) => each.version !== version).slice(0, SUPERSEDED_MAX),
  };
}
