/** The process is killed at each of its calls, one at a time. Whatever is left there is mended. */

import { describe, expect, test } from 'vitest';
import { OFFERS_PER_LAUNCH_MAX } from '../../shared/limits.ts';
import type { PlannedJob } from '../simulation/plan/arrivals.ts';
import type { Simulation } from '../simulation/plan/simulation.ts';
import { pointsIn } from './points.ts';
import { run, type Scenario } from './scenario.ts';

const job = (name: string): PlannedJob => ({
  name,
  labels: ['self-hosted', 'aliyun', 'arm64'],
  durationMs: 60_000,
});
const NO_STOCK = { code: 'OperationDenied.NoStock' };

interface Case extends Scenario {
  readonly story: string;
  readonly ends: readonly string[];
  /** Before a call is after the one before it, but for calls that are made side by side: shown in full once. */
  readonly isWhole?: boolean;
}

/** Once, half a minute after its job began. */
function takeBack(simulation: Simulation): void {
  const { jobs, later, world } = simulation;
  const [first] = jobs();
  if (first?.status === 'in_progress') {
    later(30_000, () => world.ecs.interrupt(world.ecs.alive()[0]?.id ?? ''));
  } else later(5_000, () => takeBack(simulation));
}

const cases: readonly Case[] = [
  {
    story: 'a job whose first candidate is sold out',
    jobs: [job('build')],
    prepare: ({ world }) => world.ecs.failNext('RunInstances', NO_STOCK),
    ends: ['success'],
    isWhole: true,
  },
  {
    story: 'a job that is refused everywhere at first',
    jobs: [job('build')],
    prepare: ({ world }) => world.ecs.failNext('RunInstances', NO_STOCK, OFFERS_PER_LAUNCH_MAX),
    ends: ['success'],
  },
  {
    story: 'a job that is cancelled while its machine boots',
    jobs: [job('build')],
    prepare: ({ jobs, later, world }) =>
      later(12_000, () => {
        for (const each of jobs()) world.github.cancelJob(each);
      }),
    ends: ['cancelled'],
  },
  {
    story: 'a job whose machine the spot market takes back',
    jobs: [{ ...job('build'), durationMs: 5 * 60_000 }],
    prepare: takeBack,
    attempt: 2,
    ends: ['success'],
  },
  {
    story: 'a launch whose answer never comes',
    jobs: [job('build')],
    prepare: ({ world }) => world.ecs.failNext('RunInstances', 'timeout-after', 3),
    ends: ['success'],
  },
];

describe.each(cases)('$story', ({ ends, attempt = 1, isWhole = false, ...story }) => {
  const scenario = { ...story, attempt };
  const attempts = ends.map(() => attempt);

  test('ends well after a crash before and after each call', async () => {
    const whole = await run(scenario, null);
    expect(whole).toMatchObject({ violations: [], left: [], conclusions: ends, attempts });
    const points = pointsIn(whole.calls, isWhole ? ['before', 'after'] : ['after']);
    expect(points.length, 'the list of crash points is generated').toBeGreaterThan(40);
    const broken: string[] = [];
    for (const point of points) {
      const { violations, left, conclusions, attempts: made } = await run(scenario, point);
      const isWell = String([violations, left, conclusions, made]) === String([[], [], ends, attempts]);
      const { name } = whole.calls[point.call] ?? { name: '' };
      if (!isWell)
        broken.push(
          `${point.when} ${name} (${point.call}): ${[...violations, ...left, ...conclusions, ...made].join('; ')}`,
        );
    }
    expect(broken).toEqual([]);
  });
});
