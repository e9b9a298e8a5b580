import { describe, expect, test } from 'vitest';
import { connected, LABELS, name, openWorld, type TestWorld } from '../../shared/adapters/github/world.ts';

const open = (behaviour: Parameters<typeof openWorld>[1] = {}) => openWorld('process', behaviour);
const queue = (w: TestWorld, jobName: string, labels: readonly string[] = LABELS) => {
  const run = w.github.queueRun({
    repository: 'acme/app',
    jobs: [{ name: jobName, labels, durationMs: 30_000 }],
  });
  const [job] = w.github.jobsOf(run);
  if (job === undefined) throw new Error('no job');
  return job;
};

describe('who gets a job', () => {
  test('any idle runner that covers it, so that runners are stolen', async () => {
    const thieves = new Set<string>();
    const w = await open();
    for (let round = 0; round < 20; round++) {
      const runners = [await connected(w, `a-${round}`), await connected(w, `b-${round}`)];
      const job = queue(w, `job-${round}`);
      await w.pass(10_000);
      thieves.add(job.runner?.name.slice(0, 1) ?? 'nobody');
      for (const { session } of runners) session.disconnect();
    }
    expect([...thieves].sort()).toEqual(['a', 'b']);
  });

  // biome-ignore format: a table reads best as a table.
  const covers: [job: string[], runner: string[], isTaken: boolean][] = [
    [['self-hosted'],            ['self-hosted', 'arm64'], true],
    [['Self-Hosted', 'ARM64'],   ['self-hosted', 'arm64'], true],
    [['self-hosted', 'x64'],     ['self-hosted', 'arm64'], false],
    [['self-hosted', 'linux'],   ['self-hosted'],          false],
  ];
  test.each(covers)('a job for %j on a runner with %j: %s', async (job, runner, isTaken) => {
    const w = await open();
    const { jobs } = await connected(w, 'r', runner);
    queue(w, 'j', job);
    await w.pass(60_000);
    expect(jobs).toHaveLength(isTaken ? 1 : 0);
  });

  test('a group serves its own repositories, and no public one unless it says so', async () => {
    const w = await open();
    w.github.addRepository('acme/other');
    const { jobs } = await connected(w, 'r');
    w.github.queueRun({ repository: 'acme/other', jobs: [{ name: 'a', labels: LABELS }] });
    await w.pass(60_000);
    expect(jobs).toEqual([]);
    w.github.addRepository('acme/open', { isPublic: true });
    w.github.queueRun({ repository: 'acme/open', jobs: [{ name: 'a', labels: LABELS }] });
    await w.pass(60_000);
    expect(jobs).toEqual([]);
  });

  test('an offline runner gets nothing', async () => {
    const w = await open();
    const { session, jobs } = await connected(w, 'r');
    session.disconnect();
    const job = queue(w, 'j');
    await w.pass(60_000);
    expect([jobs, job.status]).toEqual([[], 'queued']);
  });

  test('GitHub may give nothing to anyone for a while, and nothing ever to a deaf runner', async () => {
    const w = await open();
    const { jobs } = await connected(w, 'r');
    w.github.pauseAssignment(300_000);
    queue(w, 'j');
    await w.pass(299_000);
    expect(jobs).toEqual([]);
    await w.pass(10_000);
    expect(jobs).toHaveLength(1);
    const deaf = await open({ behaviour: { deaf: 1 } });
    const runner = await connected(deaf, 'r');
    queue(deaf, 'j');
    await deaf.pass(3_600_000);
    expect(runner.jobs).toEqual([]);
    expect((await deaf.hub.registrations(deaf.org)).things).toMatchObject([
      { isOnline: true, isBusy: false },
    ]);
  });
});

describe('the life of a registration', () => {
  test('a config is good for one session, whatever became of it', async () => {
    const w = await open();
    const { jitConfig, session } = await connected(w, 'r');
    const again = () => w.github.connectRunner(jitConfig, { onJob: () => undefined });
    expect(again).toThrow(/already exists/);
    session.disconnect();
    expect(again).toThrow(/already exists/);
    expect(() => w.github.connectRunner('made up', { onJob: () => undefined })).toThrow(/deleted/);
  });

  test('it ends with its one job, and the process is told', async () => {
    const w = await open();
    const { session, exits } = await connected(w, 'r');
    const job = queue(w, 'j');
    await w.pass(10_000);
    session.finishJob('success');
    expect([job.conclusion, job.runner?.name, exits, w.github.runners()]).toEqual([
      'success',
      'r',
      ['done'],
      [],
    ]);
    expect(() => session.finishJob('success')).toThrow(/no job/);
  });

  test('it ends after a day without a connection, counted from the last one', async () => {
    const w = await open();
    await w.hub.mint(w.org, { name: name('never'), labels: LABELS });
    const { session } = await connected(w, 'seen');
    await w.pass(12 * 3_600_000);
    session.disconnect();
    await w.pass(12 * 3_600_000);
    expect(w.github.runners().map((runner) => runner.name)).toEqual(['seen']);
    await w.pass(12 * 3_600_000);
    expect(w.github.runners()).toEqual([]);
  });

  test('a machine that vanishes in its job fails it after minutes, named as its runner', async () => {
    const w = await open();
    const { session } = await connected(w, 'r');
    const job = queue(w, 'j');
    await w.pass(10_000);
    session.vanish();
    await w.pass(9 * 60_000);
    expect(job.status).toBe('in_progress');
    await w.pass(2 * 60_000);
    expect([job.conclusion, job.runner?.name, w.github.runners()]).toEqual(['failure', 'r', []]);
  });

  test('a machine that vanished idle may still be given a job, which is queued again after a minute', async () => {
    const w = await open();
    const { session, jobs } = await connected(w, 'gone');
    session.vanish();
    const job = queue(w, 'j');
    await w.pass(50_000);
    const second = await connected(w, 'fresh');
    await w.pass(5_000);
    expect([jobs, second.jobs, job.status]).toEqual([[], [], 'queued']);
    await w.pass(60_000);
    expect(second.jobs).toEqual([job.id]);
  });

  test('quirk: a busy runner that lists as idle is removed when asked, and its job goes on to its own end', async () => {
    const w = await open({ behaviour: { hiddenBusy: 1 } });
    const { session, runnerId } = await connected(w, 'r');
    const job = queue(w, 'j');
    await w.pass(10_000);
    expect((await w.hub.registrations(w.org)).things).toMatchObject([{ isBusy: false, isOnline: true }]);
    expect(await w.hub.removeRunner(w.org, runnerId)).toBe('removed');
    expect(job.status).toBe('in_progress');
    session.disconnect();
    expect(job.conclusion).toBe('failure');
  });

  test('quirk: a registration that is consumed at assignment is in no list while its job runs', async () => {
    const w = await open({ behaviour: { consumedAtAssignment: 1 } });
    const { session, runnerId } = await connected(w, 'r');
    const job = queue(w, 'j');
    await w.pass(10_000);
    expect(await w.hub.registrations(w.org)).toEqual({ things: [], complete: true });
    expect(await w.hub.removeRunner(w.org, runnerId)).toBe('absent');
    session.finishJob('success');
    expect(job.conclusion).toBe('success');
  });
});
