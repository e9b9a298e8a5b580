/** Reads the market as the sweeps of an earlier hour would have: the first job of a real deployment is seldom the first ever. */
import { createAdapters } from '../../shared/adapters/adapters.ts';
import { ecsMarket } from '../../shared/adapters/ecs/market.ts';
import type { Config } from '../../shared/config/config.ts';
import { parseEnvironment } from '../../shared/config/environment.ts';
import { refreshMarkets } from '../../shared/market/refresh.ts';
import { type Loopback, OPERATOR_KEY } from '../../simulator/loopback.ts';

/** Of a region's types a sweep prices so many: two sweeps know them all. */
const SWEEPS = 2;
const DEADLINE_MS = 10 * 60_000;

export async function readMarket(
  config: Config,
  { clock: scaled, environment, secrets }: Pick<Loopback, 'clock' | 'environment' | 'secrets'>,
): Promise<void> {
  // A market's row has whole milliseconds.
  const clock = { nowMs: () => Math.floor(scaled.nowMs()) };
  const key = { accessKeyId: OPERATOR_KEY, accessKeySecret: secrets.operatorSecret, securityToken: null };
  const log = () => undefined;
  const adapters = createAdapters(config, parseEnvironment('launcher', environment()), () => key, log);
  const source = ecsMarket({ call: adapters.callEcs, clock, spotDuration: config.spot.duration });
  const world = { config, clock, log, market: adapters.ledger.market, source, idle: new Map() };
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    await refreshMarkets('usual', clock.nowMs() + DEADLINE_MS, world);
}
