/** What is run again because of us: off spot where nothing is known of it, and never what failed by itself. */
import { describe, expect, test } from 'vitest';
import { noteInterrupted } from '../../../../functions/reaper/ending/interrupted.ts';
import { rerunInterrupted } from '../../../../functions/reaper/rounds/reruns.ts';
import type { JobRecord } from '../../../../shared/nouns.ts';
import { build } from '../../../shared/ledger/builders.ts';
import { openWorld, seedRunnerRelease, type WorldOptions } from '../../../world/in-process.ts';
import { completeList, openReaper, record } from '../fixture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const job = build.job(1);

/** A run that has ended, at GitHub; `crash` is met after the effect of asking for a re-run. */
function ended(jobs: readonly JobRecord[], crash: () => void = () => undefined, config = {}) {
  const run = { attempt: 1, status: 'completed' };
  const asked: string[] = [];
  const ask = async (what: string) => {
    asked.push(what);
    run.attempt++;
    run.status = 'queued';
    crash();
    return 'asked' as const;
  };
  const each = openReaper({
    config,
    github: {
      run: async () => ({
        ...run,
        ...{ id: job.runId, conclusion: 'failure', event: 'push', headSha: '', workflow: '' },
        ...{
          repositoryId: 5,
          headRepositoryId: null,
          createdAtMs: 0,
          workflowId: 1,
          branch: 'main',
          number: 1,
        },
      }),
      hasNewerRun: async () => false,
      jobsOfRun: async () => completeList(...jobs),
      rerunFailedJobs: () => ask('all failed'),
      rerunJob: (_target, _repository, id) => ask(`job ${id}`),
    },
  });
  const sweep = () => rerunInterrupted(each.clock.nowMs() + 1_000, each.world);
  return { ...each, run, asked, sweep };
}

const failed = (id: number) => record(id, { status: 'completed', conclusion: 'failure' });
const DEAD = () => {
  throw new Error('the process is gone');
};

test('a run that cannot be read is given up after a day of that, and a person is told', async () => {
  const each = ended([failed(1)]);
  const { github } = each.world as { github: { run: unknown } };
  github.run = () => Promise.reject(new Error('the App is not installed on acme/kernel'));
  await noteInterrupted(job, each.world);
  for (let hour = 0; hour <= 24; hour++) {
    await expect(each.sweep()).rejects.toThrow('not installed');
    await each.pass(HOUR_MS);
  }
  for (let hour = 0; hour < 3; hour++) {
    await each.sweep();
    await each.pass(HOUR_MS);
  }
  expect(each.asked).toEqual([]);
  expect(each.alerts).toEqual([
    expect.stringMatching(/because GitHub did not let us read the run for a day/),
  ]);
  expect((await each.world.ledger.reruns.list(10)).things).toEqual([]);
});

test('nor is one waited for whose jobs GitHub never lists in full', async () => {
  const each = ended([failed(1)]);
  const { github } = each.world as { github: { jobsOfRun: unknown } };
  github.jobsOfRun = async () => ({ things: [failed(1)], complete: false });
  await noteInterrupted(job, each.world);
  for (let hour = 0; hour <= 25; hour++) {
    await each.sweep();
    await each.pass(HOUR_MS);
  }
  expect(each.alerts).toHaveLength(1);
});

test('what could be read in between has a day again', async () => {
  const each = ended([failed(1)]);
  const { github } = each.world as { github: { run: unknown } };
  const { run } = github;
  await noteInterrupted(job, each.world);
  for (let hour = 0; hour < 60; hour++) {
    each.run.status = 'in_progress';
    github.run = hour % 20 > 0 ? () => Promise.reject(new Error('out')) : run;
    await each.sweep().catch(() => undefined);
    await each.pass(HOUR_MS);
  }
  each.run.status = 'completed';
  github.run = run;
  await each.sweep();
  expect(each.asked).toEqual(['all failed']);
});

