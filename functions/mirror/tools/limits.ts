/** Bounds of keeping tools. */

/** Versions move: which is the newest is looked up anew after this. */
export const TOOLS_KEPT_MS = 24 * 3_600_000;
/** After a failure, so much later. */
export const TOOLS_RETRY_MS = 3_600_000;
/** What a repository advertises. */
export const TAGS_MAX_BYTES = 8 * 1024 * 1024;
export const TAGS_MAX_MS = 30_000;
export const CHECKSUMS_MAX_BYTES = 64 * 1024;
/** The newest release may not have its files yet: so many are looked at. */
export const RELEASES_MAX = 3;
/** A JDK has 200 MB. */
export const TOOL_MAX_BYTES = 512 * 1024 * 1024;
/** All of them, of both architectures. */
export const TOOLS_MAX_BYTES = 6 * 1024 * 1024 * 1024;
