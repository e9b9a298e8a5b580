/** A day of office hours: how long jobs wait, phase by phase, and what they cost beside other ways to buy. */
import { parseJobId } from '../../../shared/names.ts';
import { type Region, standardRegions } from '../../../simulator/ecs/index.ts';
import { type Random, seeded } from '../../../simulator/random.ts';
import { BAKED_BOOT_MS, STOCK_BOOT_MS } from '../../../simulator/timed-driver.ts';
import { openWorld, seedRunnerRelease, type World } from '../../world/in-process.ts';
import { type Again, againOf } from './again.ts';
import { type Money, moneyOf } from './money.ts';

const HOUR_MS = 3_600_000;
/** Share of the day's runs that begin in each hour: quiet nights, a pause at noon. */
const HOURS = [0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 12, 9, 5, 9, 12, 12, 9, 5, 2, 1, 1, 0, 0, 0];
/** Two more than the day's, for its last jobs. */
export const DAY_HOURS = 26;
const BASE = ['self-hosted', 'aliyun'];
const MIX: readonly (readonly string[])[] = [
  ...Array.from({ length: 10 }, () => [...BASE, 'arm64']),
  ...Array.from({ length: 2 }, () => [...BASE, 'arm64', '8+cpu']),
  ...Array.from({ length: 5 }, () => [...BASE, 'amd64']),
  ...Array.from({ length: 2 }, () => [...BASE, 'arm64', '4cpu']),
  [...BASE, 'amd64', '16cpu'],
];
const REPOSITORIES = Array.from({ length: 12 }, (_, n) => `acme/service-${n}`);
/** Of so many runs one is of `main`, where a newer one takes its place; each other of a change of its own. */
const RUNS_PER_MAIN = 5;

export interface Day {
  readonly jobs: number;
  readonly succeeded: number;
  /** Jobs that ran on a runner which had waited, and how long they waited; milliseconds, sorted. */
  readonly warmMs: readonly number[];
  /** Milliseconds, sorted. */
  readonly phases: Readonly<Record<string, readonly number[]>>;
  readonly money: Money;
  readonly again: Again;
  readonly gitHubCallsPerHourMax: number;
}

export interface DayPlan {
  readonly jobs: number;
  readonly seed: number;
  readonly warm: Warmth;
  /** What machines are made from: the model of their boot. */
  readonly image: keyof typeof BOOT_MS;
  /** Of all machines of the market in an hour, on average of all that it offers; null: as in other simulations, after an hour's protection. */
  readonly takenBackPercent: number | null;
}

/** The busy hours of the day, by the clock of the world. */
const OFFICE = { when: '15:00-03:00', timeZone: 'UTC' };
export const BOOT_MS = { stock: STOCK_BOOT_MS, baked: BAKED_BOOT_MS } as const;
export const WARMTHS = ['none', 'hot', 'stopped'] as const;
export type Warmth = (typeof WARMTHS)[number];

/** Ten and five, and of a day of more than a thousand jobs as many more, in the labels that most of them have. */
function poolsFor(warm: Warmth, jobs: number): readonly object[] {
  const thousands = Math.max(1, jobs / 1_000);
  if (warm === 'none') return [];
  return [
    { labels: ['arm64'], [warm]: Math.ceil(10 * thousands), ...OFFICE },
    { labels: ['amd64'], [warm]: Math.ceil(5 * thousands), ...OFFICE },
  ];
}
/** What the market's rates are on average, unchanged. */
const USUAL_PERCENT = 4;

/** `onHour` is told how many hours of its day are played. */
export async function playDay(
  { jobs, seed, warm, image, takenBackPercent }: DayPlan,
  onHour: (played: number) => void = () => undefined,
): Promise<Day> {
  const rates = (takenBackPercent ?? USUAL_PERCENT) / USUAL_PERCENT;
  const random = seeded(seed);
  const hangzhou = standardRegions().filter(({ id }) => id === 'cn-hangzhou');
  const marks = new Map<string, number>();
  const left = new Map<number, string>();
  const world = openWorld({
    seed,
    repositories: REPOSITORIES,
    config: {
      limits: { runners: 600, mintsPerMinute: 240 },
      warm: poolsFor(warm, jobs),
      spot: { duration: takenBackPercent === null ? 1 : 0 },
    },
    ecs: { regions: hangzhou, random: seeded(seed + 1), rates, isReviewedByClock: true },
    boots: { failures: 0.02, bootMs: BOOT_MS[image] },
    watch: {
      log(event, fields) {
        mark(marks, event, fields, world?.clock.nowMs() ?? 0);
        if (event === 'rerun.decided' && fields.because !== '')
          left.set(Number(fields.run), String(fields.because));
      },
    },
  });
  await seedRunnerRelease(world);
  const runs = arrive(world, jobs, random);
  let callsMax = 0;
  let callsBefore = 0;
  for (let hour = 0; hour < DAY_HOURS; hour++) {
    await world.pass(HOUR_MS);
    onHour(hour + 1);
    const calls = [...world.github.calls.values()].reduce((sum, each) => sum + each, 0);
    callsMax = Math.max(callsMax, calls - callsBefore);
    callsBefore = calls;
  }
  world.fc.close();
  const all = runs.flatMap((run) => world.github.jobsOf(run()));
  const attempts = runs.flatMap((run) => [...new Set([...run().attempts.values()].flat())]);
  return {
    jobs: all.length,
    succeeded: all.filter(({ conclusion }) => conclusion === 'success').length,
    warmMs: warmMs(all),
    phases: phasesOf(world, all, marks),
    again: againOf(world.ecs.paid(), attempts, left),
    money: moneyOf({ world, jobs: attempts, region: hangzhou[0] as Region, ecsSeed: seed + 1, rates }),
    gitHubCallsPerHourMax: callsMax,
  };
}

