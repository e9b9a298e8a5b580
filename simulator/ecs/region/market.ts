/**
 * Prices and stock. Both are functions of seed, zone, type and time, so that a history can be told for any moment
 * and the same seed tells the same one. Real prices and stock are not known: these are invented.
 */
import type { Random } from '../../random.ts';
import { type InstanceType, spread } from './catalogue.ts';

const HOUR_MS = 3_600_000;
/** The market moves in steps of this. */
export const PRICE_STEP_MS = 5 * 60_000;
const SHORTAGE_MS = 15 * 60_000;
const ADVICE_STALE_MS = 60_000;

export type Category = 'WithStock' | 'ClosedWithStock' | 'WithoutStock';

export interface Market {
  /** CNY an hour, three decimals. Mostly a fraction of pay-as-you-go, now and then above it. */
  spotPrice(zone: string, type: InstanceType, atMs: number): number;
  /** How many more of this type the zone gives right now. */
  left(zone: string, type: InstanceType, isSpot: boolean, atMs: number): number;
  /** What DescribeAvailableResource says: advisory, and a minute old, except for what was set. */
  category(zone: string, type: InstanceType, isSpot: boolean, atMs: number): Category;
  /** Percent an hour. */
  interruptionRate(zone: string, type: InstanceType): number;
  take(zone: string, type: InstanceType): void;
  giveBack(zone: string, type: InstanceType): void;
  /** From now on `left` more, of spot and pay-as-you-go alike; null: as the seed says. */
  setStock(zone: string, type: string, left: number | null): void;
}

/**
 * `soldOut`: which share of spot offerings is sold out at any moment. `rates` multiplies how often machines are taken back,
 * four percent an hour on average of all offerings.
 */
export function createMarket(random: Random, soldOut: number, rates = 1): Market {
  const seed = random.whole(0, 0xffffffff);
  const draw = (...parts: (string | number)[]) => spread(`${seed}/${parts.join('/')}`) / 4294967296;
  const taken = new Map<string, number>();
  const fixed = new Map<string, number>();
  const count = (key: string, by: number) => taken.set(key, (taken.get(key) ?? 0) + by);

  const rooms = new Map<string, number>();
  const roomOf = (key: string, type: InstanceType): number => {
    const room = rooms.get(key) ?? Math.ceil((20 + 200 * draw('room', key)) / Math.sqrt(type.cpu));
    rooms.set(key, room);
    return room;
  };

  const spotPrice: Market['spotPrice'] = (zone, type, atMs) => {
    const hour = Math.floor(atMs / HOUR_MS);
    const within = Math.floor((atMs - hour * HOUR_MS) / PRICE_STEP_MS) / (HOUR_MS / PRICE_STEP_MS);
    const mood = (h: number) => draw('mood', zone, type.id, h);
    const drift = 0.75 + 0.5 * (mood(hour) * (1 - within) + mood(hour + 1) * within);
    const isRush = draw('rush', zone, type.id, Math.floor(hour / 4)) < 0.02;
    const share = (0.12 + 0.3 * draw('base', zone, type.id)) * drift * (isRush ? 3 : 1);
    return Math.max(0.001, Math.round(type.onDemandPrice * Math.min(share, 1.1) * 1000) / 1000);
  };

  const left: Market['left'] = (zone, type, isSpot, atMs) => {
    const key = `${zone}/${type.id}`;
    const room = fixed.get(key) ?? roomOf(key, type);
    const used = taken.get(key) ?? 0;
    if (fixed.has(key)) return Math.max(0, room - used);
    const shortage = draw('short', key, Math.floor(atMs / SHORTAGE_MS));
    return shortage < (isSpot ? soldOut : soldOut / 5) ? 0 : Math.max(0, room - used);
  };

  return {
    spotPrice,
    left,
    category(zone, type, isSpot, atMs) {
      const known = left(zone, type, isSpot, Math.floor(atMs / ADVICE_STALE_MS - 1) * ADVICE_STALE_MS);
      if (known === 0) return 'WithoutStock';
      return known <= 5 ? 'ClosedWithStock' : 'WithStock';
    },
    interruptionRate: (zone, type) =>
      Math.min(100, Math.round(draw('taken', zone, type.id) ** 4 * 200 * rates) / 10),
    take: (zone, type) => count(`${zone}/${type.id}`, 1),
    giveBack: (zone, type) => count(`${zone}/${type.id}`, -1),
    setStock(zone, type, n) {
      const key = `${zone}/${type}`;
      if (n === null) fixed.delete(key);
      else fixed.set(key, n + (taken.get(key) ?? 0));
    },
  };
}
