/** One launch on the straight path: what it asks for, and how many calls it costs. */
import { expect, test } from 'vitest';
import { RELEASE_MARGIN_MS } from '../../../shared/limits.ts';
import type { SimJob } from '../../../simulator/github/index.ts';
import { openWorld, START_MS, seedRunnerRelease, type WorldOptions } from '../../world/in-process.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

async function launched(labels: string, options: WorldOptions = {}) {
  const world = openWorld({ ...options, ecs: { interruptions: 0 } });
  await seedRunnerRelease(world);
  const plan = { name: 'build', labels: labels.split(' '), durationMs: MINUTE_MS };
  const run = world.github.queueRun({ repository: 'acme/app', jobs: [plan] });
  const [job] = world.github.jobsOf(run) as [SimJob];
  await world.until(() => world.ecs.alive().length > 0, MINUTE_MS);
  return { world, job, machine: world.ecs.alive()[0] };
}

test('costs GitHub one mint, and ECS one launch, one look at its console and one deletion, which is asked for once more as proof', async () => {
  const { world, job } = await launched('self-hosted aliyun arm64');
  await world.until(() => job.status === 'completed', 10 * MINUTE_MS);
  await world.pass(4 * MINUTE_MS);
  world.fc.close();
  const { github, ecs } = world;
  expect(ecs.alive()).toEqual([]);
  const changing = ([what]: [string, number]) => !/Describe|ListTag|GET /.test(what);
  expect(Object.fromEntries([...ecs.calls].filter(changing))).toEqual({
    ...{ RunInstances: 1, DeleteInstance: 2 },
    // What the job used of its machine.
    GetInstanceConsoleOutput: 1,
  });
  expect(Object.fromEntries([...github.calls].filter(changing))).toEqual({
    'POST /orgs/{org}/actions/runners/generate-jitconfig': 1,
    'POST /app/installations/{id}/access_tokens': expect.any(Number),
    // Its author is told that it runs, and what it cost.
    'POST /repos/{owner}/{repo}/check-runs': 1,
    'PATCH /repos/{owner}/{repo}/check-runs/{id}': 1,
  });
});

test('names no label to GitHub twice: not all that runs-on allows is allowed there', async () => {
  const { world, job } = await launched('self-hosted Aliyun aliyun arm64 ARM64 Self-Hosted 4cpu');
  expect(await world.until(() => job.status === 'completed', 10 * MINUTE_MS)).toBe(true);
  expect(job.conclusion).toBe('success');
  world.fc.close();
});

test('asks for what runners.yaml says of its placement', async () => {
  const placement = {
    region: 'cn-hangzhou',
    zones: { h: 'vsw-cn-hangzhou-h', i: 'vsw-cn-hangzhou-i', k: 'vsw-cn-hangzhou-k' },
    securityGroup: 'sg-cn-hangzhou',
    egress: 'public-ip',
    bandwidthMbit: 50,
    keyPair: 'kp-ci',
    resourceGroup: 'rg-ci',
  };
  const config = { placements: [placement], tags: { costCenter: 'ci' }, defaults: { disk: 60 } };
  const { world, job, machine } = await launched('self-hosted aliyun arm64', { config });
  world.fc.close();
  expect(machine).toMatchObject({
    name: `ci-runner-arm64-spot-${job.id}-1`,
    bandwidthOut: 50,
    needsTokens: true,
    keyPair: 'kp-ci',
    resourceGroup: 'rg-ci',
    disk: { category: 'cloud_essd', level: 'PL0', sizeGiB: 60 },
  });
  expect(Object.fromEntries(machine?.tags ?? [])).toEqual({
    costCenter: 'ci',
    'ci-runner-deployment': 'ci',
    'ci-runner-name': `ci-runner-arm64-spot-${job.id}-1`,
    'ci-runner-job': String(job.id),
    'ci-runner-repository': 'acme/app',
    GITHUB_RUNNER_TYPE: 'aliyun-ecs-spot',
    GIHUB_RUNNER_TYPE: 'aliyun-ecs-spot',
  });
});

test.each([
  ['self-hosted aliyun arm64', 390 * MINUTE_MS],
  ['self-hosted aliyun arm64 long', 5 * DAY_MS],
  ['self-hosted aliyun arm64 brief', 10 * MINUTE_MS],
])('%s is released after its profile’s lifetime, and a margin', async (labels, lifetimeMs) => {
  const config = { profiles: { long: { lifetime: '5d' }, brief: { lifetime: '10m' } } };
  const { world, machine } = await launched(labels, { config });
  world.fc.close();
  const livesMs = (machine?.releaseAtMs ?? 0) - START_MS - lifetimeMs - RELEASE_MARGIN_MS;
  expect(livesMs).toBeGreaterThanOrEqual(0);
  expect(livesMs).toBeLessThanOrEqual(2 * MINUTE_MS);
});
