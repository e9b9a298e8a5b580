/** Many seeds, one after the other, and what they amount to. */
import { drawPlan } from './plan/draw.ts';
import { shrink, story } from './shrink.ts';
import { type Outcome, simulate } from './simulate.ts';

/** Node's, for a process that plays seeds on one core: what it makes is mostly gone at once. A sixth less of the processor's time. */
export const ONE_CORE = ['--single-threaded-gc', '--max-semi-space-size=32'];

export interface Batch {
  readonly seeds: number;
  readonly jobs: number;
  readonly instances: number;
  readonly fired: Record<string, number>;
  readonly settledMs: readonly number[];
  readonly broken: readonly { readonly seed: number; readonly check: string; readonly what: string }[];
}

export async function runSeeds(
  seeds: Iterable<number>,
  onSeed: (seed: number, outcome: Outcome) => void = () => undefined,
): Promise<Batch> {
  const fired: Record<string, number> = {};
  const broken: { seed: number; check: string; what: string }[] = [];
  const settledMs: number[] = [];
  const total = { seeds: 0, jobs: 0, instances: 0 };
  for (const seed of seeds) {
    const outcome = await simulate(drawPlan(seed));
    onSeed(seed, outcome);
    total.seeds++;
    total.jobs += outcome.jobs;
    total.instances += outcome.instances;
    for (const [name, times] of outcome.fired) fired[name] = (fired[name] ?? 0) + times;
    if (outcome.settledAfterMs !== null) settledMs.push(outcome.settledAfterMs);
    if (outcome.violation !== null) broken.push({ seed, ...outcome.violation });
  }
  return { ...total, fired, settledMs, broken };
}

/** Prints as a test's failure: the seed, the shortest story, and how to see it again. */
export async function report(seed: number): Promise<string> {
  const plan = drawPlan(seed);
  const outcome = await simulate(plan);
  if (outcome.violation === null) return `seed ${seed}: nothing went wrong`;
  const told = story(await shrink(plan, outcome));
  return `seed ${seed}\n${told}\nAgain: npm run simulate -- --seed ${seed}`;
}

export function joined(batches: readonly Batch[]): Batch {
  const fired: Record<string, number> = {};
  for (const batch of batches)
    for (const [name, times] of Object.entries(batch.fired)) fired[name] = (fired[name] ?? 0) + times;
  const sum = (of: (batch: Batch) => number) => batches.reduce((total, batch) => total + of(batch), 0);
  return {
    seeds: sum(({ seeds }) => seeds),
    jobs: sum(({ jobs }) => jobs),
    instances: sum(({ instances }) => instances),
    fired,
    settledMs: batches.flatMap(({ settledMs }) => settledMs),
    broken: batches.flatMap(({ broken }) => broken),
  };
}
