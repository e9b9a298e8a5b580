/** Draws a plan from a seed. */
import { type Random, seeded } from '../../../simulator/random.ts';
import { drawArrivals, drawCrowd, manyJobs } from './arrivals.ts';
import {
  FAULTS,
  type FaultName,
  INCIDENT_NAMES,
  MINUTE_MS,
  NARROW,
  type Plan,
  type Planned,
  type PlannedConfig,
  type Rates,
} from './plan.ts';
import { drawForks, drawWide } from './wide.ts';

/** Swarm: each fault is off in most seeds, and where it is on, rare or frequent. One seed in ten is calm. */
export function drawPlan(seed: number): Plan {
  const random = seeded(seed * 2654435761);
  const faultMs = random.whole(15, 40) * MINUTE_MS;
  const share = random.chance(0.1) ? 0 : random.pick([0.05, 0.15, 0.3]);
  const isBig = seed % 100 === 77;
  const drawn = drawUsual(seed, random, faultMs, share, isBig);
  if (seed % 200 === 177) return huge(drawn);
  if (seed % 500 === 444) return lasting(drawn);
  return seed % 100 === 33 ? crowded(drawn, seeded(seed * 40503)) : drawn;
}

/** Hundreds of jobs in a run, hundreds of repositories, more than a hundred machines at once. */
function huge(plan: Plan): Plan {
  const { config, wide, faultMs } = plan;
  return {
    ...plan,
    config: { ...config, limits: { ...config.limits, runners: 120, mintsPerMinute: 120 } },
    wide: { ...wide, quietRepositories: 300 },
    arrivals: [manyJobs(400, Math.round(faultMs * 0.1))],
  };
}

/** A job of more than a day, beside all others. What the market takes back would begin anew. */
function lasting(plan: Plan): Plan {
  const { wide, world, arrivals, faultMs } = plan;
  const long = manyJobs(1, Math.round(faultMs * 0.2), 30 * 60 * MINUTE_MS);
  return {
    ...plan,
    wide: { ...wide, lifetime: '2d' },
    world: { ...world, interruptions: 0 },
    arrivals: [...arrivals, long].sort((a, b) => a.atMs - b.atMs),
  };
}

/** Nothing goes wrong but what people ask for; or, in every other, that GitHub refuses our runners for a while. */
function crowded(plan: Plan, random: Random): Plan {
  const { faultMs, config } = plan;
  const isRefused = plan.seed % 200 === 133;
  const incident = {
    kind: 'GitHub refuses our runners' as const,
    atMs: 0,
    share: random.next(),
    ms: faultMs,
  };
  const limits = { ...config.limits, runners: 10, mintsPerMinute: 120, runnersPerRepository: null };
  return {
    ...plan,
    wide: NARROW,
    config: { ...config, limits },
    rates: {},
    arrivals: drawCrowd(random, faultMs),
    incidents: isRefused ? [incident] : [],
    world: { soldOut: 0, interruptions: 0, listLagMs: 20_000, skewMs: 500, tokenDelayMs: 0 },
  };
}

function drawUsual(seed: number, random: Random, faultMs: number, share: number, isBig: boolean): Plan {
  const narrow = {
    seed,
    faultMs,
    config: drawConfig(random, isBig),
    rates: drawRates(random.fork(), share),
    arrivals: drawArrivals(random.fork(), faultMs, isBig),
    incidents: drawIncidents(random.fork(), faultMs, share),
    world: {
      soldOut: random.pick([0, 0.05, 0.3, 0.6]),
      interruptions: random.pick([0, 1, 20]),
      // The last is as old as the product says that it can bear: a lease, and the time for a late instance to be seen.
      listLagMs: random.pick([0, 20_000, 60_000, 270_000]),
      skewMs: random.pick([0, 500, 5_000]),
      tokenDelayMs: random.chance(0.1) ? 1_500 : 0,
    },
  };
  const { wide, arrivals } = drawWide(random.fork(), faultMs, isBig);
  // Drawn last, so that the plans of known seeds stay as they are but for this.
  const warm = random.fork();
  const hot = warm.chance(0.3) ? warm.whole(1, 3) : 0;
  const forked = drawForks(random.fork(), faultMs);
  const all = [...narrow.arrivals, ...arrivals, ...forked].sort((a, b) => a.atMs - b.atMs);
  const standby = random.fork();
  const stopped = standby.chance(0.3) ? standby.whole(1, 3) : 0;
  const lists = random.fork();
  const runListLagMs = lists.chance(0.3) ? lists.pick([5_000, 15_000, 25_000]) : 0;
  const world = { ...narrow.world, runListLagMs };
  return { ...narrow, world, wide: { ...wide, hot, stopped }, arrivals: all };
}

function drawRates(random: Random, share: number): Rates {
  const rates: Rates = {};
  for (const [name, [min, max]] of Object.entries(FAULTS)) {
    // Evenly in the exponent: rare as often as frequent.
    const rate = min * (max / min) ** random.next();
    if (random.chance(share)) rates[name as FaultName] = Math.round(rate * 10_000) / 10_000;
  }
  return rates;
}

function drawConfig(random: Random, isBig: boolean): PlannedConfig {
  return {
    limits: {
      runners: isBig ? 60 : random.pick([2, 5, 10, 30]),
      mintsPerMinute: random.pick([5, 30, 120]),
      lifetime: random.pick(['40m', '90m']),
      runnersPerRepository: random.chance(0.15) ? 3 : null,
    },
    github: { scope: random.chance(0.3) ? 'repository' : 'organization', polling: random.chance(0.1) },
    spot: {
      onDemandLabel: 'allow',
      duration: random.chance(0.5) ? 1 : 0,
      patience: random.pick(['0s', '2m', '5m']),
      onDemandFallback: random.chance(0.8),
    },
  };
}

function drawIncidents(random: Random, forMs: number, share: number): Planned[] {
  const planned: Planned[] = [];
  for (const kind of INCIDENT_NAMES) {
    if (!random.chance(share)) continue;
    const times = kind.startsWith('the ') ? 1 : random.whole(1, 4);
    for (let n = 0; n < times; n++)
      planned.push({
        kind,
        atMs: Math.round(random.next() * forMs),
        share: Math.round(random.next() * 1000) / 1000,
        ms: random.whole(60_000, 15 * 60_000),
      });
  }
  return planned.sort((a, b) => a.atMs - b.atMs);
}
