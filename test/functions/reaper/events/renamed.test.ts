/** A repository is renamed or transferred while its jobs wait and run. */
import { expect, test } from 'vitest';
import { formerName } from '../../../../functions/reaper/events/renamed.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { configOf, type World } from '../../../world/in-process.ts';
import { endsEmpty } from './ends-empty.ts';

const ONLY = { repositories: { allow: ['acme/app'] } };
const NO_STOCK = { code: 'OperationDenied.NoStock' };
const securityLines = ({ lines }: World) => lines.filter((line) => line.includes('security.foreign_job'));

/** Its job goes on, and nothing is left. */
async function isRenamedWhileItRuns(world: World, labels: string): Promise<void> {
  const job = queue(world, labels, { durationMs: 10 * MINUTE_MS });
  await world.until(() => job.status === 'in_progress', 5 * MINUTE_MS);
  await world.pass(MINUTE_MS);
  world.github.renameRepository('acme/app', 'acme/renamed');
  expect(await world.until(() => job.status === 'completed', 20 * MINUTE_MS)).toBe(true);
  expect(job.conclusion).toBe('success');
  await endsEmpty(world, 5 * MINUTE_MS);
  expect(securityLines(world)).toEqual([]);
}

test.each(['organization', 'repository'])(
  'renamed while its job runs (%s): told as that, and no security event',
  async (scope) => {
    const alerts: string[] = [];
    const world = await open({
      config: { ...ONLY, github: { scope } },
      post: async (text) => void alerts.push(text),
    });
    await isRenamedWhileItRuns(world, OURS);
    expect(alerts).toEqual([
      expect.stringMatching(/acme\/app is called acme\/renamed now\. Add acme\/renamed to/),
    ]);
  },
);

test('renamed within what is allowed, while it runs on a machine that is kept for it: told as that, and not cancelled', async () => {
  const alerts: string[] = [];
  const world = await open({
    config: {
      repositories: { allow: ['acme/*'] },
      profiles: { big: { cpu: 4, repositories: ['acme/app'] } },
    },
    post: async (text) => void alerts.push(text),
  });
  await isRenamedWhileItRuns(world, `${OURS} big`);
  expect(alerts).toEqual([
    expect.stringMatching(/is called acme\/renamed now\. Add acme\/renamed beside acme\/app under profiles/),
  ]);
});

test('renamed between its queue and its start, with its end told by nobody: it ends, and nothing is left', async () => {
  const world = await open({
    config: ONLY,
    github: {
      deliveryFaults: (_, action) => (action === 'completed' ? { kind: 'lose', isLogged: false } : null),
    },
  });
  const job = queue(world, OURS, { durationMs: 2 * MINUTE_MS });
  await world.pass(5_000);
  world.github.renameRepository('acme/app', 'acme/renamed');
  expect(await world.until(() => job.status === 'completed', 20 * MINUTE_MS)).toBe(true);
  await endsEmpty(world, 5 * MINUTE_MS);
  expect(securityLines(world)).toEqual([]);
});

test.each([
  ['to an owner who has the App, too', true],
  ['to an owner who has not', false],
])(
  'transferred while its job runs on an organisation’s runner, %s: no security event, and nothing is left (seed 30380)',
  async (_, isInstalled) => {
    const alerts: string[] = [];
    const config = { repositories: { allow: ['acme/app', 'acme/lib'] } };
    const repositories = ['acme/app', 'acme/lib'];
    const world = await open({ config, repositories, post: async (text) => void alerts.push(text) });
    world.github.addOrganization('beta');
    if (isInstalled) world.github.install('beta');
    const first = queue(world, OURS, { durationMs: 10 * MINUTE_MS });
    await world.until(() => first.status === 'in_progress', 5 * MINUTE_MS);
    // Another repository's job gets the runner that was launched for the first.
    const waits = queue(world, OURS, { durationMs: MINUTE_MS });
    await world.until(
      () => world.github.runners().some(({ isOnline, job }) => isOnline && job === null),
      5 * MINUTE_MS,
    );
    world.github.cancelJob(waits);
    const moved = queue(world, OURS, { durationMs: 15 * MINUTE_MS }, 'acme/lib');
    expect(await world.until(() => moved.status === 'in_progress', 5 * MINUTE_MS)).toBe(true);
    await world.pass(MINUTE_MS);
    world.github.renameRepository('acme/lib', 'beta/lib');
    expect(await world.until(() => moved.status === 'completed', 30 * MINUTE_MS)).toBe(true);
    expect(moved.conclusion).toBe('success');
    await world.pass(12 * MINUTE_MS);
    await endsEmpty(world, 5 * MINUTE_MS);
    expect(securityLines(world)).toEqual([]);
  },
);

