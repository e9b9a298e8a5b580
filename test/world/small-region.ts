/** A region that sells a dozen types: the same market, priced in milliseconds instead of seconds. */
import { type Region, standardRegions } from '../../simulator/ecs/index.ts';

const FAMILIES = /^ecs\.(c8y|g8y|c7|g7|c8i|c7a|g6r)\./;
const ZONES = ['cn-hangzhou-h', 'cn-hangzhou-i', 'cn-hangzhou-k'];
/** Keeps the market small: what jobs of the simulation ask for, and what they may be widened to. */
const CORES = [4, 8, 16];

/** Made anew for each world: networks count their addresses. */
export function smallRegion(): Region {
  const whole = standardRegions().find(({ id }) => id === 'cn-hangzhou');
  if (whole === undefined) throw new Error('the catalogue has no cn-hangzhou');
  const types = [...whole.types].filter(([id, { cpu }]) => FAMILIES.test(id) && CORES.includes(cpu));
  const known = new Map(types);
  return {
    ...whole,
    zones: ZONES,
    types: known,
    sells: (zone, type) => known.has(type) && ZONES.includes(zone) && whole.sells(zone, type),
  };
}
