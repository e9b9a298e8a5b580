/** What outsiders, and mistakes, may try; and what it must not do to others. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { userDataMistakes } from '../cli/shared/user-data-size.ts';
import { parseConfig } from '../shared/config/parse.ts';
import { isRunnerName } from '../shared/names.ts';
import type { JobId } from '../shared/nouns.ts';
import { configOf, openWorld, seedRunnerRelease } from './world/in-process.ts';

const MINUTE_MS = 60_000;
const LABELS = ['self-hosted', 'aliyun', 'arm64'];

// biome-ignore format: a table reads best as a table.
const names: [name: string, deployment: string, isOurs: boolean][] = [
  ['ci-runner-arm64-spot-40000000001-1',        'ci',        true],
  ['ci-runner-amd64-spot-40000000001-12',       'ci',        true],
  ['ci-runner-mac',                             'ci',        false],
  ['ci-runner-arm64-spot-40000000001',          'ci',        false],
  ['ci-runner-runner-arm64-spot-40000000001-1', 'ci',        false],
  ['ci-runner-runner-arm64-spot-40000000001-1', 'ci-runner', true],
  ['xci-runner-arm64-spot-40000000001-1',       'ci',        false],
];

test.each(names)('%s is a runner of %s: %s', (name, deployment, isOurs) => {
  expect(isRunnerName(deployment, name)).toBe(isOurs);
});

test('a registration that only begins like ours is left alone', async () => {
  const world = openWorld();
  await seedRunnerRelease(world);
  const target = { owner: 'acme', repository: null, installationId: null };
  const minted = world.adapters().github.mint(target, { name: 'ci-runner-mac' as never, labels: ['macos'] });
  await world.pass(5 * MINUTE_MS);
  expect(await minted).toMatchObject({ kind: 'minted' });
  expect(world.github.runners().map(({ name }) => name)).toEqual(['ci-runner-mac']);
});

test('a job that ended on another runner of the same name does not take ours away', async () => {
  const world = openWorld({ repositories: ['acme/app', 'acme/evil'] });
  await seedRunnerRelease(world);
  const run = world.github.queueRun({
    repository: 'acme/app',
    jobs: [{ name: 'build', labels: LABELS, durationMs: 30 * MINUTE_MS }],
  });
  const [job] = world.github.jobsOf(run);
  expect(await world.until(() => job?.status === 'in_progress', 5 * MINUTE_MS)).toBe(true);
  const name = job?.runner?.name ?? '';
  const at = new Date(world.clock.nowMs()).toISOString();
  world.github.send('workflow_job', {
    action: 'completed',
    workflow_job: {
      id: 7,
      run_id: 8,
      run_attempt: 1,
      name: 'evil',
      labels: LABELS,
      status: 'completed',
      conclusion: 'success',
      runner_id: 424_242,
      runner_name: name,
      created_at: at,
      started_at: at,
      completed_at: at,
    },
    repository: { full_name: 'acme/evil', private: true },
    installation: { id: 1 },
  });
  await world.pass(10 * MINUTE_MS);
  expect(job?.status).toBe('in_progress');
  expect(world.ecs.alive()).toHaveLength(1);
});

test('jobs that cannot be handed on are refused once, and hold nobody up', async () => {
  const world = openWorld({ config: { limits: { runners: 1 } } });
  await seedRunnerRelease(world);
  const many = Array.from({ length: 101 }, (_, at) => `label-${at}`);
  const wild = world.github.queueRun({
    repository: 'acme/app',
    jobs: [1, 2, 3].map((at) => ({ name: `wild-${at}`, labels: [...LABELS, ...many] })),
  });
  await world.pass(10_000);
  const good = world.github.queueRun({
    repository: 'acme/app',
    jobs: [{ name: 'good', labels: LABELS, durationMs: MINUTE_MS }],
  });
  const [job] = world.github.jobsOf(good);
  expect(await world.until(() => job?.conclusion === 'success', 15 * MINUTE_MS)).toBe(true);
  // What no delivery told is found by the look, which comes round in minutes.
  await world.pass(5 * MINUTE_MS);
  const { ledger } = world.adapters();
  const [first] = world.github.jobsOf(wild);
  expect(await ledger.history.read(first?.createdAtMs ?? 0, first?.id as JobId)).toMatchObject({
    outcome: 'refused',
    because: 'the job has more than 100 labels',
  });
});

test('a repository that was taken off the list gets no launch for its waiting jobs', async () => {
  const world = openWorld();
  const run = world.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'build', labels: LABELS }] });
  const [job] = world.github.jobsOf(run);
  await world.pass(30_000); // waits: the mirror has not run yet
  world.state.config = configOf({ repositories: { allow: ['acme/other'] } });
  await seedRunnerRelease(world);
  await world.pass(10 * MINUTE_MS);
  expect(world.ecs.paid()).toEqual([]);
  const row = await world.adapters().ledger.history.read(job?.createdAtMs ?? 0, job?.id as JobId);
  expect(row).toMatchObject({
    outcome: 'refused',
    because: 'the repository is not under repositories.allow',
  });
});

test.each(['keep', 'ci-runner-name', 'GITHUB_RUNNER_TYPE'])('the tag %s is ours, and refused', (tag) => {
  const { placements } = configOf();
  const parsed = parseConfig({
    repositories: { allow: ['acme/*'] },
    placements: JSON.parse(JSON.stringify(placements)),
    tags: { [tag]: 'x' },
  });
  expect(parsed.kind === 'wrong' && parsed.mistakes.join()).toMatch(/tag of ours/);
});

test('user data that would not fit is told before anything is built', () => {
  expect(userDataMistakes(configOf())).toEqual([]);
  // What repeats itself is compressed, so it is random.
  const long = {
    extraUserData: randomBytes(3_000).toString('base64'),
    hooks: {
      started: randomBytes(4_500).toString('base64'),
      completed: randomBytes(4_500).toString('base64'),
    },
  };
  expect(userDataMistakes(configOf({ defaults: long })).join()).toMatch(/placements\[0\]: .* 24576 at most/);
});

test('a list of repositories that does not fit into user data is told, also that of one profile', () => {
  const many = Array.from({ length: 1_000 }, () => `acme/${randomBytes(12).toString('hex')}`);
  const mistakes = (more: object) => userDataMistakes(configOf(more)).join();
  expect(mistakes({ repositories: { allow: many } })).toMatch(/lists of repositories/);
  expect(mistakes({ profiles: { big: { cpu: 16, repositories: many } } })).toMatch(/lists of repositories/);
  expect(mistakes({ repositories: { allow: many.slice(0, 100) } })).toBe('');
});
