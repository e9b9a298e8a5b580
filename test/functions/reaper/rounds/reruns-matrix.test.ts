/** What comes back of a matrix after an interruption, and what is left as a person, or a newer run, left it. */
import { describe, expect, test } from 'vitest';
import type { SimRun } from '../../../../simulator/github/index.ts';
import { openWorld, seedRunnerRelease, type World } from '../../../world/in-process.ts';

const MINUTE_MS = 60_000;

/** A matrix of four, one of which is interrupted two minutes after it began; `then` is what happens at that moment. */
async function interruptedMatrix(then: (world: World, run: SimRun) => void) {
  const world = openWorld({ ecs: { interruptions: 0 } });
  await seedRunnerRelease(world);
  const jobs = [1, 2, 3, 4].map((n) => ({
    name: `test (${n})`,
    labels: ['self-hosted', 'aliyun', 'arm64'],
    durationMs: 5 * MINUTE_MS,
    strategy: { matrix: 'test' },
  }));
  const last = {
    name: 'publish',
    labels: ['self-hosted', 'aliyun', 'arm64'],
    needs: jobs.map(({ name }) => name),
  };
  const run = world.github.queueRun({ repository: 'acme/app', jobs: [...jobs, last] });
  const first = () => world.github.jobsOf(run);
  await world.until(() => first().every(({ status }) => status === 'in_progress'), 10 * MINUTE_MS);
  await world.pass(2 * MINUTE_MS);
  world.ecs.interrupt(
    world.ecs.alive().find(({ tags }) => tags.get('ci-runner-name') === first()[0]?.runner?.name)?.id ?? '',
  );
  then(world, run);
  await world.pass(25 * MINUTE_MS);
  world.fc.close();
  const story = await world
    .adapters()
    .ledger.history.read(first()[0]?.createdAtMs ?? 0, run.attempts.get(1)?.[0]?.id as never);
  const conclusions = first().map(({ conclusion }) => conclusion);
  return {
    attempt: run.attempt,
    conclusions,
    story: story?.trail?.map(({ text }) => text).join('\n') ?? '',
  };
}

describe('an interrupted matrix, over the whole system', () => {
  test('comes back whole: with those that fail-fast cancelled, and what needs them', async () => {
    const { attempt, conclusions } = await interruptedMatrix(() => undefined);
    expect([attempt, new Set(conclusions)]).toEqual([2, new Set(['success'])]);
  });

  test('that a person cancelled two minutes later stays so, and its story says why', async () => {
    const { attempt, story } = await interruptedMatrix((world, run) => world.github.cancelRun(run));
    expect(attempt).toBe(1);
    expect(story).toContain('not all run again because the run was cancelled');
  });

  test('whose branch has a newer run stays so: in its concurrency group it would cancel that one', async () => {
    const labels = ['self-hosted', 'aliyun', 'arm64'];
    const newer = { repository: 'acme/app', jobs: [{ name: 'test (1)', labels }] };
    const { attempt, story } = await interruptedMatrix((world) => void world.github.queueRun(newer));
    expect(attempt).toBe(1);
    expect(story).toContain('a newer run of its workflow and branch has taken its place');
  });

  test('is not held to be replaced by a run of another branch, event, fork or workflow', async () => {
    const jobs = [{ name: 'other', labels: ['self-hosted', 'aliyun', 'arm64'] }];
    const others = [
      { branch: 'b' },
      { event: 'schedule' },
      { event: 'push', fork: 'eve/app' },
      { workflow: 'w' },
    ];
    const { attempt } = await interruptedMatrix(({ github }) => {
      for (const other of others) github.queueRun({ repository: 'acme/app', jobs, ...other });
    });
    expect(attempt).toBe(2);
  });
});
