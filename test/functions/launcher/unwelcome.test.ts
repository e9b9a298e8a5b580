/** Whose jobs are not launched for: over the whole system. */
import { expect, test } from 'vitest';
import { configOf } from '../../world/in-process.ts';
import { isOver, MINUTE_MS, open, type Queued, queue, rowOf } from '../fixture.ts';

// biome-ignore format: a table reads best as a table.
test.each([
  ['a fork of a private repository', { fork: 'intern/app' }, {}, /its code comes from a fork/],
  ['a fork that is gone', { fork: null }, {}, /its code comes from a fork/],
  ['a type by label that a profile keeps', { labels: ['self-hosted', 'aliyun', 'amd64', 'ecs.gn7i'] }, { profiles: { gpu: { type: 'ecs.gn7i', arch: 'amd64', repositories: ['acme/ml'] } } }, /the type ecs\.gn7i is not for the repository acme\/app: profiles\.gpu\.repositories/],
])('%s is refused, and nothing is launched', async (_what, plan: Queued, config, because) => {
  const { world } = await open({ config });
  const [job] = queue(world, plan);
  await world.pass(3 * MINUTE_MS);
  world.fc.close();
  expect(world.ecs.calls.get('RunInstances') ?? 0).toBe(0);
  expect(await rowOf(world, job)).toMatchObject({ outcome: 'refused', because: expect.stringMatching(because) });
});

test.each([{ fork: 'intern/app' }, { fork: undefined }])(
  'where forks are allowed, or it is no fork: %j runs',
  async ({ fork }) => {
    const config = fork === undefined ? {} : { repositories: { allow: ['acme/*'], forks: 'allow' } };
    const { world } = await open({ config });
    const [job] = queue(world, fork === undefined ? {} : { fork });
    expect(await world.until(() => isOver(job), 15 * MINUTE_MS)).toBe(true);
    world.fc.close();
    expect(job.conclusion).toBe('success');
  },
);

test('whose code a run is of is asked once for all its jobs, and not again at each try', async () => {
  const { world } = await open({ config: { limits: { runners: 2 } } });
  const jobs = queue(world, { jobs: 8 });
  expect(await world.until(() => isOver(...jobs), 40 * MINUTE_MS)).toBe(true);
  world.fc.close();
  const asked = world.lines.filter((line) => line.includes('"event":"launch.')).length;
  expect(asked).toBeGreaterThan(8);
  // Who tells on its commit how it goes has seen it in a list.
  expect(world.github.calls.get('GET /repos/{owner}/{repo}/actions/runs/{id}')).toBe(1);
});

test('a job that waits is refused by the launcher when its repository is welcome no more', async () => {
  const { world } = await open({ config: { repositories: { allow: ['acme/*'], public: 'allow' } } });
  world.github.addRepository('acme/pub', { isPublic: true });
  const [job] = queue(world, { repository: 'acme/pub' });
  // Its group is not there: it waits.
  await world.pass(MINUTE_MS);
  expect(world.github.runners()).toEqual([]);
  world.state.config = configOf();
  await world.pass(5 * MINUTE_MS);
  world.fc.close();
  expect(world.ecs.calls.get('RunInstances') ?? 0).toBe(0);
  expect(await rowOf(world, job)).toMatchObject({
    outcome: 'refused',
    because: expect.stringMatching(/is public/),
  });
});

test('runners of public repositories are in a group of their own', async () => {
  const { world } = await open({ config: { repositories: { allow: ['acme/*'], public: 'allow' } } });
  const { github } = world;
  github.addRepository('acme/pub', { isPublic: true });
  github.addGroup({
    organization: 'acme',
    name: 'ci-runners-public',
    repositories: ['acme/pub'],
    allowsPublic: true,
  });
  const jobs = [...queue(world, { repository: 'acme/pub' }), ...queue(world, {})];
  expect(await world.until(() => isOver(...jobs), 20 * MINUTE_MS)).toBe(true);
  world.fc.close();
  expect(jobs.map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
  expect(jobs.map(({ runner }) => runner?.groupName)).toEqual(['ci-runners-public', 'ci-runners']);
});
