/** Draws a plan from a seed. */
import { type Random, seeded } from '../../../simulator/random.ts';
import { ALLOWED, drawArrivals } from './arrivals.ts';
import {
  FAULTS,
  type FaultName,
  GOES_AWAY,
  INCIDENT_NAMES,
  MINUTE_MS,
  type Plan,
  type Planned,
  type PlannedConfig,
  type Rates,
} from './plan.ts';
import { specialOf } from './special.ts';
import { drawForks, drawLater, drawWide } from './wide.ts';

/** Swarm: each fault is off in most seeds, and where it is on, rare or frequent. One seed in ten is calm. */
export function drawPlan(seed: number): Plan {
  const random = seeded(seed * 2654435761);
  const faultMs = random.whole(15, 40) * MINUTE_MS;
  const share = random.chance(0.1) ? 0 : random.pick([0.05, 0.15, 0.3]);
  const isBig = seed % 100 === 77;
  const drawn = drawUsual(seed, random, faultMs, share, isBig);
  const special = specialOf(drawn);
  if (special !== null || isBig) return special ?? drawn;
  // From a stream of its own: the plans of known seeds stay as they are but for this.
  const later = drawLater(seeded(seed * 2246822519 + 11));
  const isMoved = drawn.incidents.some(({ kind }) => kind === 'a repository is transferred');
  const incidents = [...drawn.incidents, ...drawAway(seeded(seed * 3266489917 + 14), drawn)];
  incidents.sort((a, b) => a.atMs - b.atMs);
  const wide = { ...drawn.wide, ...later, hasSister: drawn.wide.hasSister || isMoved };
  return { ...drawn, incidents, wide };
}

/** In one seed of fifteen of those in which anything goes wrong, and in the half of it that has jobs there. */
function drawAway(random: Random, { rates, incidents, arrivals, faultMs }: Plan): readonly Planned[] {
  const isCalm = Object.keys(rates).length + incidents.length === 0;
  const hasJobs = arrivals.some(({ repository }) => repository === ALLOWED[1]);
  if (isCalm || !hasJobs || !random.chance(0.07)) return [];
  const [atMs, ms] = [random.whole(0, faultMs), random.whole(60_000, 15 * 60_000)];
  return [{ kind: GOES_AWAY, atMs, share: random.whole(0, 999) / 1000, ms }];
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
