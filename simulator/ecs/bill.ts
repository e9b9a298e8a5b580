/** What an instance has cost. Alibaba Cloud bills by the second; the price of a spot instance is the market's. */
import type { SimClock } from '../clock.ts';
import { endedAtMs, isSpot, type Machine } from './machine.ts';
import type { Market } from './region/market.ts';

const HOUR_MS = 3_600_000;

export interface Bill {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly isSpot: boolean;
  readonly tags: Readonly<Record<string, string>>;
  readonly startedAtMs: number;
  /** Null: it still costs. */
  readonly endedAtMs: number | null;
  /** CNY, as are the next two; traffic and addresses are not in here */
  readonly instanceCost: number;
  /** what the same time would have cost pay-as-you-go */
  readonly onDemandCost: number;
  readonly diskCost: number;
}

/** What a bill is made from: until when, and at what prices. */
interface Billed {
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

/** From creation to the end, stopped or not: whether a stopped spot instance bills is not documented. */
export function billOf(cloud: Billed, machine: Machine): Bill {
  const end = endedAtMs(machine);
  const untilMs = end ?? cloud.clock.nowMs();
  const hours = (untilMs - machine.createdAtMs) / HOUR_MS;
  const onDemandCost = hours * machine.type.onDemandPrice;
  return {
    instanceId: machine.id,
    instanceType: machine.type.id,
    zone: machine.zone,
    isSpot: isSpot(machine),
    tags: Object.fromEntries(machine.tags),
    startedAtMs: machine.createdAtMs,
    endedAtMs: end,
    instanceCost: isSpot(machine) ? spotCost(cloud, machine, untilMs) : onDemandCost,
    onDemandCost,
    diskCost: hours * machine.disk.sizeGiB * diskPrice(machine.disk),
  };
}

/** Each hour of its life at the market price of that hour's beginning; without a limit, pay-as-you-go at most. */
function spotCost(cloud: Billed, machine: Machine, untilMs: number): number {
  let cost = 0;
  for (let fromMs = machine.createdAtMs; fromMs < untilMs; fromMs += HOUR_MS) {
    const share = (Math.min(fromMs + HOUR_MS, untilMs) - fromMs) / HOUR_MS;
    const price = cloud.market.spotPrice(machine.zone, machine.type, fromMs);
    cost += share * Math.min(price, machine.priceLimit ?? machine.type.onDemandPrice);
  }
  return cost;
}

function diskPrice(disk: Machine['disk']): number {
  const level = disk.category === 'cloud_essd' ? (LEVEL_FACTORS[disk.level] ?? 1) : 1;
  return (DISK_PRICES[disk.category] ?? 0.0014) * level;
}
