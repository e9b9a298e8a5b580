/** What of a market is due to be asked again: pure. */

import { nearestFit } from '../advisor/fit.ts';
import { isExcluded, isNamed, marketsOfPlacements } from '../advisor/offerings.ts';
import { sortOfferings } from '../advisor/pick.ts';
import type { Config } from '../config/config.ts';
import { parseLabels } from '../job/labels.ts';
import type { Requirements } from '../nouns.ts';
import {
  MARKET_IDLE_MS,
  MARKET_LIKELY_MS,
  MARKET_LIKELY_PER_DEMAND_MAX,
  MARKET_PRICES_PER_SWEEP_MAX,
  MARKET_PRICES_THROTTLED_MAX,
  MARKET_REST_MS,
  MARKET_SELDOM_MS,
  MARKET_STOCK_MS,
} from './limits.ts';
import type { Market, MarketType } from './market.ts';
import type { MarketQuery } from './source.ts';

export interface RefreshRequest {
  readonly region: string;
  readonly config: Config;
  readonly last: Market | null;
  readonly nowMs: number;
  readonly need: MarketNeed;
}

/** There are no jobs; there are; or some wait for what was sold out, and nothing but the stock is wanted. */
export type MarketNeed = 'none' | 'usual' | 'stock';

/** Null: nothing is due. Without a market, the types come first: what to price is known only then. */
export function refreshDue(request: RefreshRequest): Omit<MarketQuery, 'deadlineMs'> | null {
  const { last, nowMs, config } = request;
  if (request.need === 'none' && isIdle(last, nowMs)) return null;
  const isNew = last?.spotDuration !== config.spot.duration;
  if (request.need === 'stock') return isNew ? null : stockDue(last, nowMs);
  if (isNew) return { listTypes: true, prices: [], advice: [], sinceMs: null };
  const prices = pricesDue(last, request);
  const listTypes = isDue(last.typesAtMs, MARKET_SELDOM_MS, nowMs);
  const isStockDue = isDue(last.stockAtMs, MARKET_LIKELY_MS, nowMs);
  if (!listTypes && !isStockDue && prices.length === 0) return null;
  const isAdviceDue = isDue(last.adviceAtMs, MARKET_SELDOM_MS, nowMs);
  const advice = isAdviceDue ? priced(last, config).map(({ type }) => type) : [];
  return { listTypes, prices, advice, sinceMs: null };
}

/** A market that no job has needed for an hour, or that none ever did. */
export function isIdle(last: Market | null, nowMs: number): boolean {
  return last === null || last.neededAtMs === null || nowMs - last.neededAtMs > MARKET_IDLE_MS;
}

/** A time in the future was written by a wrong clock, and counts as long ago. */
const isDue = (atMs: number | null, everyMs: number, nowMs: number): boolean =>
  atMs === null || nowMs - atMs >= everyMs || atMs > nowMs + everyMs;

/**
 * Without a market it is the usual round that makes one: one without prices would have jobs launched on whatever is in stock.
 * Throttled, it is left to the usual look for as long as that is apart from the next.
 */
function stockDue({ stockAtMs, throttledAtMs, stockThrottledAtMs }: Market, nowMs: number) {
  const isQuiet = [throttledAtMs, stockThrottledAtMs ?? null].every((atMs) =>
    isDue(atMs, MARKET_LIKELY_MS, nowMs),
  );
  return isQuiet && isDue(stockAtMs, MARKET_STOCK_MS, nowMs)
    ? { listTypes: false, prices: [], advice: [], sinceMs: null }
    : null;
}

/** Likely candidates first, then those asked longest ago; so many that a minute's limit of calls is left to others. */
function pricesDue(last: Market, { config, nowMs }: RefreshRequest): readonly string[] {
  const likely = likelyTypes(last, config, nowMs);
  const due = priced(last, config)
    .filter(({ type, pricedAtMs }) =>
      isDue(pricedAtMs, likely.has(type) ? MARKET_LIKELY_MS : MARKET_REST_MS, nowMs),
    )
    .sort(
      (a, b) =>
        Number(likely.has(b.type)) - Number(likely.has(a.type)) || (a.pricedAtMs ?? 0) - (b.pricedAtMs ?? 0),
    );
  const isHeldBack = last.throttledAtMs !== null && !isDue(last.throttledAtMs, MARKET_REST_MS, nowMs);
  const most = isHeldBack ? MARKET_PRICES_THROTTLED_MAX : MARKET_PRICES_PER_SWEEP_MAX;
  return due.slice(0, most).map(({ type }) => type);
}

/** What a job may be given without naming it, and what a profile names. */
function priced(last: Market, config: Config): readonly MarketType[] {
  const named = Object.values(config.profiles).flatMap((profile) =>
    profile.type === undefined ? [] : [profile.type],
  );
  return last.types.filter(
    (type) => (!type.isSpecial && !isExcluded(type, config)) || named.some((name) => isNamed(type, name)),
  );
}

/** The best for each kind of job that the configuration knows, whatever was refused a moment ago. */
export function likelyTypes(last: Market, config: Config, nowMs: number): ReadonlySet<string> {
  const placementMarkets = marketsOfPlacements(config, new Map([[last.region, last]]), nowMs).filter(
    ({ region }) => region === last.region,
  );
  const likely = usualRequirements(config).flatMap((requirements) => {
    const request = { requirements, config, unavailable: new Map<string, string>(), nowMs };
    const { usable } = nearestFit(request, placementMarkets, requirements.capacityType);
    const types = sortOfferings(usable, false, MARKET_LIKELY_PER_DEMAND_MAX).map((each) => each.instanceType);
    return [...new Set(types)].slice(0, MARKET_LIKELY_PER_DEMAND_MAX);
  });
  return new Set(likely);
}

/** A plain job of each architecture, and each profile. */
function usualRequirements(config: Config): readonly Requirements[] {
  const kinds = [undefined, ...Object.keys(config.profiles)].flatMap((profile) =>
    ['amd64', 'arm64', undefined].map((arch) => {
      const labels = [...config.baseLabels, profile, arch].filter((label) => label !== undefined);
      return parseLabels(labels, null, config);
    }),
  );
  return kinds.flatMap((kind) => (kind.kind === 'ours' ? [kind.requirements] : []));
}
