/**
 * What the mirror knows of GitHub's newest runner release: its manifest, kept as a note in the ledger under
 * RUNNER_RELEASE_NOTE, so that a launch asks neither GitHub nor OSS.
 */
import * as z from 'zod';

export const RUNNER_RELEASE_NOTE = 'runner-release';

const version = z.string().regex(/^\d{1,4}\.\d{1,5}\.\d{1,5}$/, 'must be a version such as 2.336.0');

const Archive = z.strictObject({
  /** The object's name in each bucket, and the file's name at GitHub. */
  key: z.string().regex(/^[A-Za-z0-9._/-]{1,200}$/, 'must be an object key'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal'),
  sizeBytes: z.int().positive(),
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

export type RunnerArchive = z.output<typeof Archive>;
export type RunnerRelease = z.output<typeof Release>;

/** Null: not a manifest that this version of the code understands; the mirror will write a new one. */
export function parseRunnerRelease(text: string): RunnerRelease | null {
  try {
    const parsed = Release.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
