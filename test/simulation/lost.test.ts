/** Webhooks are hints: what was not delivered, or was lost inside, still happens. */
import { expect, test } from 'vitest';
import { calmPlan } from './plan/calm.ts';
import type { Plan, Rates } from './plan/plan.ts';
import { simulate } from './simulate.ts';

const MINUTE_MS = 60_000;

async function waits(plan: Plan) {
  const { violation, jobs, waitedMs } = await simulate(plan);
  return {
    violation,
    jobs,
    median: waitedMs.toSorted((a, b) => a - b)[Math.floor(waitedMs.length / 2)] ?? 0,
  };
}

const cases: readonly [what: string, rates: Rates, polling: boolean, addedMaxMs: number][] = [
  ['30 % of the deliveries', { 'delivery lost': 0.3 }, false, 2 * MINUTE_MS],
  ['60 % of the deliveries', { 'delivery lost': 0.6 }, false, 4 * MINUTE_MS],
  [
    '60 % of the deliveries, and GitHub’s log does not know',
    { 'delivery lost in silence': 0.6 },
    false,
    6 * MINUTE_MS,
  ],
  ['all deliveries, by polling', { 'delivery lost in silence': 1 }, true, 6 * MINUTE_MS],
  ['a third of what Function Compute accepted', { 'fc drop': 0.33 }, false, 6 * MINUTE_MS],
];

test.each(cases)(
  'when %s are lost, all jobs run, and not much later',
  async (_what, rates, polling, addedMaxMs) => {
    const base = calmPlan(40);
    const plan = { ...base, config: { ...base.config, github: { ...base.config.github, polling } } };
    const usual = await waits(plan);
    const lossy = await waits({ ...plan, rates });
    expect(usual.violation).toBeNull();
    expect(lossy).toMatchObject({ violation: null, jobs: 20 });
    expect(lossy.median - usual.median).toBeLessThan(addedMaxMs);
  },
);

test('after an hour with all functions off, each waiting job has a runner within two sweeps', async () => {
  const hour = 60 * MINUTE_MS;
  const off = { kind: 'all functions are off', atMs: 3 * MINUTE_MS, share: 0, ms: hour } as const;
  const calm = calmPlan(70, { incidents: [off] });
  const plan = { ...calm, config: { ...calm.config, limits: { ...calm.config.limits, runners: 60 } } };
  const { violation, launchedMs } = await simulate(plan);
  expect(violation).toBeNull();
  // Two sweeps, and the launches themselves, after the functions are back.
  const back = 3 * MINUTE_MS + hour;
  const late = launchedMs
    .filter(({ queuedAtMs }) => queuedAtMs < back)
    .filter(({ atMs }) => atMs > back + 3 * MINUTE_MS);
  expect(late).toEqual([]);
});

const answers: readonly [what: string, rates: Rates][] = [
  ['an empty page of GitHub', { 'github empty-page': 0.3 }],
  ['an empty page of ECS', { 'ecs empty page': 0.3 }],
  ['a 500 of GitHub', { 'github 500': 0.3 }],
  ['a 500 of ECS', { 'ecs Some.NewError': 0.3 }],
  ['no answer of GitHub', { 'github timeout before': 0.2, 'github timeout after': 0.2 }],
  ['no answer of ECS', { 'ecs timeout-before': 0.2, 'ecs hang': 0.2 }],
  ['truncated JSON', { 'github truncated': 0.3, 'ecs truncated': 0.3 }],
  ['busy:false on a runner with a job', { 'runner busy in secret': 1 }],
  ['no word of a runner with a job', { 'registration consumed at assignment': 1 }],
];

test.each(answers)(
  '%s never leads to a deletion of a busy machine, nor to a second launch',
  async (_what, rates) => {
    for (const seed of [1, 2, 3])
      expect(
        await simulate(calmPlan(30, { rates, seed, world: { ...calmPlan(1).world, listLagMs: 100_000 } })),
      ).toMatchObject({
        violation: null,
      });
  },
);
