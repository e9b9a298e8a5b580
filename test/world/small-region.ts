/** A region that sells a dozen types: the same market, priced in milliseconds instead of seconds. */
import { type Region, standardRegions } from '../../simulator/ecs/index.ts';

const FAMILIES = /^ecs\.(c8y|g8y|c7|g7|c8i|c7a|g6r)\./;
const ZONES = { 'cn-hangzhou': 'hik', 'cn-beijing': 'hikl' } as const;
/** Keeps the market small: what jobs of the simulation ask for, and what they may be widened to. */
const CORES = [4, 8, 16];

/** Made anew for each world: networks count their addresses. */
export function smallRegion(region: keyof typeof ZONES = 'cn-hangzhou'): Region {
  const whole = standardRegions().find(({ id }) => id === region);
  if (whole === undefined) throw new Error(`the catalogue has no ${region}`);
  const zones = [...ZONES[region]].map((zone) => `${region}-${zone}`);
  const types = [...whole.types].filter(([id, { cpu }]) => FAMILIES.test(id) && CORES.includes(cpu));
  const known = new Map(types);
  return {
    ...whole,
    zones,
    types: known,
    sells: (zone, type) => known.has(type) && zones.includes(zone) && whole.sells(zone, type),
  };
}