describe('a run of which jobs were interrupted', () => {
  test.each([
    ['all that failed', [failed(1)], 'all failed'],
    ['one job, where another failed by itself', [failed(1), failed(2)], 'job 1'],
  ])('is asked for once, however often it is swept: %s', async (_, jobs, what) => {
    const each = ended(jobs);
    await noteInterrupted(job, each.world);
    for (let sweeps = 0; sweeps < 3; sweeps++) await each.sweep();
    expect(each.asked).toEqual([what]);
  });

  test('is asked for once, also when we die before that is written', async () => {
    const each = ended([failed(1)], DEAD);
    await noteInterrupted(job, each.world);
    await expect(each.sweep()).rejects.toThrow('the process is gone');
    // It may end a second time before anybody looks again.
    each.run.status = 'completed';
    await each.sweep();
    await noteInterrupted(job, each.world);
    await each.sweep();
    expect(each.asked).toEqual(['all failed']);
    // Nobody is told that it was not.
    expect((await each.world.ledger.reruns.read(job.runId))?.entry).not.toHaveProperty('because');
  });

  test('is left where the configuration says so', async () => {
    const each = ended([failed(1)], undefined, { spot: { rerun: false } });
    await noteInterrupted(job, each.world);
    expect(await each.sweep()).toBe(0);
    expect(each.asked).toEqual([]);
  });

  test('is left, and that is said, when it cannot be told apart', async () => {
    const each = ended([failed(1), failed(2), failed(3)]);
    await noteInterrupted(job, each.world);
    await noteInterrupted(build.job(2, { runId: job.runId }), each.world);
    await each.sweep();
    expect(each.asked).toEqual([]);
    expect(each.alerts).toEqual([
      expect.stringMatching(/run 10 of acme\/kernel.*failed by themselves.*Run it again/),
    ]);
    const row = await each.world.ledger.history.read(job.createdAtMs, job.id);
    expect(row?.trail?.map(({ text }) => text).join()).toContain(
      'not all run again because other jobs failed',
    );
    expect(each.lines.filter(({ event }) => event === 'rerun.decided')).toEqual([
      expect.objectContaining({
        decision: 'leave',
        because: expect.stringContaining('failed by themselves'),
      }),
    ]);
  });
});

/** One job, whose machine gets the market's notice a minute after it began. */
async function noticed(boots: WorldOptions['boots'] = {}, isNoticed = true) {
  const world = openWorld({ ecs: { interruptions: 0 }, boots });
  await seedRunnerRelease(world);
  const plan = { name: 'build', labels: ['self-hosted', 'aliyun', 'arm64'], durationMs: 10 * MINUTE_MS };
  const run = world.github.queueRun({ repository: 'acme/app', jobs: [plan] });
  const [first] = world.github.jobsOf(run);
  await world.until(() => first?.status === 'in_progress', 5 * MINUTE_MS);
  await world.pass(MINUTE_MS);
  const noticedAtMs = world.clock.nowMs();
  if (isNoticed) world.ecs.interrupt(world.ecs.alive()[0]?.id ?? '');
  await world.until(() => first?.status === 'completed', 30 * MINUTE_MS);
  const tookMs = world.clock.nowMs() - noticedAtMs;
  await world.pass(20 * MINUTE_MS);
  world.fc.close();
  const history = await world.adapters().ledger.history.read(first?.createdAtMs ?? 0, first?.id as never);
  return { attempt: run.attempt, history, tookMs, isSpot: world.ecs.paid().map((bill) => bill.isSpot) };
}

describe('over the whole system', () => {
  test('a job that our own script ended on the market’s notice, before any sweep saw it, is run again off spot', async () => {
    const { attempt, history, tookMs, isSpot } = await noticed();
    expect(tookMs).toBeLessThan(10_000);
    expect([attempt, isSpot]).toEqual([2, [true, false]]);
    expect(history).toMatchObject({ outcome: 'failure', because: 'its spot instance was taken back' });
    expect(history?.trail?.map(({ text }) => text).join()).toMatch(
      /the spot market takes the machine of \S+ back/,
    );
  });

  test('so is one whose machine went away without a word', async () => {
    const { attempt, tookMs, isSpot } = await noticed({ missesNotice: () => true });
    expect(tookMs).toBeGreaterThan(5 * MINUTE_MS);
    expect([attempt, isSpot]).toEqual([2, [true, false]]);
  });

  test('one that failed by itself is not', async () => {
    const { attempt, history } = await noticed({ failures: 1 }, false);
    expect(attempt).toBe(1);
    expect(history).toMatchObject({ outcome: 'failure', because: null });
  });
});
