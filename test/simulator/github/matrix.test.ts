/** What GitHub holds back or cancels by itself: matrices and concurrency groups, as it documents them. */
import { describe, expect, test } from 'vitest';
import type { Concurrency, JobPlan, RunPlan, Strategy } from '../../../simulator/github/runs/plans.ts';
import { connected, LABELS, openWorld, type TestWorld } from '../../shared/adapters/github/world.ts';

const MATRIX: Strategy = { matrix: 'test' };
const plan = (name: string, more: Partial<JobPlan> = {}): JobPlan => ({ name, labels: LABELS, ...more });
const matrix = (count: number, strategy: Partial<Strategy> = {}): JobPlan[] =>
  Array.from({ length: count }, (_, n) => plan(`test (${n})`, { strategy: { ...MATRIX, ...strategy } }));

async function open(runners: number) {
  const w = await openWorld('process', { behaviour: { lateStatus: 0 } });
  const sessions = [];
  for (let n = 0; n < runners; n++) sessions.push(await connected(w, `r-${n}`));
  const queue = (jobs: readonly JobPlan[], more: Partial<RunPlan> = {}) =>
    w.github.queueRun({ repository: 'acme/app', jobs, ...more });
  return { w, queue, sessions };
}

const states = (w: TestWorld, run: Parameters<TestWorld['github']['jobsOf']>[0]) =>
  w.github.jobsOf(run).map(({ status, conclusion }) => conclusion ?? status);
const told = ({ delivered }: TestWorld) =>
  delivered.map(({ body }) => JSON.parse(body.toString('utf8')) as { action: string; workflow_job: object });
const record = async (w: TestWorld, path: string) =>
  (await w.asInstallation('GET', `/repos/acme/app/actions/${path}`)).body as Record<string, unknown>;

describe('a matrix', () => {
  test('with max-parallel has so many running, however many runners wait; all were told as queued', async () => {
    const { w, queue, sessions } = await open(4);
    const run = queue(matrix(4, { maxParallel: 2 }));
    await w.pass(60_000);
    expect(states(w, run).sort()).toEqual(['in_progress', 'in_progress', 'queued', 'queued']);
    expect(told(w).filter(({ action }) => action === 'queued')).toHaveLength(4);
    const held = w.github.jobsOf(run).find(({ status }) => status === 'queued');
    expect(await record(w, `jobs/${held?.id}`)).toMatchObject({ status: 'queued', runner_id: null });
    sessions.find(({ jobs }) => jobs.length > 0)?.session.finishJob('success');
    await w.pass(60_000);
    expect(states(w, run).sort()).toEqual(['in_progress', 'in_progress', 'queued', 'success']);
  });

  test.each([
    [
      'by default cancels the others, running or queued',
      {},
      ['cancelled', 'cancelled', 'failure'],
      'failure',
    ],
    ['leaves them where fail-fast is off', { failFast: false }, ['failure', 'in_progress', 'queued'], null],
  ])('of which one fails %s', async (_, strategy, expected, conclusion) => {
    const { w, queue, sessions } = await open(2);
    const run = queue(matrix(3, strategy));
    await w.pass(10_000);
    sessions[0]?.session.finishJob('failure');
    await w.pass(60_000);
    expect(states(w, run).sort()).toEqual(expected);
    expect(await record(w, `runs/${run.id}`)).toMatchObject({ conclusion });
  });

  test('does not touch jobs of no matrix, nor of another', async () => {
    const { w, queue, sessions } = await open(1);
    const run = queue([...matrix(2), plan('lint'), plan('b (0)', { strategy: { matrix: 'b' } })]);
    await w.pass(10_000);
    const first = w.github.jobsOf(run)[0];
    expect(first?.status).toBe('in_progress');
    sessions[0]?.session.finishJob('failure');
    expect(states(w, run)).toEqual(['failure', 'cancelled', 'queued', 'queued']);
  });
});

const DEPLOY: Concurrency = { group: 'deploy' };
const deploy = (more: Partial<Concurrency> = {}) => [plan('deploy', { concurrency: { ...DEPLOY, ...more } })];

