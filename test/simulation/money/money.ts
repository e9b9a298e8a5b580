/** What was spent, beside what the same jobs would have cost otherwise. CNY. */

import type { Region } from '../../../simulator/ecs/index.ts';
import type { InstanceType } from '../../../simulator/ecs/region/catalogue.ts';
import { createMarket, type Market } from '../../../simulator/ecs/region/market.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { seeded } from '../../../simulator/random.ts';
import type { World } from '../../world/in-process.ts';

export interface Money {
  /** All instances, those of launches that came to nothing included; disks apart. */
  readonly spent: number;
  readonly disks: number;
  /** Of what was spent: on instances that no job ran on. */
  readonly idle: number;
  /** Knows all prices and stock of the moment, is never taken back, and keeps no machine without a job. */
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

/** The simulated cloud's own market again, from the seed that it was made of: nobody else has bought in it. */
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
  const bills = world.ecs.paid();
  const bought = purchases(world, jobs);
  const oracle = buyAll(bought, region, marketOf(ecsSeed), (offers, cores) =>
    firstOf(exactly(offers, cores), ({ price }) => price),
  );
  const perCore = ({ price, type }: Offer) => price / type.cpu;
  const wide = buyAll(bought, region, marketOf(ecsSeed), (offers) => firstOf(offers, perCore));
  const exact = buyAll(bought, region, marketOf(ecsSeed), (offers, cores) =>
    firstOf(exactly(offers, cores), perCore),
  );
  const used = new Set(jobs.map(({ runner }) => runner?.name));
  const idle = bills.filter(({ tags }) => !used.has(tags['ci-runner-name']));
  return {
    oracle: oracle.spent,
    onDemand: onDemandFor(bought, region),
    ruleInUse: wide.spent,
    ruleExactly: exact.spent,
    ruleRefusals: wide.refusals,
    idle: idle.reduce((total, { instanceCost }) => total + instanceCost, 0),
    spent: bills.reduce((total, { instanceCost }) => total + instanceCost, 0),
    disks: bills.reduce((total, { diskCost }) => total + diskCost, 0),
  };
}

/** A machine that a job ran on, from its creation to its end. */
interface Purchase {
  readonly job: SimJob;
  readonly fromMs: number;
  readonly untilMs: number;
}

function purchases(world: World, jobs: readonly SimJob[]): Purchase[] {
  const byRunner = new Map(world.ecs.paid().map((bill) => [bill.tags['ci-runner-name'], bill]));
  return jobs
    .flatMap((job) => {
      const bill = byRunner.get(job.runner?.name ?? '');
      if (bill === undefined) return [];
      return [{ job, fromMs: bill.startedAtMs, untilMs: bill.endedAtMs ?? world.clock.nowMs() }];
    })
    .sort((a, b) => a.fromMs - b.fromMs);
}

/** The same machines, bought by another rule, in a market where what is bought is gone until it is given back. */
function buyAll(
  bought: readonly Purchase[],
  region: Region,
  market: Market,
  choose: (offers: readonly Offer[], cores: number) => Choice,
): { readonly spent: number; readonly refusals: number } {
  const total = { spent: 0, refusals: 0 };
  let held: { readonly offer: Offer; readonly untilMs: number }[] = [];
  for (const { job, fromMs, untilMs } of bought) {
    for (const { offer } of held.filter((each) => each.untilMs <= fromMs))
      market.giveBack(offer.zone, offer.type);
    held = held.filter((each) => each.untilMs > fromMs);
    const { offer, refusals } = choose(offersFor(job, region, market, fromMs), coresOf(job));
    total.refusals += refusals;
    if (offer === undefined) continue;
    market.take(offer.zone, offer.type);
    held.push({ offer, untilMs });
    total.spent += ((untilMs - fromMs) / HOUR_MS) * offer.price;
  }
  return total;
}

function onDemandFor(bought: readonly Purchase[], region: Region): number {
  return bought.reduce((sum, { job, fromMs, untilMs }) => {
    const prices = fitting(job, region)
      .filter(({ cpu }) => cpu === coresOf(job))
      .map(({ onDemandPrice }) => onDemandPrice);
    return sum + ((untilMs - fromMs) / HOUR_MS) * Math.min(...prices);
  }, 0);
}

interface Offer {
  readonly type: InstanceType;
  readonly zone: string;
  readonly price: number;
  readonly isSold: boolean;
}

const coresOf = ({ plan }: SimJob): number =>
  Number(plan.labels.find((label) => /^\d+cpu$/.test(label))?.replace('cpu', '') ?? 8);

/** Shared-CPU and burstable families are nobody's choice for builds. */
const LEFT_OUT = /^ecs\.(e-|t5|t6|s6|.*(gn|vgn|sgn|ebm|f\d|ga|gpu))/;

function fitting(job: SimJob, region: Region): InstanceType[] {
  const arch = job.plan.labels.includes('arm64') ? 'arm64' : 'amd64';
  const cores = coresOf(job);
  const memory = cores * (arch === 'arm64' ? 2 : 1);
  return [...region.types.values()].filter(
    (type) =>
      type.arch === arch &&
      type.cpu >= cores &&
      type.cpu <= WIDEST &&
      type.memoryGiB >= memory &&
      !LEFT_OUT.test(type.id),
  );
}

function offersFor(job: SimJob, region: Region, market: Market, atMs: number): Offer[] {
  return fitting(job, region).flatMap((type) =>
    ZONES.filter((zone) => region.sells(zone, type.id)).map((zone) => ({
      type,
      zone,
      price: market.spotPrice(zone, type, atMs),
      isSold: market.left(zone, type, true, atMs) === 0,
    })),
  );
}

const exactly = (offers: readonly Offer[], cores: number): Offer[] =>
  offers.filter(({ type }) => type.cpu === cores);

interface Choice {
  readonly offer: Offer | undefined;
  readonly refusals: number;
}

/** The least first, sold out or not, until one is to be had. */
function firstOf(offers: readonly Offer[], by: (offer: Offer) => number): Choice {
  const list = offers.toSorted((a, b) => by(a) - by(b));
  const at = list.findIndex(({ isSold }) => !isSold);
  return { offer: list[at], refusals: Math.max(0, at) };
}
