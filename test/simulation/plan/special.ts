/** Plans that want to see one thing: which seeds, and what they are made of. */
import { type Random, seeded } from '../../../simulator/random.ts';
import { ALLOWED, manyJobs } from './arrivals.ts';
import { drawCrowd, drawLost, drawTight } from './crowds.ts';
import { MINUTE_MS, NARROW, type Plan } from './plan.ts';

/** Null: it is as it was drawn. */
export function specialOf(plan: Plan): Plan | null {
  const { seed } = plan;
  if (seed % 200 === 177) return huge(plan);
  if (seed % 500 === 444) return lasting(plan);
  if (seed % 100 === 33) return crowded(plan, seeded(seed * 40503));
  if (seed % 100 === 55) return tight(plan, seeded(seed * 40503));
  if (seed % 200 === 166) return renamed(plan);
  if (seed % 100 === 66) return lossy(plan, seeded(seed * 40503));
  if (seed % 200 === 188) return braked(plan);
  return seed % 100 === 88 ? unclear(plan) : null;
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
  const { faultMs } = plan;
  const isRefused = plan.seed % 200 === 133;
  const incident = {
    kind: 'GitHub refuses our runners' as const,
    atMs: 0,
    share: random.next(),
    ms: faultMs,
  };
  return {
    ...calm(plan, 10),
    arrivals: drawCrowd(random, faultMs),
    incidents: isRefused ? [incident] : [],
  };
}

/** Nothing goes wrong, but what those who come ask for. */
function calm(plan: Plan, runners: number): Plan {
  const { config } = plan;
  const limits = { ...config.limits, runners, mintsPerMinute: 120, runnersPerRepository: null };
  return {
    ...plan,
    wide: NARROW,
    config: { ...config, limits },
    rates: {},
    incidents: [],
    world: { soldOut: 0, interruptions: 0, listLagMs: 20_000, skewMs: 500, tokenDelayMs: 0 },
  };
}

/** Slots for all, and no money: one dear job behind many others, or cheap ones behind a dear one. */
function tight(plan: Plan, random: Random): Plan {
  const { spendPerHour, arrivals } = drawTight(random, plan.faultMs);
  return { ...calm(plan, 60), wide: { ...NARROW, hasSister: true, spendPerHour }, arrivals };
}

/** GitHub has lost runs, a moment ago and days ago, and nothing else goes wrong. */
function lossy(plan: Plan, random: Random): Plan {
  return { ...calm(plan, 30), arrivals: drawLost(random, plan.faultMs) };
}

/** A repository gets a new name, or in every other another owner, while its jobs wait and run: for some minutes nobody has allowed it. */
function renamed(plan: Plan): Plan {
  const isMoved = plan.seed % 400 === 366;
  const kind = isMoved ? ('a repository is transferred' as const) : ('a repository is renamed' as const);
  const arrivals = Array.from({ length: 15 }, (_, n) => ({
    ...manyJobs(1, n * MINUTE_MS, 4 * MINUTE_MS),
    repository: ALLOWED[1],
  }));
  return {
    ...calm(plan, 30),
    wide: { ...NARROW, hasSister: isMoved },
    arrivals,
    incidents: [{ kind, atMs: 8 * MINUTE_MS + 10_000, share: 0.9, ms: 5 * MINUTE_MS }],
  };
}

/** Machines stand stopped, and GitHub refuses whatever is started: launches are held back, and more jobs come. */
function braked(plan: Plan): Plan {
  const [firstMs, refusedMs] = [12 * MINUTE_MS, 15 * MINUTE_MS];
  const kind = 'GitHub refuses our runners' as const;
  const later = Array.from({ length: 10 }, (_, n) => manyJobs(1, firstMs + (4 + n) * MINUTE_MS));
  return {
    ...calm(plan, 30),
    faultMs: firstMs + refusedMs,
    wide: { ...NARROW, stopped: 12 },
    arrivals: [...Array.from({ length: 6 }, () => manyJobs(1, firstMs)), ...later],
    incidents: [{ kind, atMs: firstMs - MINUTE_MS, share: 0.1, ms: refusedMs }],
  };
}

/** Of what ECS did nobody hears for minutes, while runners are made to wait for jobs. */
function unclear(plan: Plan): Plan {
  const base = calm(plan, 30);
  const rates = { 'ecs timeout-after': 0.8 };
  return {
    ...base,
    rates,
    wide: { ...plan.wide, hot: 2, stopped: 5 },
    world: { ...base.world, listLagMs: 270_000 },
  };
}
