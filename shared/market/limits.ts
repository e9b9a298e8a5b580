/** Bounds of what is asked about the market, and of what is believed of it. */

/** A market row must stay far under what TableStore takes for a cell (2 MB). */
export const MARKET_ROW_MAX_BYTES = 256 * 1024;

/** Prices or stock older than this are a hint only: bids go up to pay-as-you-go, and "sold out" proves nothing. */
export const MARKET_STALE_MS = 3_600_000;

/** A market from further in the future was written by a wrong clock. */
export const MARKET_SKEW_MAX_MS = 5 * 60_000;

/** What the likely candidates cost, and what is in stock, is asked again after this. */
export const MARKET_LIKELY_MS = 5 * 60_000;

/**
 * While jobs wait for what was sold out, what is in stock is asked in each sweep, which is two calls for a region: in five minutes
 * nearly half of what lives ten ends, and nobody was launched into its place (docs/decisions/market.md).
 */
export const MARKET_STOCK_MS = 30_000;

/** What all others cost. */
export const MARKET_REST_MS = 30 * 60_000;

/** Which types there are, and their interruption rates: averages of 30 days. */
export const MARKET_SELDOM_MS = 24 * 3_600_000;

/** A list of types older than this proves no type absent: a job that none could do waits, and is not refused. */
export const NEVER_MARKET_MAX_MS = 2 * MARKET_SELDOM_MS;

/** Without jobs for so long, nothing is asked. */
export const MARKET_IDLE_MS = 3_600_000;

/** Types priced by one sweep, one call each: the operator's other tools use the same limit of calls a minute. */
export const MARKET_PRICES_PER_SWEEP_MAX = 120;

/** The same, for MARKET_REST_MS after ECS said that we ask too often. */
export const MARKET_PRICES_THROTTLED_MAX = 30;

/** Types that count as likely, for each kind of job: the best of the ranking. */
export const MARKET_LIKELY_PER_DEMAND_MAX = 12;

export const MARKET_CALLS_AT_ONCE_MAX = 8;

/** A refresh that meets so many failures asks no more. */
export const MARKET_FAILURES_MAX = 10;

export const MARKET_PAGES_MAX = 50;

/** Refusals that are over, and are deleted at once by whoever reads them all. */
export const REFUSALS_FORGOTTEN_MAX = 16;

/** What the catalogue says of a region and its zones is kept for so many of them. */
export const CATALOG_MARKETS_MAX = 32;

/** A warm launcher asks the ledger again after this. */
export const MARKET_KEPT_MS = 30_000;
