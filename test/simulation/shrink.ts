/** The shortest story of a failure: whatever can be left out of its plan is left out. */
import type { Plan, Rates } from './plan/plan.ts';
import { type Outcome, simulate } from './simulate.ts';

const TRIES_MAX = 150;

export interface Shrunk {
  readonly plan: Plan;
  readonly outcome: Outcome;
}

/** Greedy: each smaller plan that fails the same check is taken. */
export async function shrink(plan: Plan, outcome: Outcome): Promise<Shrunk> {
  let best: Shrunk = { plan, outcome };
  let tries = 0;
  for (let isSmaller = true; isSmaller && tries < TRIES_MAX; ) {
    isSmaller = false;
    for (const smaller of smallerOnes(best.plan)) {
      if (++tries > TRIES_MAX) break;
      const next = await simulate(smaller);
      if (next.violation?.check !== outcome.violation?.check) continue;
      best = { plan: smaller, outcome: next };
      isSmaller = true;
      break;
    }
  }
  return best;
}

/** The largest cuts first. */
function* smallerOnes(plan: Plan): Generator<Plan> {
  const { arrivals, incidents, rates } = plan;
  for (const half of halves(arrivals)) yield { ...plan, arrivals: half };
  for (const half of halves(incidents)) yield { ...plan, incidents: half };
  for (const half of halves(Object.entries(rates)))
    yield { ...plan, rates: Object.fromEntries(half) as Rates };
  for (const [at, arrival] of arrivals.entries())
    for (const jobs of halves(arrival.jobs).filter((each) => each.length > 0))
      yield { ...plan, arrivals: arrivals.with(at, { ...arrival, jobs }) };
  const calm = { ...plan.world, soldOut: 0, interruptions: 0, skewMs: 0, tokenDelayMs: 0 };
  if (JSON.stringify(calm) !== JSON.stringify(plan.world)) yield { ...plan, world: calm };
}

/** Both halves; of few things, all but one of them. */
function halves<Thing>(things: readonly Thing[]): Thing[][] {
  if (things.length === 0) return [];
  if (things.length <= 6) return things.map((_, left) => things.filter((_each, at) => at !== left));
  const middle = Math.ceil(things.length / 2);
  return [things.slice(middle), things.slice(0, middle)];
}

/** For a person: what was left of the plan, and what happened to whom the violation names. */
export function story({ plan, outcome }: Shrunk): string {
  const { violation, lines } = outcome;
  if (violation === null) return 'nothing went wrong';
  const names = new Set(violation.what.match(/\d{8,}|i-[a-z0-9]{20}/g) ?? []);
  const told = lines.filter((line) => [...names].some((name) => line.includes(name)));
  const { arrivals, incidents, rates, config, world } = plan;
  return [
    `${new Date(violation.atMs).toISOString()}: broken is "${violation.check}": ${violation.what}`,
    `rates ${JSON.stringify(rates)}`,
    `world ${JSON.stringify(world)}, ${JSON.stringify(config)}`,
    ...incidents.map((each) => `incident ${JSON.stringify(each)}`),
    ...arrivals.map((each) => `arrival ${JSON.stringify(each)}`),
    ...(told.length === 0 ? lines : told).slice(-60),
  ].join('\n');
}
