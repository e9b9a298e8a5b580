/** Deliveries that lie, or that are about runners which only bear names like ours. */
import { describe, expect, test } from 'vitest';
import { findOwnRunner } from '../../../../functions/reaper/events/own-runner.ts';
import type { SimJob } from '../../../../simulator/github/index.ts';
import { MINUTE_MS, OURS, open, queue } from '../../../cli/explain/fixture.ts';
import { build, held } from '../../../shared/ledger/builders.ts';
import type { World } from '../../../world/in-process.ts';
import { queued } from '../../webhook/deliveries.ts';
import { openReaper } from '../fixture.ts';
import { endsEmpty } from './ends-empty.ts';

const ONLY = { config: { repositories: { allow: ['acme/app'] } }, repositories: ['acme/app', 'acme/other'] };

interface Told {
  readonly id: number;
  readonly repository: string;
  readonly runner: { readonly id: number; readonly name: string };
}

/** Signed as GitHub signs. */
function send(world: World, action: 'in_progress' | 'completed', { id, repository, runner }: Told): void {
  const at = new Date(world.clock.nowMs()).toISOString();
  const end = action === 'completed' ? { conclusion: 'success', completed_at: at } : {};
  const names = { runner_id: runner.id, runner_name: runner.name };
  const job = { id, created_at: at, started_at: at, ...names, ...end };
  const payload = queued({ job, repository: { id: 99, full_name: repository } });
  world.github.send('workflow_job', { ...payload, action, installation: { id: world.installation.id } });
}

async function running(world: World): Promise<{ job: SimJob; runner: Told['runner'] }> {
  const job = queue(world, OURS, { durationMs: 20 * MINUTE_MS });
  await world.until(() => job.status === 'in_progress', 5 * MINUTE_MS);
  await world.pass(MINUTE_MS);
  if (job.runner === null) throw new Error('it has no runner');
  return { job, runner: job.runner };
}

describe('the end of another job on a busy runner', () => {
  test.each([
    ['of a repository that is not allowed', 'acme/other'],
    ['of one where the App is not', 'else/where'],
    ['of an allowed one', 'acme/app'],
  ])('%s, which GitHub’s record does not have, ends nothing', async (_what, repository) => {
    const world = await open(ONLY);
    const { job, runner } = await running(world);
    send(world, 'completed', { id: 7, repository, runner });
    expect(await world.until(() => job.status === 'completed', 40 * MINUTE_MS)).toBe(true);
    expect(job.conclusion).toBe('success');
    await endsEmpty(world, 6 * MINUTE_MS);
  });

  test('after a start that GitHub’s record does not have either ends nothing', async () => {
    const world = await open(ONLY);
    const { job, runner } = await running(world);
    const forged = { id: 7, repository: 'acme/app', runner };
    send(world, 'in_progress', forged);
    await world.pass(5_000);
    send(world, 'completed', forged);
    await world.pass(3 * MINUTE_MS);
    send(world, 'in_progress', forged);
    expect(await world.until(() => job.status === 'completed', 40 * MINUTE_MS)).toBe(true);
    expect(job.conclusion).toBe('success');
    await endsEmpty(world, 6 * MINUTE_MS);
  });

  test('that GitHub’s record has on another runner ends nothing', async () => {
    const world = await open(ONLY);
    const { job, runner } = await running(world);
    const other = queue(world, OURS, { durationMs: 1_000 });
    await world.until(() => other.status === 'completed', 10 * MINUTE_MS);
    send(world, 'completed', { id: other.id, repository: 'acme/app', runner });
    expect(await world.until(() => job.status === 'completed', 40 * MINUTE_MS)).toBe(true);
    expect(job.conclusion).toBe('success');
    await endsEmpty(world, 6 * MINUTE_MS);
  });

  test('ends nothing while nobody has told yet which job the runner has', async () => {
    const world = await open({
      ...ONLY,
      github: {
        deliveryFaults: (_, action) =>
          action === 'in_progress' ? { kind: 'delay', ms: 10 * MINUTE_MS } : null,
      },
    });
    const job = queue(world, OURS, { durationMs: 20 * MINUTE_MS });
    await world.until(() => job.runner !== null, 5 * MINUTE_MS);
    if (job.runner === null) throw new Error('it has no runner');
    send(world, 'completed', { id: 7, repository: 'acme/app', runner: job.runner });
    expect(await world.until(() => job.status === 'completed', 40 * MINUTE_MS)).toBe(true);
    expect(job.conclusion).toBe('success');
    await endsEmpty(world, 12 * MINUTE_MS);
  });

  test('while GitHub gives no record ends nothing either', async () => {
    let isOut = false;
    const world = await open({
      ...ONLY,
      github: {
        faults: (_, path) => (isOut && path.includes('/jobs/') ? { kind: 'status', status: 500 } : null),
      },
    });
    const { job, runner } = await running(world);
    isOut = true;
    send(world, 'completed', { id: 7, repository: 'acme/other', runner });
    await world.pass(3 * MINUTE_MS);
    isOut = false;
    expect(await world.until(() => job.status === 'completed', 40 * MINUTE_MS)).toBe(true);
    expect(job.conclusion).toBe('success');
    await endsEmpty(world, 6 * MINUTE_MS);
  });
});