describe('a job’s concurrency group', () => {
  test('has one at a time over all runs of the repository; who waits is pending, and was told as queued', async () => {
    const { w, queue, sessions } = await open(3);
    const [first, second] = [queue(deploy()), queue(deploy({ group: 'DEPLOY' }))];
    await w.pass(60_000);
    expect([...states(w, first), ...states(w, second)]).toEqual(['in_progress', 'queued']);
    const id = w.github.jobsOf(second)[0]?.id ?? 0;
    expect(await record(w, `jobs/${id}`)).toMatchObject({ status: 'pending' });
    const queued = told(w).filter(({ action }) => action === 'queued');
    expect(queued.map(({ workflow_job }) => workflow_job)).toContainEqual(
      expect.objectContaining({ id, status: 'queued' }),
    );
    sessions.find(({ jobs }) => jobs.length > 0)?.session.finishJob('success');
    await w.pass(10_000);
    expect(states(w, second)).toEqual(['in_progress']);
    expect(told(w).filter(({ action }) => action === 'queued')).toHaveLength(2);
  });

  test.each([
    ['a newer one takes the place of the pending one', {}, ['in_progress', 'cancelled', 'queued']],
    [
      'with cancel-in-progress, of the running one too',
      { cancelInProgress: true },
      ['cancelled', 'cancelled', 'in_progress'],
    ],
    ['with queue: max, all wait', { queue: 'max' as const }, ['in_progress', 'queued', 'queued']],
  ])('%s', async (_, rule, expected) => {
    const { w, queue } = await open(3);
    const runs = [queue(deploy(rule))];
    await w.pass(10_000);
    runs.push(queue(deploy(rule)), queue(deploy(rule)));
    await w.pass(60_000);
    expect(runs.flatMap((run) => states(w, run))).toEqual(expected);
  });

  test('with queue: max goes in order, and takes a hundred', async () => {
    const { w, queue, sessions } = await open(1);
    const runs = Array.from({ length: 103 }, () => queue(deploy({ queue: 'max' })));
    await w.pass(10_000);
    expect(runs.flatMap((run) => states(w, run)).filter((state) => state === 'cancelled')).toHaveLength(2);
    expect(runs.slice(-2).flatMap((run) => states(w, run))).toEqual(['cancelled', 'cancelled']);
    sessions[0]?.session.finishJob('success');
    await connected(w, 'next');
    await w.pass(10_000);
    expect(runs.slice(0, 3).flatMap((run) => states(w, run))).toEqual(['success', 'in_progress', 'queued']);
  });

  test('with queue: max and cancel-in-progress is no workflow', async () => {
    const { queue } = await open(0);
    expect(() => queue(deploy({ queue: 'max', cancelInProgress: true }))).toThrow('not valid');
  });
});

describe('a run’s concurrency group', () => {
  const BRANCH = { group: 'ci-main' };

  test('has one at a time; the next is pending and has no jobs', async () => {
    const { w, queue, sessions } = await open(2);
    const first = queue([plan('a')], { concurrency: BRANCH });
    const second = queue([plan('a')], { concurrency: BRANCH });
    await w.pass(10_000);
    expect([states(w, first), states(w, second)]).toEqual([['in_progress'], []]);
    expect(await record(w, 'runs?status=pending')).toMatchObject({ workflow_runs: [{ id: second.id }] });
    sessions.find(({ jobs }) => jobs.length > 0)?.session.finishJob('success');
    await w.pass(10_000);
    expect(states(w, second)).toEqual(['in_progress']);
  });

  test('with cancel-in-progress, a newer run cancels the older; its re-run would cancel the newer', async () => {
    const { w, queue } = await open(3);
    const rule = { ...BRANCH, cancelInProgress: true };
    const first = queue([plan('a')], { concurrency: rule });
    await w.pass(10_000);
    const second = queue([plan('a')], { concurrency: rule });
    await w.pass(30_000);
    expect([states(w, first), states(w, second)]).toEqual([['cancelled'], ['in_progress']]);
    expect(await record(w, `runs/${first.id}`)).toMatchObject({
      status: 'completed',
      conclusion: 'cancelled',
    });
    await w.asInstallation('POST', `/repos/acme/app/actions/runs/${first.id}/rerun-failed-jobs`);
    await w.pass(30_000);
    expect([states(w, first), states(w, second)]).toEqual([['in_progress'], ['cancelled']]);
  });

  test('a pending run that is cancelled ends without any job', async () => {
    const { w, queue } = await open(0);
    queue([plan('a')], { concurrency: BRANCH });
    const second = queue([plan('a')], { concurrency: BRANCH });
    w.github.cancelRun(second);
    expect(await record(w, `runs/${second.id}`)).toMatchObject({
      status: 'completed',
      conclusion: 'cancelled',
    });
    expect(states(w, second)).toEqual([]);
  });
});
