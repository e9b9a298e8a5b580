/** What we had is not ours to ask any more: a repository goes where the App is not, or the App is taken away, while its jobs wait, boot and run. */
import { expect, test } from 'vitest';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';
import type { World, WorldOptions } from '../../../world/in-process.ts';

const NO_STOCK = { code: 'OperationDenied.NoStock' };
const BOUND_MIN = 100;
const ALERTS_MAX = 5;

/** One that was deleted answers as one that went where the App is not. */
const LOSSES: Readonly<Record<string, (world: World) => void>> = {
  'its repository goes where the App is not': ({ github }) => {
    github.addOrganization('beta');
    github.renameRepository('acme/app', 'beta/app');
  },
  'its repository is taken out of the installation': ({ installation }) =>
    void Object.assign(installation, { repositories: ['acme/lib'] }),
  'the App is uninstalled': ({ github, installation }) => github.uninstall(installation.id),
  'the App is suspended': ({ github, installation }) => void github.suspend(installation.id),
};

const CASES = Object.keys(LOSSES).flatMap((loss) => [
  ...['waits', 'boots', 'runs'].map((state) => [loss, state, 'organization'] as const),
  ...['waits', 'runs'].map((state) => [loss, state, 'repository'] as const),
]);

async function lost(loss: string, state: string, scope: string, more: Partial<WorldOptions> = {}) {
  const alerts: string[] = [];
  let isSoldOut = state === 'waits';
  const world = await open({
    config: { github: { scope } },
    repositories: ['acme/app', 'acme/lib'],
    post: async (text) => void alerts.push(text),
    ecs: { faults: (action) => (action === 'RunInstances' && isSoldOut ? NO_STOCK : null) },
    ...more,
  });
  const job = queue(world, OURS, { durationMs: 10 * MINUTE_MS });
  const isThere = () =>
    state === 'waits' || (state === 'runs' ? job.status === 'in_progress' : world.ecs.alive().length > 0);
  expect(await world.until(isThere, 5 * MINUTE_MS)).toBe(true);
  await world.pass(state === 'boots' ? 1_000 : MINUTE_MS);
  LOSSES[loss]?.(world);
  const restock = () => {
    isSoldOut = false;
  };
  return { restock, world, job, alerts, ledger: world.adapters().ledger };
}

const rowOf = (world: World, job: SimJob) =>
  world.adapters().ledger.history.read(job.createdAtMs, job.id as never);

test.each(CASES)(
  '%s while its job %s (%s): all ends within a bound, and is told',
  async (loss, state, scope) => {
    const { world, job, alerts, ledger, restock } = await lost(loss, state, scope);
    restock();
    const [jobs, runners] = [() => ledger.jobs.list(10), () => ledger.runners.list(10)];
    const left = async () => [...(await jobs()).things, ...(await runners()).things].length;
    // Nobody else waits for what cannot be launched.
    await world.pass(30 * MINUTE_MS);
    expect(world.ecs.alive()).toEqual([]);
    // Of a launch that was under way: its registration cannot be taken back (docs/decisions/absence.md).
    expect((await ledger.capacity.view()).total).toBeLessThanOrEqual(1);
    for (let min = 30; min < BOUND_MIN && (await left()) > 0; min += 5) await world.pass(5 * MINUTE_MS);
    expect((await jobs()).things).toEqual([]);
    expect((await runners()).things).toEqual([]);
    expect((await ledger.capacity.view()).total).toBe(0);
    // A launch may be under way while that is noticed.
    expect(world.ecs.paid().length).toBeLessThanOrEqual(1);
    expect(await rowOf(world, job)).toMatchObject({ outcome: 'expired', because: expect.any(String) });
    if (state === 'runs') expect(job.conclusion).toBe('success');
    expect(alerts.length, alerts.join('\n')).toBeLessThanOrEqual(ALERTS_MAX);
    expect(world.lines.filter((line) => line.includes('security.'))).toEqual([]);
    world.fc.close();
  },
);

const BACK: Readonly<Record<string, (world: World) => void>> = {
  'its repository goes where the App is not': ({ github, regroup, installation }) => {
    github.renameRepository('beta/app', 'acme/app');
    regroup({ repositories: 'all', allowsPublic: false });
    Object.assign(installation, { repositories: 'all' });
  },
  'its repository is taken out of the installation': ({ installation }) =>
    void Object.assign(installation, { repositories: 'all' }),
  'the App is uninstalled': ({ github }) => void github.install('acme'),
  'the App is suspended': ({ github, installation }) => void github.suspend(installation.id, false),
};

test.each(Object.keys(BACK))(
  '%s, and comes back after hours: what waited there runs, and is kept as that',
  async (loss) => {
    const { world, job, ledger, restock } = await lost(loss, 'waits', 'organization');
    await world.pass(2 * 60 * MINUTE_MS);
    expect((await ledger.jobs.list(10)).things).toEqual([]);
    restock();
    BACK[loss]?.(world);
    expect(await world.until(() => job.status === 'completed', 40 * MINUTE_MS)).toBe(true);
    await world.pass(5 * MINUTE_MS);
    expect(job.conclusion).toBe('success');
    expect(await rowOf(world, job)).toMatchObject({ outcome: 'success', because: null });
    expect((await ledger.jobs.list(10)).things).toEqual([]);
    world.fc.close();
  },
);

test('for an hour of silence nothing is given up: a suspension that is taken back soon costs no job its place', async () => {
  const { world, job, ledger, restock } = await lost('the App is suspended', 'waits', 'organization');
  await world.pass(50 * MINUTE_MS);
  expect((await ledger.jobs.list(10)).things.map(({ entry }) => Number(entry.job.id))).toEqual([job.id]);
  restock();
  BACK['the App is suspended']?.(world);
  expect(await world.until(() => job.status === 'in_progress', 6 * MINUTE_MS)).toBe(true);
  world.fc.close();
});

test('a job that is due again in each sweep ends all the same, and is said to have ended when it has', async () => {
  // The launcher's clock is behind, so that its next try comes before the next sweep.
  let calls = 0;
  const skewMs = () => (calls++ % 2 === 0 ? 0 : -5_000);
  const loss = 'its repository goes where the App is not';
  const { world, ledger } = await lost(loss, 'waits', 'repository', { skewMs });
  await world.pass(75 * MINUTE_MS);
  expect((await ledger.jobs.list(10)).things).toEqual([]);
  expect(world.lines.filter((line) => line.includes('job.expired'))).toHaveLength(1);
  world.fc.close();
});