test('a job from outside the allow-list that really ended on a runner of ours takes it with it, soon', async () => {
  const world = await open(ONLY);
  const waits = queue(world, OURS, { durationMs: MINUTE_MS });
  await world.until(() => world.github.runners().some(({ isOnline }) => isOnline), 5 * MINUTE_MS);
  world.github.cancelJob(waits);
  const foreign = queue(world, OURS, { durationMs: 4 * MINUTE_MS }, 'acme/other');
  expect(await world.until(() => foreign.status === 'completed', 10 * MINUTE_MS)).toBe(true);
  await world.pass(10_000);
  const { things } = await world.adapters().ledger.runners.list(10);
  expect(things.map(({ entry }) => [entry.state, entry.ran?.id])).toEqual([['retiring', foreign.id]]);
  await endsEmpty(world, 6 * MINUTE_MS);
});

test('five hundred deliveries of strangers with names like ours leave no row, and no false alarm', async () => {
  const alerts: string[] = [];
  const world = await open({ ...ONLY, post: async (text) => void alerts.push(text) });
  const { ledger } = world.adapters();
  for (let n = 1; n <= 500; n++) {
    const runner = { id: n, name: `ci-runner-arm64-spot-${n}-1` };
    send(world, n % 2 === 0 ? 'in_progress' : 'completed', {
      id: 1_000 + n,
      repository: 'acme/other',
      runner,
    });
  }
  await world.pass(2 * MINUTE_MS);
  expect((await ledger.jobs.list(1_000)).things).toEqual([]);
  expect((await ledger.runners.list(1_000)).things).toEqual([]);
  for (const n of [1, 2, 499, 500])
    expect(await ledger.history.read(world.clock.nowMs(), (1_000 + n) as never)).toBeNull();
  expect(alerts).toEqual([]);
  world.fc.close();
});

test('a stranger with the name of a runner that is just being launched neither takes its launch nor raises an alarm', async () => {
  const alerts: string[] = [];
  const world = await open({
    ...ONLY,
    github: { behaviour: { answerMs: [5_000, 5_000] } },
    post: async (text) => void alerts.push(text),
  });
  const job = queue(world, OURS, { durationMs: MINUTE_MS });
  const name = `ci-runner-arm64-spot-${job.id}-1`;
  const { ledger } = world.adapters();
  const entryIsThere = () => world.lines.some((line) => line.includes('launch.ranked'));
  await world.until(entryIsThere, MINUTE_MS);
  await world.pass(1_000);
  expect(held(await ledger.runners.read(name as never)).entry.runnerId).toBeNull();
  send(world, 'in_progress', { id: 7, repository: 'acme/other', runner: { id: 3, name } });
  send(world, 'completed', { id: 7, repository: 'acme/other', runner: { id: 3, name } });
  expect(await world.until(() => job.status === 'completed', 15 * MINUTE_MS)).toBe(true);
  expect(job.runner?.name).toBe(name);
  expect(alerts).toEqual([]);
  await endsEmpty(world, 6 * MINUTE_MS);
});

test.each([
  ['the id that GitHub gave', 9, 9, true],
  ['another id', 9, 8, false],
  ['any id while ours is not known', null, 9, false],
])('a runner with our name and %s', async (_what, ours, theirs, isOurs) => {
  const { world } = openReaper();
  const entry = build.runnerEntry('1-1', { runnerId: ours });
  await world.ledger.runners.add(entry.name, entry);
  const found = await findOwnRunner({ id: theirs, name: entry.name }, world.ledger);
  expect(found !== null).toBe(isOurs);
});

test('a runner that was adopted without an id gets it from the next list, and its job’s end is heard', async () => {
  const world = await open();
  const { job, runner } = await running(world);
  const { ledger } = world.adapters();
  const { entry, rev } = held(await ledger.runners.read(runner.name as never));
  await ledger.runners.replace(entry.name, { entry, rev }, { ...entry, runnerId: null });
  await world.pass(2 * MINUTE_MS);
  expect(held(await ledger.runners.read(entry.name)).entry.runnerId).toBe(runner.id);
  expect(await world.until(() => job.status === 'completed', 40 * MINUTE_MS)).toBe(true);
  await endsEmpty(world, 6 * MINUTE_MS);
});
