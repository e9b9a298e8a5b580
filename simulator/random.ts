/** A small seeded generator (mulberry32): the same seed draws the same world. */
export interface Random {
  /** in [0, 1) */
  next(): number;
  /** whole, from `min` to `max`, both included */
  whole(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<Thing>(from: readonly Thing[]): Thing;
  /** a generator of its own, that this one's later draws do not disturb */
  fork(): Random;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    whole: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability) => next() < probability,
    pick: (from) => from[Math.floor(next() * from.length)] as (typeof from)[number],
    fork: () => seeded(Math.floor(next() * 4294967296)),
  };
}