type Run = ReturnType<World['github']['queueRun']>;
type Jobs = ReturnType<World['github']['jobsOf']>;

/** Of a runner that was launched for a job, the name has the job's number. */
const warmMs = (jobs: Jobs): number[] =>
  jobs
    .filter(({ runner }) => runner !== null && parseJobId(runner.name) === null)
    .flatMap(({ createdAtMs, startedAtMs }) => (startedAtMs === null ? [] : [startedAtMs - createdAtMs]))
    .sort((a, b) => a - b);

function arrive(world: World, jobs: number, random: Random): (() => Run)[] {
  const hours = HOURS.flatMap((share, hour) => Array.from({ length: share }, () => hour));
  const made: (() => Run)[] = [];
  for (let left = jobs; left > 0; ) {
    const size = Math.min(left, random.pick([1, 1, 2, 4, 8, 20]));
    left -= size;
    const labels = random.pick(MIX);
    const plans = Array.from({ length: size }, (_, n) => ({
      name: `job ${n}`,
      labels,
      durationMs: duration(random),
    }));
    const box: { run: Run | null } = { run: null };
    const branch = made.length % RUNS_PER_MAIN === 0 ? 'main' : `change-${made.length}`;
    world.clock.after((random.pick(hours) + random.next()) * HOUR_MS, () => {
      box.run = world.github.queueRun({ repository: random.pick(REPOSITORIES), branch, jobs: plans });
    });
    made.push(() => box.run as Run);
  }
  return made;
}

/** Half of all jobs take four minutes at most, the longest some twenty. */
function duration(random: Random): number {
  return Math.round(
    Math.min(60, 4 * Math.exp(1.1 * (random.next() + random.next() + random.next() - 1.5))) * 60_000,
  );
}

/** When the function said so first, by job. */
function mark(
  marks: Map<string, number>,
  event: string,
  fields: Readonly<Record<string, unknown>>,
  nowMs: number,
): void {
  const isDelivery = event === 'webhook.decided' && fields.kind === 'launch';
  if (!isDelivery && event !== 'launch.minted') return;
  const key = `${isDelivery ? 'delivered' : 'minted'} ${fields.job}`;
  if (!marks.has(key)) marks.set(key, nowMs);
}

function phasesOf(world: World, jobs: Jobs, marks: ReadonlyMap<string, number>) {
  const asked = new Map(world.ecs.paid().map((bill) => [bill.tags['ci-runner-name'], bill.startedAtMs]));
  const phases = {
    'queued to delivered': [],
    'delivered to minted': [],
    'minted to instance': [],
    'instance to running': [],
    'queued to running': [],
  } as Record<string, number[]>;
  const add = (phase: string, from: number | undefined, to: number | null | undefined) => {
    if (from !== undefined && to !== undefined && to !== null) phases[phase]?.push(to - from);
  };
  for (const { id, createdAtMs, startedAtMs, runner } of jobs) {
    const instanceMs = asked.get(runner?.name ?? '');
    const [delivered, minted] = [marks.get(`delivered ${id}`), marks.get(`minted ${id}`)];
    add('queued to delivered', createdAtMs, delivered);
    add('delivered to minted', delivered, minted);
    if (runner?.name.includes(String(id))) add('minted to instance', minted, instanceMs);
    add('instance to running', instanceMs, startedAtMs);
    add('queued to running', createdAtMs, startedAtMs);
  }
  return Object.fromEntries(Object.entries(phases).map(([name, ms]) => [name, ms.sort((a, b) => a - b)]));
}
