/** What was spent, beside what the same jobs would have cost otherwise. CNY. */

import type { Bill, Region } from '../../../simulator/ecs/index.ts';
import { createMarket, type Market } from '../../../simulator/ecs/region/market.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { seeded } from '../../../simulator/random.ts';
import type { World } from '../../world/in-process.ts';
import { isLost } from './again.ts';
import { type Choice, firstOf, fitting, isAsked, type Offer, offersFor } from './offers.ts';

export interface Money {
  /** All instances, those of launches that came to nothing included; disks apart. */
  readonly spent: number;
  readonly disks: number;
  /** Of what was spent: on machines while no job needed them. */
  readonly idle: number;
  /** And on machines that were taken back before their jobs ended. */
  readonly lostToInterruptions: number;
  /** And beyond what the oracle pays for the same, where ours was pay-as-you-go, and where it was spot: with the two above, all that is between us. */
  readonly apart: { readonly onDemand: number; readonly spot: number };
  /** Knows all prices and stock of the moment, is never taken back, and keeps no machine without a job. */
  readonly oracle: number;
  /** The cheapest pay-as-you-go type that does. */
  readonly onDemand: number;
  /** spot-instance-advisor's list, by price per core from the cores asked up to 64, tried in order; what is taken back is bought again. */
  readonly ruleInUse: number;
  /** How often the list in order met a sold-out type first. */
  readonly ruleRefusals: number;
}

const HOUR_MS = 3_600_000;

export interface Played {
  readonly world: World;
  /** Of all attempts. */
  readonly jobs: readonly SimJob[];
  readonly region: Region;
  readonly ecsSeed: number;
  readonly rates: number;
}

/** The simulated cloud's own market again, from the seed that it was made of: nobody else has bought in it. */
function marketOf({ ecsSeed, rates }: Played): Market {
  const random = seeded(ecsSeed);
  random.fork();
  return createMarket(random.fork(), 0.05, rates);
}

export function moneyOf(played: Played): Money {
  const { world, region } = played;
  const bills = world.ecs.paid();
  const bought = purchases(played);
  const kept = bought.filter(({ isLost }) => !isLost);
  const oracle = buyAll(kept, region, marketOf(played), oracleChoice);
  const rule = buyAll(kept, region, marketOf(played), (offers) =>
    firstOf(
      offers.filter(({ isSpot }) => isSpot),
      ({ price, type }) => price / type.cpu,
    ),
  );
  const apart = (isSpot: boolean) =>
    kept.reduce(
      (sum, each) =>
        each.bill.isSpot === isSpot ? sum + usedCost(each) - (oracle.costs.get(each) ?? 0) : sum,
      0,
    );
  const used = new Map(bought.map((each) => [each.bill.instanceId, each]));
  const sum = (of: (bill: Bill) => number) => bills.reduce((total, bill) => total + of(bill), 0);
  return {
    oracle: oracle.spent,
    onDemand: onDemandFor(kept, region),
    ruleInUse: rule.spent + rule.again,
    ruleRefusals: rule.refusals,
    idle: sum((bill) => bill.instanceCost * idleShare(bill, used.get(bill.instanceId))),
    lostToInterruptions: bought.reduce((total, each) => total + (each.isLost ? usedCost(each) : 0), 0),
    apart: { onDemand: apart(false), spot: apart(true) },
    spent: sum(({ instanceCost }) => instanceCost),
    disks: sum(({ diskCost }) => diskCost),
  };
}

/** Of its life: before its job came, all of it without one. */
function idleShare({ startedAtMs, endedAtMs }: Bill, purchase: Purchase | undefined): number {
  if (purchase === undefined) return 1;
  const untilMs = endedAtMs ?? purchase.untilMs;
  return untilMs === startedAtMs ? 0 : (purchase.fromMs - startedAtMs) / (untilMs - startedAtMs);
}

/** Of its cost, from when its job came. */
const usedCost = (purchase: Purchase): number =>
  purchase.bill.instanceCost * (1 - idleShare(purchase.bill, purchase));

/** A machine that a job ran on, from its creation, or from when the job came that it waited for, to its end. */
interface Purchase {
  readonly job: SimJob;
  readonly bill: Bill;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Taken back before its job had ended. */
  readonly isLost: boolean;
}

function purchases({ world, jobs }: Played): Purchase[] {
  const byRunner = new Map(world.ecs.paid().map((bill) => [bill.tags['ci-runner-name'], bill]));
  return jobs
    .flatMap((job) => {
      const bill = byRunner.get(job.runner?.name ?? '');
      if (bill === undefined) return [];
      const untilMs = bill.endedAtMs ?? world.clock.nowMs();
      const fromMs = Math.min(untilMs, Math.max(bill.startedAtMs, job.createdAtMs));
      return [{ job, bill, fromMs, untilMs, isLost: isLost(bill, job) }];
    })
    .sort((a, b) => a.fromMs - b.fromMs);
}

interface Bought {
  readonly spent: number;
  /** By expectation, for what is taken back. */
  readonly again: number;
  readonly refusals: number;
  readonly costs: ReadonlyMap<Purchase, number>;
}

/** The same machines, bought by another rule, in a market where what is bought is gone until it is given back. */
function buyAll(
  bought: readonly Purchase[],
  region: Region,
  market: Market,
  choose: (offers: readonly Offer[], job: SimJob) => Choice,
): Bought {
  const total = { spent: 0, again: 0, refusals: 0, costs: new Map<Purchase, number>() };
  let held: { readonly offer: Offer; readonly untilMs: number }[] = [];
  for (const purchase of bought) {
    const { job, fromMs, untilMs } = purchase;
    for (const { offer } of held.filter((each) => each.untilMs <= fromMs))
      market.giveBack(offer.zone, offer.type);
    held = held.filter((each) => each.untilMs > fromMs);
    const { offer, refusals } = choose(offersFor(job, region, market, fromMs), job);
    total.refusals += refusals;
    if (offer === undefined) continue;
    market.take(offer.zone, offer.type);
    held.push({ offer, untilMs });
    const hours = (untilMs - fromMs) / HOUR_MS;
    const rate = market.interruptionRate(offer.zone, offer.type) / 100;
    total.spent += hours * offer.price;
    total.costs.set(purchase, hours * offer.price);
    total.again += hours * offer.price * Math.min(1, rate * hours);
  }
  return total;
}

/** As free as the product: what was asked, spot or not; where all of it is sold, wider, up to pay-as-you-go of what was asked. */
function oracleChoice(offers: readonly Offer[], job: SimJob): Choice {
  const [exact, wider] = [offers.filter(isAsked(job)), offers.filter((each) => !isAsked(job)(each))];
  const found = firstOf(exact, ({ price }) => price);
  if (found.offer !== undefined) return found;
  const ceiling = Math.min(...exact.filter(({ isSpot }) => !isSpot).map(({ price }) => price));
  return firstOf(
    wider.filter(({ price }) => price <= ceiling),
    ({ price }) => price,
  );
}

function onDemandFor(bought: readonly Purchase[], region: Region): number {
  return bought.reduce((sum, { job, fromMs, untilMs }) => {
    const prices = fitting(job, region)
      .filter((type) => isAsked(job)({ type }))
      .map(({ onDemandPrice }) => onDemandPrice);
    return sum + ((untilMs - fromMs) / HOUR_MS) * Math.min(...prices);
  }, 0);
}
