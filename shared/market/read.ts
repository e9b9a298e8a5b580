/** The last snapshots of all placements' regions, as the launcher sees them. */
import type { Config } from '../config/config.ts';
import type { MarketSnapshots } from '../ledger/ledger.ts';
import type { Log } from '../ports.ts';
import { decodeMarket, type Market } from './market.ts';

/** Null for a region without a snapshot, or with one that cannot be read: launching goes on without. */
export async function readMarkets(
  config: Config,
  market: MarketSnapshots,
  log: Log,
): Promise<ReadonlyMap<string, Market | null>> {
  const regions = config.placements.map(({ region }) => region);
  const markets = await Promise.all(regions.map((region) => readMarket(region, market, log)));
  return new Map(regions.map((region, at) => [region, markets[at] ?? null]));
}

async function readMarket(region: string, market: MarketSnapshots, log: Log): Promise<Market | null> {
  try {
    const bytes = await market.read(region);
    return bytes === null ? null : decodeMarket(bytes);
  } catch (error) {
    log('market.unreadable', { region, because: error instanceof Error ? error.message : 'unknown' });
    return null;
  }
}
