/** Bounds of keeping actions. */

/** Tags move: what they name is looked up anew after this. */
export const BUNDLE_KEPT_MS = 24 * 3_600_000;
/** After a failure, so much later. */
export const BUNDLE_RETRY_MS = 3_600_000;
/** So long archives are brought, after the runner's in the same go; the rest is packed without them. */
export const BUNDLE_MAKING_MS = 5 * 60_000;
/** What a repository advertises: its pull requests, too. */
export const REFS_MAX_BYTES = 8 * 1024 * 1024;
export const REFS_MAX_MS = 30_000;
/** GitHub's own have at most ten. A larger one comes from GitHub. */
export const ARCHIVE_MAX_BYTES = 24 * 1024 * 1024;
/** Unpacked: what turns out to be larger is no action. */
export const ARCHIVE_UNPACKED_MAX_BYTES = 160 * 1024 * 1024;
export const ARCHIVE_MAX_MS = 120_000;
/** All of them: each machine fetches it, beside its runner. */
export const BUNDLE_MAX_BYTES = 256 * 1024 * 1024;
