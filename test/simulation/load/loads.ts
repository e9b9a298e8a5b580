/** Loads that a deployment must carry, each with what it is held to. */

export interface Load {
  readonly name: string;
  readonly what: string;
  /** GitHub's limit of the installation. */
  readonly callsPerHour: number;
  readonly limits: { readonly runners: number; readonly mintsPerMinute: number };
  readonly repositories: number;
  readonly arrivals: Arrivals;
  /** Runs that wait for a reviewer all along, in each of so many repositories. */
  readonly waiting?: { readonly repositories: number; readonly runs: number };
  /** How long after its removal a machine hears of it, and stops: the real one asks in long polls. */
  readonly hearsAfterMs?: number;
  readonly minutes: number;
  readonly bars: Bars;
}

export interface Arrivals {
  readonly jobs: number;
  /** They come within so long, evenly. */
  readonly withinMinutes: number;
  /** Jobs of a run, drawn from these. */
  readonly runSizes: readonly number[];
  /** Null: most take minutes, some an hour. */
  readonly jobMinutes: number | null;
  readonly cancelled?: number;
}

/** All that are named must hold. */
export interface Bars {
  /** All jobs are over by then. */
  readonly doneByMinute?: number;
  readonly mintsRefusedMax?: number;
  /** Calls of any kind that GitHub refused. */
  readonly refusedMax?: number;
  readonly waitP50MaxS?: number;
  /** Counted calls of GitHub in the busiest hour; a 304 is not counted. */
  readonly countedPerHourMax?: number;
  /** Of the sweeps, so many may not be able to say of every runner whether it is registered. */
  readonly unsureSweepsMax?: number;
}

const usual = {
  callsPerHour: 5_000,
  limits: { runners: 100, mintsPerMinute: 120 },
  repositories: 12,
} as const;
const ROOMY = { runners: 1_500, mintsPerMinute: 240 } as const;
const MIXED = [1, 1, 2, 4, 8, 20] as const;

/** A hundred at a time, of four minutes and the boot's one, and half a minute between two on one slot. */
const backlog = (jobs: number): Load => ({
  ...usual,
  name: `backlog-${jobs}`,
  what: `${jobs} runs of one job queued within 5 minutes`,
  arrivals: { jobs, withinMinutes: 5, runSizes: [1], jobMinutes: 4 },
  minutes: Math.ceil(jobs / 100) * 7 + 15,
  bars: { doneByMinute: Math.ceil(jobs / 100) * 6.5 + 5, mintsRefusedMax: 0 },
});

const steady = (jobs: number, callsPerHour: number): Load => ({
  ...usual,
  name: `steady-${jobs}`,
  what: `${jobs} jobs in an hour`,
  callsPerHour,
  limits: ROOMY,
  arrivals: { jobs, withinMinutes: 60, runSizes: MIXED, jobMinutes: null },
  minutes: 75,
  // Twice the quiet day's.
  bars: { mintsRefusedMax: 0, waitP50MaxS: 150 },
});

const waiting = (repositories: number, runs: number): Load => ({
  ...usual,
  name: `waiting-${repositories}x${runs}`,
  what: `${runs} runs that wait for a reviewer in each of ${repositories} repositories, and 86 jobs an hour`,
  arrivals: { jobs: 86, withinMinutes: 55, runSizes: [1, 2], jobMinutes: null },
  waiting: { repositories, runs },
  minutes: 70,
  // The first look at each run is one call; then they cost nothing.
  bars: { mintsRefusedMax: 0, waitP50MaxS: 150, countedPerHourMax: 1_200 + repositories * runs },
});

const wide = (repositories: number): Load => ({
  ...usual,
  name: `repositories-${repositories}`,
  what: `600 jobs an hour in ${repositories} repositories, a quarter of them cancelled`,
  limits: { runners: 300, mintsPerMinute: 120 },
  repositories,
  arrivals: { jobs: 600, withinMinutes: 60, runSizes: [1, 2], jobMinutes: null, cancelled: 0.25 },
  hearsAfterMs: 60_000,
  minutes: 75,
  bars: { mintsRefusedMax: 0 },
});

/** So many alive, each for as long as its job, while others come and go all the time. */
const churn = (alive: number, bars: Bars): Load => ({
  ...usual,
  name: `churn-${alive}`,
  what: `${alive} alive, jobs of ten minutes, for forty minutes`,
  callsPerHour: 15_000,
  limits: { runners: 2_000, mintsPerMinute: 240 },
  // Beside the job, a machine lives for a boot and its end.
  arrivals: { jobs: Math.round((alive * 40) / 11.5), withinMinutes: 40, runSizes: MIXED, jobMinutes: 10 },
  hearsAfterMs: 60_000,
  minutes: 55,
  bars: { mintsRefusedMax: 0, unsureSweepsMax: 0, ...bars },
});

/**
 * Of 1,100 two thirds are arm64, of which the region sells 585: with every place used at once and no call refused the median
 * is 152 s (docs/decisions/github-budget.md). Twice that.
 */
const SOLD_OUT_WAIT_S = 304;

export const LOADS: readonly Load[] = [
  { ...steady(60, 5_000), name: 'quiet', what: '60 jobs in an hour', limits: usual.limits },
  backlog(300),
  backlog(700),
  backlog(1_200),
  steady(1_200, 5_000),
  steady(2_400, 5_000),
  { ...steady(4_800, 15_000), bars: { mintsRefusedMax: 0, unsureSweepsMax: 0 } },
  steady(6_000, 15_000),
  churn(600, { waitP50MaxS: 150 }),
  churn(1_100, { waitP50MaxS: SOLD_OUT_WAIT_S, refusedMax: 0 }),
  waiting(0, 0),
  waiting(1, 250),
  waiting(10, 100),
  wide(10),
  wide(250),
  wide(500),
];
