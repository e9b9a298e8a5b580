/** Where a market comes from: what the reaper asks a region for. */
import type { Market } from './market.ts';

/** What to ask of a region's market. */
export interface MarketQuery {
  /** Whose asker had it a moment ago leaves it out. */
  readonly withoutStock?: boolean;
  /** Ask which types there are. */
  readonly listTypes: boolean;
  /** Types whose prices are wanted, most wanted first: one call each. */
  readonly prices: readonly string[];
  /** Types whose interruption rates are wanted: one call for ten. */
  readonly advice: readonly string[];
  /** From when prices are wanted; null: the last three hours. */
  readonly sinceMs: number | null;
  /** No call is begun after this, and none waits longer. */
  readonly deadlineMs: number;
}

export interface MarketSource {
  /**
   * What could not be had (throttled, out of time, failed) keeps its last known value, and the market says so in
   * `incomplete`. Throws when not even the types are known.
   */
  refresh(region: string, last: Market | null, query: MarketQuery): Promise<Market>;
}