test.each(['push', 'pull_request'])(
  'renamed while its job waits for stock (%s): its code is its own, and it runs',
  async (event) => {
    let isSoldOut = true;
    const world = await open({
      ecs: { faults: (action) => (action === 'RunInstances' && isSoldOut ? NO_STOCK : null) },
    });
    const plan = { name: 'build', labels: OURS.split(' '), durationMs: 2 * MINUTE_MS };
    const run = world.github.queueRun({ repository: 'acme/app', event, jobs: [plan] });
    await world.pass(3 * MINUTE_MS);
    world.github.renameRepository('acme/app', 'acme/renamed');
    // A launcher that has asked nobody about this run yet.
    world.state.config = configOf();
    isSoldOut = false;
    const [job] = world.github.jobsOf(run);
    expect(await world.until(() => job?.status === 'completed', 20 * MINUTE_MS)).toBe(true);
    expect(job?.conclusion).toBe('success');
    expect(world.lines.filter((line) => line.includes('"event":"launch.refused"'))).toEqual([]);
    await endsEmpty(world, 5 * MINUTE_MS);
  },
);

test('another repository’s job on a runner of ours is a security event, whatever its name', async () => {
  const world = await open({ config: ONLY, repositories: ['acme/app', 'acme/other'] });
  const job = queue(world, OURS, { durationMs: 3 * MINUTE_MS });
  await world.until(() => world.github.runners().some(({ isOnline }) => isOnline), 5 * MINUTE_MS);
  world.github.cancelJob(job);
  queue(world, OURS, { durationMs: 3 * MINUTE_MS }, 'acme/other');
  await world.pass(8 * MINUTE_MS);
  expect(securityLines(world).length).toBeGreaterThan(0);
  expect(securityLines(world)[0]).toContain('acme/other');
  await endsEmpty(world, 5 * MINUTE_MS);
});

const job = build.job(1, { repository: 'acme/new', repositoryId: 5 });
test.each([
  ['the same job under another name', build.job(1, { repository: 'acme/old' }), {}, 'acme/old'],
  [
    'a job of that id in another repository',
    build.job(1, { repository: 'acme/old', repositoryId: 6 }),
    {},
    null,
  ],
  ['a job of the repository that the runner is for', null, { repositoryId: 5 }, 'acme/kernel'],
  ['a job of another repository', null, { repositoryId: 6 }, null],
  ['a job of which nothing is known', null, {}, null],
])('the former name: of %s', (_what, known, runner, expected) => {
  expect(formerName(job, known, build.runnerEntry('1-1', runner))).toBe(expected);
});

test('a runner of a job that the sweep found, given to one that was refused by its new name: told as that (seed 166)', async () => {
  let isLost = true;
  const world = await open({
    config: ONLY,
    github: { deliveryFaults: () => (isLost ? { kind: 'lose', isLogged: false } : null) },
  });
  const found = queue(world, OURS, { durationMs: 2 * MINUTE_MS });
  expect(await world.until(() => world.ecs.alive().length > 0, 15 * MINUTE_MS)).toBe(true);
  world.github.renameRepository('acme/app', 'acme/renamed');
  world.github.cancelJob(found);
  await world.pass(6_000);
  isLost = false;
  const given = queue(world, OURS, { durationMs: 2 * MINUTE_MS }, 'acme/renamed');
  await world.until(() => given.status === 'completed', 25 * MINUTE_MS);
  expect(given.runner?.name).toContain(String(found.id));
  expect(securityLines(world)).toEqual([]);
  world.fc.close();
});
