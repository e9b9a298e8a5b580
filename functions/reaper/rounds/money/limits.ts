/** Bounds of what is learned about money. */

/** What the market took back from a job is left alone for so long, and longer when it does so again. */
export const BREAKER_OPEN_MS = 15 * 60_000;
/** After this an interruption counts half. */
export const BREAKER_HALVED_MS = 3_600_000;
export const BREAKER_STRIKES_MAX = 200;
/** How long jobs run is learned so often, from so many rows of a day. */
export const HOURS_LEARNED_MS = 3_600_000;
export const HOURS_ROWS_MAX = 5_000;
