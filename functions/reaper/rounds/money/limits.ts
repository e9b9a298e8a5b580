/** Bounds of what is learned about money. */

/** What the market took back from a job is left alone until its re-run has gone elsewhere. */
export const BREAKER_OPEN_MS = 4 * 60_000;
/** A family in a zone. */
export const BREAKER_FAMILY_OPEN_MS = 15 * 60_000;
/** An interruption counts half after as long as machines live there: no sooner than the market looks again (see SDK model RunInstancesRequest, spotDuration), and no later than this. */
export const BREAKER_HALVED_MIN_MS = 5 * 60_000;
export const BREAKER_HALVED_MAX_MS = 3_600_000;
export const BREAKER_STRIKES_MAX = 200;
/** How long jobs run is learned so often, from so many rows of a day. */
export const HOURS_LEARNED_MS = 3_600_000;
export const HOURS_ROWS_MAX = 5_000;
/** Days of the bill that are held against the estimates. */
export const BILL_DAYS = 9;
/** Alibaba Cloud docs, DescribeInstanceBill: bill data is a day behind, the facts of an instance two. */
export const BILL_LAG_MS = 24 * 3_600_000;
export const BILL_SETTLED_MS = 72 * 3_600_000;
export const BILL_AGAIN_MS = 24 * 3_600_000;
/** Further apart than that, a person is told. */
export const BILL_APART_SHARE = 0.1;
export const BILL_RETRY_MS = 3_600_000;
