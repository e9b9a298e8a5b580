/** Bounds of copying the runner. */
import { MIRROR_TIMEOUT_S } from '../limits.ts';

/** A copy ends by itself before the function is ended; the next one goes on from there. */
export const COPY_MAX_MS = (MIRROR_TIMEOUT_S - 60) * 1000;
/** What a copy holds in memory, and loses when its source breaks off; 10,000 appends make an object (OSS docs, "AppendObject"). */
export const COPY_PIECE_BYTES = 1024 * 1024;
/** No byte of a download for so long: the connection is dead, or as good as that. */
export const STALLED_MAX_MS = 45_000;
/** What a sweep waits for a file or its size, twice a look at most. */
export const FILE_MAX_MS = 5_000;
/** A mirror that is asked what it has, cold start included. */
export const MIRROR_LOOK_MAX_MS = 10_000;
/** A copy that did not move for so long is asked for again. */
export const COPY_AGAIN_MS = 5 * 60_000;

/** So long the machine of a job stays that asked for it by the label `debug`, and failed. */
export const DEBUG_KEPT_MS = 30 * 60_000;
/** From now on, a machine may be kept so long at a time; and no longer than the longest lifetime from its launch, on which others count. */
export const KEEP_MAX_MS = 24 * 3_600_000;

/** Of a console, as it is read: a machine that goes down says much after the words that matter. */
export const CONSOLE_MAX_CHARS = 16_000;
