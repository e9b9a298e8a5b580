/** The sweep's look at the markets: asks what is due, and keeps the last good values of what could not be had. */

import type { Config } from '../config/config.ts';
import { inParallel } from '../in-parallel.ts';
import type { MarketSnapshots } from '../ledger/ledger.ts';
import type { Clock, Log } from '../ports.ts';
import { MARKET_REST_MS } from './limits.ts';
import { decodeMarket, encodeMarket, type Market } from './market.ts';
import { isIdle, type MarketNeed, refreshDue } from './plan.ts';
import type { MarketSource } from './source.ts';

export interface MarketWorld {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly market: MarketSnapshots;
  readonly source: MarketSource;
  /** Region → when its market was read last and nobody needed it: until a job comes it is not read each minute. */
  readonly idle: Map<string, number>;
}

/**
 * One region's failure does not keep the others from their turn; for the stock launches wait, so all are asked at once. Says what
 * it did.
 */
export async function refreshMarkets(
  need: MarketNeed,
  deadlineMs: number,
  world: MarketWorld,
): Promise<string> {
  const regions = [...new Set(world.config.placements.map((placement) => placement.region))];
  const width = need === 'stock' ? regions.length : 1;
  const outcomes = await inParallel(
    regions,
    width,
    async (region) => `${region}: ${await refreshRegion(region, need, deadlineMs, world)}`,
  );
  return outcomes.join('; ');
}

async function refreshRegion(
  region: string,
  need: MarketNeed,
  deadlineMs: number,
  world: MarketWorld,
): Promise<string> {
  const { clock } = world;
  try {
    if (need === 'none' && isKnownIdle(region, world)) return 'nothing is due';
    const last = await lastMarket(region, world);
    noteIdle(region, isIdle(last, clock.nowMs()) && need === 'none', world);
    const first = await askedOnce(region, last, need, deadlineMs, world);
    if (first === null) return 'nothing is due';
    // What to price is known once the types are.
    const isNew = last === null && first.incomplete === null;
    const next = isNew ? await askedOnce(region, first, need, deadlineMs, world) : first;
    return await kept(next ?? first, last, need, world);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    world.log('market.failed', { region, because });
    return `failed because ${because}`;
  }
}

const isKnownIdle = (region: string, { idle, clock }: MarketWorld): boolean =>
  clock.nowMs() - (idle.get(region) ?? 0) < MARKET_REST_MS;

function noteIdle(region: string, isNow: boolean, { idle, clock }: MarketWorld): void {
  if (isNow) idle.set(region, clock.nowMs());
  else idle.delete(region);
}

async function askedOnce(
  region: string,
  last: Market | null,
  need: MarketNeed,
  deadlineMs: number,
  { config, clock, source }: MarketWorld,
): Promise<Market | null> {
  const nowMs = clock.nowMs();
  const due = refreshDue({ region, config, last, nowMs, need });
  if (due === null) return null;
  const next = await source.refresh(region, last, { ...due, deadlineMs });
  return { ...next, neededAtMs: need === 'none' ? next.neededAtMs : nowMs };
}

async function kept(
  market: Market,
  last: Market | null,
  need: MarketNeed,
  world: MarketWorld,
): Promise<string> {
  const { region, types, incomplete, stockThrottledAtMs } = market;
  const isAsBefore = types === last?.types && stockThrottledAtMs === last.stockThrottledAtMs;
  if (need === 'stock' && isAsBefore) return `nothing was learnt because ${incomplete}`;
  const bytes = encodeMarket(market);
  await world.market.write(region, bytes);
  world.log('market.refreshed', { region, types: types.length, bytes: bytes.length, incomplete });
  return incomplete === null ? 'refreshed' : `refreshed in part because ${incomplete}`;
}

/** A row that cannot be read is as good as none: it is made anew. */
async function lastMarket(region: string, { market, log }: MarketWorld): Promise<Market | null> {
  const bytes = await market.read(region);
  if (bytes === null) return null;
  try {
    return decodeMarket(bytes);
  } catch (error) {
    log('market.unreadable', { region, because: error instanceof Error ? error.message : String(error) });
    return null;
  }
}
