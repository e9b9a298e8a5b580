/** What an instance has cost. Alibaba Cloud bills by the second; the price of a spot instance is the market's. */
import type { SimClock } from '../clock.ts';
import { endedAtMs, isSpot, type Machine } from './machine.ts';
import { type Currency, WORTH } from './region/currency.ts';
import type { Market } from './region/market.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BEIJING_MS = 8 * HOUR_MS;

export interface Bill {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly isSpot: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly startedAtMs: number;
  /** Null: it still costs. */
  readonly endedAtMs: number | null;
  /** The market gave it notice. */
  readonly isTakenBack: boolean;
  /** In the account's currency, as are the next two; traffic and addresses are not in here */
  readonly instanceCost: number;
  /** what the same time would have cost pay-as-you-go */
  readonly onDemandCost: number;
  readonly diskCost: number;
  /** All of it, by the days of Beijing. */
  readonly byDay: ReadonlyMap<string, number>;
}

/** What a bill is made from: until when, and at what prices. */
interface Billed {
  readonly currency: Currency;
  readonly clock: SimClock;
  readonly market: Market;
}

/** CNY a GiB and hour, near the published pay-as-you-go prices of 2025 in mainland regions; ESSD is PL0. */
const DISK_PRICES: Readonly<Record<string, number>> = {
  cloud_essd: 0.00105,
  cloud_auto: 0.00105,
  cloud_ssd: 0.0014,
  cloud_essd_entry: 0.0007,
  cloud_efficiency: 0.0007,
};
const LEVEL_FACTORS: Readonly<Record<string, number>> = { PL0: 1, PL1: 2, PL2: 4, PL3: 8 };

/**
 * From creation to the end; while it is stopped in economical mode its disk alone (SDK model StopInstanceRequest,
 * stoppedMode). Whether a stopped spot instance bills is not documented: here it does.
 */
export function billOf(cloud: Billed, machine: Machine): Bill {
  const end = endedAtMs(machine);
  const untilMs = end ?? cloud.clock.nowMs();
  const hours = (untilMs - machine.createdAtMs) / HOUR_MS;
  const onDemandCost = (runMs(machine, machine.createdAtMs, untilMs) / HOUR_MS) * machine.type.onDemandPrice;
  return {
    instanceId: machine.id,
    instanceType: machine.type.id,
    zone: machine.zone,
    isSpot: isSpot(machine),
    tags: Object.fromEntries(machine.tags),
    startedAtMs: machine.createdAtMs,
    endedAtMs: end,
    isTakenBack: machine.recyclingAtMs !== null,
    instanceCost: isSpot(machine) ? spotCost(cloud, machine, untilMs) : onDemandCost,
    onDemandCost,
    diskCost: hours * machine.disk.sizeGiB * diskPrice(machine.disk, cloud.currency),
    byDay: costByDay(cloud, machine, untilMs),
  };
}

/** Cut at each hour of its life and at each midnight. */
function costByDay(cloud: Billed, machine: Machine, untilMs: number): ReadonlyMap<string, number> {
  const days = new Map<string, number>();
  const disk = machine.disk.sizeGiB * diskPrice(machine.disk, cloud.currency);
  for (let fromMs = machine.createdAtMs; fromMs < untilMs; ) {
    const lived = Math.floor((fromMs - machine.createdAtMs) / HOUR_MS);
    const hourMs = machine.createdAtMs + lived * HOUR_MS;
    const midnightMs = (Math.floor((fromMs + BEIJING_MS) / DAY_MS) + 1) * DAY_MS - BEIJING_MS;
    const toMs = Math.min(hourMs + HOUR_MS, midnightMs, untilMs);
    const day = new Date(fromMs + BEIJING_MS).toISOString().slice(0, 10);
    const cost =
      (runMs(machine, fromMs, toMs) * priceIn(cloud, machine, hourMs) + (toMs - fromMs) * disk) / HOUR_MS;
    days.set(day, (days.get(day) ?? 0) + cost);
    fromMs = toMs;
  }
  return days;
}

/** Of this span, without what it was stopped for in economical mode. */
function runMs({ rests }: Machine, fromMs: number, toMs: number): number {
  const rested = rests.map((rest) =>
    Math.max(0, Math.min(toMs, rest.untilMs ?? toMs) - Math.max(fromMs, rest.fromMs)),
  );
  return rested.reduce((left, ms) => left - ms, toMs - fromMs);
}

/** Each hour of its life at the market price of that hour's beginning; without a limit, pay-as-you-go at most. */
function spotCost(cloud: Billed, machine: Machine, untilMs: number): number {
  let cost = 0;
  for (let fromMs = machine.createdAtMs; fromMs < untilMs; fromMs += HOUR_MS) {
    const share = (Math.min(fromMs + HOUR_MS, untilMs) - fromMs) / HOUR_MS;
    cost += share * priceIn(cloud, machine, fromMs);
  }
  return cost;
}

function priceIn({ market }: Billed, machine: Machine, hourMs: number): number {
  const { zone, type, priceLimit } = machine;
  if (!isSpot(machine)) return type.onDemandPrice;
  return Math.min(market.spotPrice(zone, type, hourMs), priceLimit ?? type.onDemandPrice);
}

/** A GiB and hour. */
export function diskPrice(disk: Pick<Machine['disk'], 'category' | 'level'>, currency: Currency): number {
  const level = disk.category === 'cloud_essd' ? (LEVEL_FACTORS[disk.level] ?? 1) : 1;
  return (DISK_PRICES[disk.category] ?? 0.0014) * level * WORTH[currency];
}
