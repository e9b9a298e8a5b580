/** Jobs that are refused and that GitHub gives to a runner of ours nevertheless: over the whole system. */
import { expect, test } from 'vitest';
import { isOver, MINUTE_MS, type Opened, open, PLAIN, type Queued, queue, securityOf } from './fixture.ts';

/** A refused job lies in wait at GitHub; then one of ours is launched for, and GitHub gives its runner to the oldest. */
async function steal(opened: Opened, refused: Queued, own: Queued) {
  const { world } = opened;
  const theirs = queue(world, refused);
  await world.pass(2 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  const [ours] = queue(world, own);
  expect(await world.until(() => isOver(ours, ...theirs), 40 * MINUTE_MS)).toBe(true);
  expect(ours.conclusion).toBe('success');
  await world.pass(5 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  world.fc.close();
  // That it was refused at all was told before, by the launcher.
  const told = opened.alerts.filter((text) => text.includes('was given the job'));
  return { theirs, ours, told, events: securityOf(world) };
}

const FORKED =
  /refused because its code comes from a fork, and forks are refused\. Its machine ended it, and its run is cancelled\. Restrict the runner group ci-runners/;
const GPU = { big: { cpu: 16, repositories: ['acme/other'] } };

// biome-ignore format: a table reads best as a table.
const stolen: [what: string, refused: Queued, own: Queued, told: RegExp, config?: object][] = [
  ['of a private repository’s fork', { fork: 'intern/app', jobs: 3 }, {}, FORKED],
  ['of a fork that is gone', { fork: null, jobs: 2 }, {}, FORKED],
  ['of an internal fork that another job’s runner serves', { repository: 'acme/other', fork: 'intern/other', jobs: 2 }, {}, FORKED],
  ['of a repository that is not allowed', { repository: 'acme/other', jobs: 2 }, {}, /acme\/other, which is refused because the repository is not under repositories\.allow\. Its machine ended it/, { repositories: { allow: ['acme/app'] } }],
  ['that names a profile kept for others', { labels: [...PLAIN, 'big'], jobs: 2 }, { repository: 'acme/other', labels: [...PLAIN, 'big'] }, /profiles\.big\.repositories keeps it for others\. Its machine ended it/, { profiles: GPU }],
];

test.each(stolen)(
  'a refused job %s, given to our runner, ends before it begins, is told, and its run is cancelled',
  async (_what, refused, own, told, config = {}) => {
    const opened = await open({ config });
    const { theirs, told: alerts, events } = await steal(opened, refused, own);
    // The one that got the runner was ended by its machine; what lay in wait behind it, by us.
    expect(theirs.map(({ conclusion }) => conclusion)).toEqual([
      'failure',
      ...theirs.slice(1).map(() => 'cancelled'),
    ]);
    expect(alerts).toEqual([expect.stringMatching(told)]);
    expect(events[0]).toMatchObject({ repository: theirs[0].run.repository.fullName, cancelled: 'asked' });
    const lastedMs = (theirs[0].completedAtMs ?? 0) - (theirs[0].startedAtMs ?? 0);
    expect(lastedMs).toBeLessThan(10_000);
  },
);

test('a public repository’s job, refused, on a runner whose group serves it', async () => {
  const opened = await open({ repositories: ['acme/app'] });
  const { github } = opened.world;
  github.addRepository('acme/pub', { isPublic: true });
  opened.world.regroup({ repositories: 'all', allowsPublic: true });
  const { theirs, told: alerts } = await steal(opened, { repository: 'acme/pub' }, {});
  expect(theirs[0].conclusion).toBe('failure');
  expect(alerts).toEqual([
    expect.stringMatching(/acme\/pub, which is refused because the repository is public/),
  ]);
});

test('a cancel that the App may not ask for is told, and stops nothing', async () => {
  const permissions = {
    actions: 'read',
    metadata: 'read',
    organization_self_hosted_runners: 'write',
  } as const;
  const opened = await open({ github: { permissions } });
  const { theirs, told: alerts } = await steal(opened, { fork: 'intern/app' }, {});
  expect(theirs[0].conclusion).toBe('failure');
  expect(alerts).toEqual([
    expect.stringMatching(/its run could not be cancelled: cancel it, or give the App `actions: write`/),
  ]);
});

/** GitHub's record of a run lags behind its deliveries, or fails; a fork's job gets the runner of an honest one. */
test.each([
  ['is not known yet', 404],
  ['cannot be read', 500],
])('a fork’s job on another’s runner, whose run %s: told and cancelled once it is', async (_what, status) => {
  let isOut = false;
  const opened = await open({
    github: {
      faults: (method, path) =>
        isOut && method === 'GET' && /\/actions\/runs\/\d+$/.test(path) ? { kind: 'status', status } : null,
    },
  });
  const { world } = opened;
  const [honest] = queue(world, {});
  await world.until(() => world.github.runners().length > 0, 2 * MINUTE_MS);
  isOut = true;
  world.github.cancelJob(honest);
  const forks = queue(world, { fork: 'intern/app', jobs: 2 });
  expect(await world.until(() => isOver(forks[0]), 10 * MINUTE_MS)).toBe(true);
  await world.pass(MINUTE_MS);
  expect(securityOf(world)).toEqual([]);
  isOut = false;
  await world.pass(3 * MINUTE_MS);
  expect(forks.map(({ conclusion }) => conclusion)).toEqual(['failure', 'cancelled']);
  expect(securityOf(world)).toEqual([expect.objectContaining({ job: forks[0].id, cancelled: 'asked' })]);
  expect(opened.alerts.filter((text) => text.includes('was given the job'))).toHaveLength(1);
  await world.pass(5 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  world.fc.close();
});

test('a job refused for its labels runs on our runner as GitHub allows, and that is told', async () => {
  const opened = await open();
  const { theirs, told: alerts } = await steal(opened, { labels: ['self-hosted', 'aliyun'] }, {});
  expect(theirs[0].conclusion).toBe('success');
  expect(alerts).toEqual([
    expect.stringMatching(/names? no architecture.*give this deployment a base label of its own/),
  ]);
});

test('a welcome job that GitHub gives to a machine kept for others ends there, and is run again', async () => {
  const { world, alerts } = await open({ config: { profiles: GPU } });
  const [kept] = queue(world, { repository: 'acme/other', labels: [...PLAIN, 'big'] });
  await world.until(() => world.ecs.alive().length > 0, 2 * MINUTE_MS);
  const [plain] = queue(world, {});
  const { run } = plain;
  const isDone = () =>
    isOver(kept) && world.github.jobsOf(run).every(({ conclusion }) => conclusion === 'success');
  expect(await world.until(isDone, 40 * MINUTE_MS)).toBe(true);
  await world.pass(5 * MINUTE_MS);
  expect(world.ecs.alive()).toEqual([]);
  world.fc.close();
  expect(kept.conclusion).toBe('success');
  expect(alerts).toEqual([]);
  expect(securityOf(world)).toEqual([]);
});
