/** What was spent, beside what the same jobs would have cost otherwise. CNY. */

import type { InstanceType } from '../../simulator/ecs/catalogue.ts';
import type { Region } from '../../simulator/ecs/index.ts';
import { createMarket, type Market } from '../../simulator/ecs/market.ts';
import type { SimJob } from '../../simulator/github/index.ts';
import { seeded } from '../../simulator/random.ts';
import type { World } from '../world/in-process.ts';

export interface Money {
  /** All instances, those of launches that came to nothing included; disks apart. */
  readonly spent: number;
  readonly disks: number;
  /** Of what was spent: on instances that no job ran on. */
  readonly idle: number;
  /** Knows all prices and stock of the moment, and never fails. */
  readonly oracle: number;
  /** The cheapest pay-as-you-go type that does. */
  readonly onDemand: number;
  /** spot-instance-advisor's list, by price per core from the cores asked up to 64, tried in order. */
  readonly ruleInUse: number;
  /** The same list, of exactly the cores asked. */
  readonly ruleExactly: number;
  /** How often the list in order met a sold-out type first. */
  readonly ruleRefusals: number;
}

const HOUR_MS = 3_600_000;
const ZONES = ['cn-hangzhou-h', 'cn-hangzhou-i', 'cn-hangzhou-k'];
const WIDEST = 64;

/** The simulated cloud's own market again, from the seed that it was made of. */
function marketOf(ecsSeed: number): Market {
  const random = seeded(ecsSeed);
  random.fork();
  return createMarket(random.fork(), 0.05);
}

export function moneyOf(
  world: World,
  jobs: readonly SimJob[],
  ecsSeed: number,
  region: Region | undefined,
): Money {
  if (region === undefined) throw new Error('no region');
  const market = marketOf(ecsSeed);
  const bills = world.ecs.paid();
  const byRunner = new Map(bills.map((bill) => [bill.tags['ci-runner-name'], bill]));
  const sum = { oracle: 0, onDemand: 0, ruleInUse: 0, ruleExactly: 0, ruleRefusals: 0 };
  for (const job of jobs) {
    const bill = byRunner.get(job.runner?.name ?? '');
    if (bill === undefined) continue;
    const hours = ((bill.endedAtMs ?? world.clock.nowMs()) - bill.startedAtMs) / HOUR_MS;
    const offers = offersFor(job, region, market, bill.startedAtMs);
    const exact = offers.filter(({ type }) => type.cpu === coresOf(job));
    const inStock = exact.filter(({ isSold }) => !isSold);
    sum.oracle += hours * Math.min(...inStock.map(({ price }) => price));
    sum.onDemand += hours * Math.min(...exact.map(({ type }) => type.onDemandPrice));
    const wide = firstOf(offers);
    sum.ruleInUse += hours * wide.price;
    sum.ruleRefusals += wide.refusals;
    sum.ruleExactly += hours * firstOf(exact).price;
  }
  const used = new Set(jobs.map(({ runner }) => runner?.name));
  const idle = bills.filter(({ tags }) => !used.has(tags['ci-runner-name']));
  return {
    ...sum,
    idle: idle.reduce((total, { instanceCost }) => total + instanceCost, 0),
    spent: bills.reduce((total, { instanceCost }) => total + instanceCost, 0),
    disks: bills.reduce((total, { diskCost }) => total + diskCost, 0),
  };
}

interface Offer {
  readonly type: InstanceType;
  readonly price: number;
  readonly isSold: boolean;
}

const coresOf = ({ plan }: SimJob): number =>
  Number(plan.labels.find((label) => /^\d+cpu$/.test(label))?.replace('cpu', '') ?? 8);

/** Shared-CPU and burstable families are nobody's choice for builds. */
const LEFT_OUT = /^ecs\.(e-|t5|t6|s6|.*(gn|vgn|sgn|ebm|f\d|ga|gpu))/;

function offersFor(job: SimJob, region: Region, market: Market, atMs: number): Offer[] {
  const arch = job.plan.labels.includes('arm64') ? 'arm64' : 'amd64';
  const cores = coresOf(job);
  const memory = cores * (arch === 'arm64' ? 2 : 1);
  const fitting = [...region.types.values()].filter(
    (type) =>
      type.arch === arch &&
      type.cpu >= cores &&
      type.cpu <= WIDEST &&
      type.memoryGiB >= memory &&
      !LEFT_OUT.test(type.id),
  );
  return fitting.flatMap((type) =>
    ZONES.filter((zone) => region.sells(zone, type.id)).map((zone) => ({
      type,
      price: market.spotPrice(zone, type, atMs),
      isSold: market.left(zone, type, true, atMs) === 0,
    })),
  );
}

/** Cheapest by the core first, sold out or not, until one is to be had. */
function firstOf(offers: readonly Offer[]): { readonly price: number; readonly refusals: number } {
  const list = offers.toSorted((a, b) => a.price / a.type.cpu - b.price / b.type.cpu);
  const at = list.findIndex(({ isSold }) => !isSold);
  return { price: list[at]?.price ?? 0, refusals: Math.max(0, at) };
}
