import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, openCloud } from './cloud.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await openCloud(() => 'echo "hello from $(whoami) with $RUNNER_CPU_CORES cores"; sleep 1');
});
afterAll(() => cloud.close());

const queue = () => {
  const labels = ['self-hosted', 'aliyun', 'x64'];
  const run = cloud.world.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels }] });
  const [job] = cloud.world.github.jobsOf(run);
  if (job === undefined) throw new Error('no job');
  return job;
};
const nothingIsLeft = async () => {
  await cloud.until('the deletion', () => cloud.world.ecs.alive().length === 0, 90_000);
  for (const machine of cloud.driver.machines()) expect(machine.bootErrors()).toEqual([]);
};

test('a job runs from its queued delivery to its deleted instance, with one download on the way', async () => {
  const { driver, runnerEndpoint, asked, until } = cloud;
  const job = queue();
  await until('a machine', () => driver.machines().length === 1, 30_000);
  await until('the end of the job', () => job.status === 'completed', 60_000);
  expect(job.conclusion).toBe('success');
  const log = runnerEndpoint.logOf(driver.machines()[0]?.address ?? '');
  expect(log).toContain('hello from runner with 4 cores');
  expect(log).toMatch(/ecs\.\S+ in cn-hangzhou-.: 4 cores, \d+ GiB, spot/);
  expect(log).toMatch(/This machine was asked for -?\d+ s ago/);
  await nothingIsLeft();
  // By the source that cloud-init has on ECS, hardened: a token first, then the dated path.
  const metadata = '100.100.100.200';
  expect(asked.slice(0, 2)).toEqual([`${metadata} /latest/api/token`, `${metadata} /2016-01-01/user-data`]);
  // Up to the moment when the runner is online, but for the look for a spot notice; after it, the runner's own talk.
  const toOnline = asked
    .slice(
      0,
      asked.findIndex((each) => each.endsWith('/sessions')),
    )
    .filter((each) => !each.startsWith(metadata));
  expect(toOnline).toEqual([expect.stringMatching(/^ci-runners\.oss-cn-hangzhou-internal.*\.tar\.gz$/)]);
});

test('an instance that cannot get its runner stops by itself, is deleted, and its job runs on the next', async () => {
  const { driver, faults, until } = cloud;
  // What the mirror gives is not the runner, and GitHub has none: no patience helps.
  Object.assign(faults, { oss: 'wrong', github: true });
  const before = driver.machines().length;
  const job = queue();
  await until('a machine', () => driver.machines().length === before + 1, 30_000);
  const failing = driver.machines()[before];
  const trace = () => failing?.read('/var/log/user-data.log') ?? '';
  await until('its stop', () => trace().includes('stopping'), 90_000);
  expect(trace()).toContain('runner.given_up');
  Object.assign(faults, { oss: null, github: false });
  // A sweep finds the stopped instance, a pause of two minutes, the sweep after it, a boot: up to 30 s each, and the job.
  await until('the end of the job', () => job.status === 'completed', 200_000);
  expect(job.conclusion).toBe('success');
  await nothingIsLeft();
}, 300_000);
