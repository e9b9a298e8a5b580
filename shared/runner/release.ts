/**
 * Which runner launches install, and which regions have it: the manifest, kept by the reaper as a note in the ledger under
 * RUNNER_RELEASE_NOTE, so that a launch asks neither GitHub nor OSS.
 */
import * as z from 'zod';
import { parseJson } from '../json.ts';
import { RUNNER_VERSION_WARN_MS } from '../limits.ts';
import type { Arch } from '../nouns.ts';

/** The alert that there is none. */
export const NO_RUNNER_RELEASE = 'no-runner-release';
export const RUNNER_RELEASE_NOTE = 'runner-release';

export const version = z.string().regex(/^\d{1,4}\.\d{1,5}\.\d{1,5}$/, 'must be a version such as 2.336.0');

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal');

const Archive = z.strictObject({
  /** The object's name in each bucket, and the file's name at GitHub. */
  key: z.string().regex(/^[A-Za-z0-9._/-]{1,200}$/, 'must be an object key'),
  sha256,
  sizeBytes: z.int().positive(),
  /** Where GitHub's own host has it. Absent: where github.com publishes it, or release 0.1 could not read it after a rollback. */
  url: z.url({ protocol: /^https?$/ }).optional(),
});

const Release = z.strictObject({
  version,
  publishedAtMs: z.int().nonnegative(),
  archives: z.strictObject({ amd64: Archive, arm64: Archive }),
  /** Regions whose bucket has both archives, whole and verified. */
  regions: z.array(z.string()),
  /** Older versions that GitHub still takes, newest first; an image may hold one of them. */
  superseded: z.array(z.strictObject({ version, supersededAtMs: z.int().nonnegative() })),
});

export type RunnerRelease = z.output<typeof Release>;

/** Null: not a manifest that this version of the code understands; the reaper will write a new one. */
export const parseRunnerRelease = (text: string): RunnerRelease | null =>
  Release.safeParse(parseJson(text)).data ?? null;

/** Regions that have a bucket of ours, and not a whole copy in it. */
export const bucketsWithout = (
  placements: readonly { readonly region: string; readonly mirrorBucket: string | null }[],
  regions: readonly string[],
): readonly string[] =>
  placements
    .filter(({ region, mirrorBucket }) => mirrorBucket !== null && !regions.includes(region))
    .map(({ region }) => region);

const FILE_ARCH = { amd64: 'x64', arm64: 'arm64' } as const;
export const archiveName = (version: string, arch: Arch): string =>
  `actions-runner-linux-${FILE_ARCH[arch]}-${version}.tar.gz`;
export const archiveKey = (version: string, arch: Arch): string =>
  `actions-runner/${version}/${archiveName(version, arch)}`;

/** Where github.com publishes it. */
export const publicUrl = (version: string, arch: Arch): string =>
  `https://github.com/actions/runner/releases/download/v${version}/${archiveName(version, arch)}`;

/** GitHub gives no jobs to a runner 30 days after a newer release; we stop some days before. */
export function stillTaken(release: Pick<RunnerRelease, 'superseded'>, nowMs: number): string[] {
  return release.superseded
    .filter(({ supersededAtMs }) => nowMs - supersededAtMs < RUNNER_VERSION_WARN_MS)
    .map(({ version }) => version);
}
