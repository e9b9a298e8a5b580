import { expect, test } from 'vitest';
import type { Listing, RunRecord } from '../../../../shared/nouns.ts';
import { onBothTransports } from './transports.ts';
import { connected, jobId, LABELS, runId, START_MS, type TestWorld } from './world.ts';

const NONE: Listing<RunRecord> = { things: [], complete: false };

onBothTransports('jobs and runs', (world) => {
  /** As the look goes through them: each status, and the jobs of each run. */
  const activeJobs = async ({ hub, org }: TestWorld) => {
    const lists = [];
    for (const status of ['queued', 'in_progress', 'waiting', 'pending'] as const)
      lists.push((await hub.liveRuns(org, 'acme/app', status)) ?? NONE);
    const ids = new Set(lists.flatMap(({ things }) => things.map(({ id }) => id)));
    const jobs = await Promise.all([...ids].map((id) => hub.jobsOfRun(org, 'acme/app', id)));
    return {
      things: jobs.flatMap(({ things }) => things),
      complete: [...lists, ...jobs].every((each) => each.complete),
    };
  };

  test('absent is not said of a repository that the App cannot see', async () => {
    const w = await world();
    w.github.addRepository('acme/other');
    w.github.uninstall(w.installationId);
    const { id } = w.github.install('acme', ['acme/app']);
    const target = { owner: 'acme', repository: 'acme/other', installationId: id };
    await expect(w.hub.removeRunner(target, 5)).rejects.toThrow(/404/);
    await expect(w.hub.job(target, 'acme/other', jobId(5))).rejects.toThrow(/404/);
  });

  test('a job is read back with its runner, and null is said of one that never was', async () => {
    const w = await world();
    const run = w.github.queueRun({
      repository: 'acme/app',
      jobs: [{ name: 'build', labels: ['self-hosted', 'ARM64', 'aliyun'] }],
    });
    const [job] = w.github.jobsOf(run);
    const id = jobId(job?.id ?? 0);
    expect(await w.hub.job(w.org, 'acme/app', id)).toEqual({
      job: {
        id,
        runId: run.id,
        runAttempt: 1,
        name: 'build',
        repository: 'acme/app',
        isPublic: false,
        installationId: w.installationId,
        labels: ['self-hosted', 'ARM64', 'aliyun'],
        createdAtMs: START_MS,
      },
      status: 'queued',
      conclusion: null,
      runner: null,
      startedAtMs: null,
      completedAtMs: null,
    });
    const { runnerId, session } = await connected(w, 'r-1');
    await w.pass(10_000);
    session.finishJob('success');
    const ended = await w.hub.job(w.org, 'acme/app', id);
    expect(ended).toMatchObject({
      status: 'completed',
      conclusion: 'success',
      runner: { id: runnerId, name: 'r-1' },
      startedAtMs: expect.any(Number),
      completedAtMs: expect.any(Number),
    });
    expect(await w.hub.job(w.org, 'acme/app', jobId(1))).toBeNull();
  });

  test('active jobs are those of runs queued or in progress, once each', async () => {
    const w = await world();
    const jobs = ['a', 'b', 'c'].map((text) => ({ name: text, labels: LABELS }));
    w.github.queueRun({ repository: 'acme/app', jobs });
    const { session } = await connected(w, 'r-1');
    w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'd', labels: ['nobody-has-this'] }] });
    await w.pass(10_000);
    const { things, complete } = await activeJobs(w);
    expect(complete).toBe(true);
    expect(things.map(({ job }) => job.name).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(things.filter(({ status }) => status === 'in_progress')).toHaveLength(1);
    session.finishJob('success');
    expect((await activeJobs(w)).things).toHaveLength(4);
  });

  test('a job that is queued, or runs, beside one behind an environment gate is found too', async () => {
    const w = await world();
    const jobs = [
      { name: 'runs', labels: LABELS },
      { name: 'waits', labels: ['x'], environmentGate: true },
      { name: 'queued', labels: ['x'] },
    ];
    const run = w.github.queueRun({ repository: 'acme/app', jobs });
    await connected(w, 'r-1');
    await w.pass(10_000);
    expect((await w.hub.run(w.org, 'acme/app', runId(run.id)))?.status).toBe('waiting');
    const { things, complete } = await activeJobs(w);
    expect(complete).toBe(true);
    expect(things.map(({ job, status }) => [job.name, status])).toEqual([
      ['runs', 'in_progress'],
      ['waits', 'waiting'],
      ['queued', 'queued'],
    ]);
  });

  test('a repository that is gone is said to be, by an App that is installed, and not on one 404', async () => {
    const w = await world();
    expect(await w.hub.liveRuns(w.org, 'acme/never', 'queued')).toBeNull();
    w.fail('GET', '/repos/acme/app/actions/runs', { kind: 'status', status: 404 });
    await expect(w.hub.liveRuns(w.org, 'acme/app', 'queued')).rejects.toThrow(/404/);
    w.github.uninstall(w.installationId);
    await expect(w.hub.liveRuns(w.org, 'acme/never', 'queued')).rejects.toThrow(/40/);
  });

  test('a run is read with its attempt, its event and the fork of its head', async () => {
    const w = await world();
    const run = w.github.queueRun({
      repository: 'acme/app',
      fork: 'eve/app',
      jobs: [{ name: 'a', labels: ['x'] }],
    });
    expect(await w.hub.run(w.org, 'acme/app', runId(run.id))).toEqual({
      id: run.id,
      attempt: 1,
      status: 'queued',
      conclusion: null,
      changedAtMs: START_MS,
      event: 'pull_request',
      repositoryId: expect.any(Number),
      headRepositoryId: expect.any(Number),
      headSha: run.headSha,
      workflow: 'CI',
      workflowId: expect.any(Number),
      branch: 'main',
      number: run.number,
      createdAtMs: START_MS,
    });
    expect(await w.hub.run(w.org, 'acme/app', runId(3))).toBeNull();
  });

  test('a re-run is refused while the run goes on, and makes new jobs of the next attempt after it', async () => {
    const w = await world();
    const run = w.github.queueRun({
      repository: 'acme/app',
      jobs: [
        { name: 'a', labels: LABELS },
        { name: 'b', labels: ['b'] },
      ],
    });
    const [a, b] = w.github.jobsOf(run);
    const one = await connected(w, 'r-1');
    const two = await connected(w, 'r-2', ['b']);
    await w.pass(10_000);
    one.session.finishJob('failure');
    expect(await w.hub.rerunFailedJobs(w.org, 'acme/app', runId(run.id))).toBe('refused');
    two.session.finishJob('success');
    expect(await w.hub.rerunJob(w.org, 'acme/app', jobId(a?.id ?? 0))).toBe('asked');
    expect(await w.hub.rerunFailedJobs(w.org, 'acme/app', runId(run.id))).toBe('refused');
    const { things } = await w.hub.jobsOfRun(w.org, 'acme/app', runId(run.id));
    expect(things.map(({ job }) => [job.name, job.runAttempt])).toEqual([
      ['b', 1],
      ['a', 2],
    ]);
    expect(things.map(({ job }) => job.id)).toContain(b?.id);
    expect(things.map(({ job }) => job.id)).not.toContain(a?.id);
  });

  test('repositories come newest push first', async () => {
    const w = await world();
    w.github.addRepository('acme/old');
    await w.pass(60_000);
    w.github.addRepository('acme/new');
    await w.pass(60_000);
    w.github.queueRun({ repository: 'acme/old', jobs: [{ name: 'a', labels: ['x'] }] });
    const { things, complete } = await w.hub.repositories(w.org);
    expect([things.map(({ repository }) => repository), complete]).toEqual([
      ['acme/old', 'acme/new', 'acme/app'],
      true,
    ]);
  });
});
