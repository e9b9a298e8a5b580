/**
 * How much is told on commits, and how often. GitHub docs, "Rate limits for the REST API": 80 requests a minute and 500
 * an hour that create content, shared with all else that the App does; "REST API endpoints for check runs": 65,535
 * characters.
 */

/** A job that waits for no longer is not told of. */
export const CHECK_AFTER_MS = 60_000;
/** Between two tellings of one run, unless a job was refused, or all have ended: every second sweep. */
export const CHECK_APART_MS = 90_000;
/** Where nothing but a place in line, a reason or a time has changed. */
export const CHECK_REPEAT_MS = 5 * 60_000;
/** An ended job's bill is waited for so long. */
export const CHECK_BILL_MS = 15 * 60_000;
/** After the last word: a job of the same attempt that comes later is told of in the same check. */
export const CHECK_KEPT_MS = 3_600_000;
/**
 * Two looks so far apart that show no check prove that there is none. Longer than a call (`CALL_MAX_MS`) takes; how late
 * GitHub's lists of checks are is not documented.
 */
export const CHECK_LOOKS_APART_MS = 55_000;
/** A refusal that could not be told for so long is told to nobody. */
export const CHECK_REFUSAL_KEPT_MS = 6 * 3_600_000;
/** What could not be told for so long, of jobs that are all gone, is told to nobody. */
export const CHECK_OWED_MAX_MS = 6 * 3_600_000;
/** Where a call failed, the next is made after this: others come first. */
export const CHECK_PAUSE_MS = 2 * 60_000;
/** Where the App lacks the permission, nothing is tried for so long. */
export const CHECK_QUIET_MS = 3_600_000;
/** Check runs made or changed: far under GitHub's limits, in case minting counts against the same. */
export const CHECKS_PER_SWEEP_MAX = 20;
export const CHECKS_PER_HOUR_MAX = 240;
/** Calls that failed in one sweep: after so many, GitHub has other troubles. */
export const CHECK_FAILURES_MAX = 3;
/** GitHub refused this one so often in a row: its commit is gone, or it is not for us. */
export const CHECK_TRIES_MAX = 3;
/** Of one run; the row of the ledger stays far under what TableStore takes (2 MB). */
export const CHECK_JOBS_MAX = 500;
export const CHECK_NAME_MAX_CHARS = 100;
export const CHECK_LINE_MAX_CHARS = 400;
export const CHECK_TITLE_MAX_CHARS = 140;
/** Of 65,535, with room for the last lines. */
export const CHECK_SUMMARY_MAX_CHARS = 60_000;
