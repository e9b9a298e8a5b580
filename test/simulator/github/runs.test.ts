import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  connected,
  type Delivered,
  LABELS,
  openWorld,
  type TestWorld,
  WEBHOOK_SECRET,
} from '../../shared/adapters/github/world.ts';

interface Event {
  readonly action: string;
  readonly workflow_job: {
    id: number;
    status: string;
    conclusion: string | null;
    runner_name: string | null;
  };
  readonly repository: { full_name: string; private: boolean };
  readonly installation: { id: number };
  readonly organization?: { login: string };
}

const events = (w: TestWorld): Event[] =>
  w.delivered
    .filter(({ headers }) => headers['x-github-event'] === 'workflow_job')
    .map(({ body }) => JSON.parse(body.toString('utf8')) as Event);
const told = (w: TestWorld): string[] =>
  events(w).map(({ action, workflow_job: { status, conclusion } }) => `${action}/${status}/${conclusion}`);
const open = (options: Parameters<typeof openWorld>[1] = {}) =>
  openWorld('process', { behaviour: { lateStatus: 0, ...options.behaviour }, ...options });
const plan = (name: string, more: object = {}) => ({ name, labels: LABELS, ...more });

test('a job is told three times, signed over its raw body, with what the webhook reads', async () => {
  const w = await open();
  const run = w.github.queueRun({ repository: 'acme/app', jobs: [plan('a')] });
  const { session } = await connected(w, 'r');
  await w.pass(10_000);
  session.finishJob('success');
  await w.pass(10_000);
  expect(told(w)).toEqual([
    'queued/queued/null',
    'in_progress/in_progress/null',
    'completed/completed/success',
  ]);
  const [queued, started, ended] = events(w);
  expect(queued).toMatchObject({
    workflow_job: { id: w.github.jobsOf(run)[0]?.id, run_id: run.id, labels: LABELS, runner_name: null },
    repository: { full_name: 'acme/app', private: true },
    organization: { login: 'acme' },
    installation: { id: w.installationId },
  });
  expect([started?.workflow_job.runner_name, ended?.workflow_job.runner_name]).toEqual(['r', 'r']);
  for (const { headers, body } of w.delivered) {
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    expect(headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
    expect(headers['x-github-delivery']).toMatch(/^[0-9a-f-]{36}$/);
  }
});

test('a gated job is told as queued while it waits, and again once it was approved', async () => {
  const w = await open();
  const run = w.github.queueRun({ repository: 'acme/app', jobs: [plan('a', { environmentGate: true })] });
  await connected(w, 'r');
  await w.pass(60_000);
  expect(told(w).sort()).toEqual(['queued/waiting/null', 'waiting/waiting/null']);
  expect(events(w).find(({ action }) => action === 'queued')).toHaveProperty('deployment');
  w.github.approve(w.github.jobsOf(run)[0]?.id ?? 0);
  await w.pass(10_000);
  expect(told(w).slice(2)).toEqual(['queued/queued/null', 'in_progress/in_progress/null']);
});

test('a job that needs another is queued after it, and skipped where that one failed', async () => {
  const w = await open();
  const run = w.github.queueRun({
    repository: 'acme/app',
    jobs: [plan('a'), plan('b', { needs: ['a'] }), plan('c', { needs: ['b'] })],
  });
  const names = () => w.github.jobsOf(run).map(({ plan, status }) => `${plan.name} ${status}`);
  expect(names()).toEqual(['a queued']);
  const first = await connected(w, 'r-1');
  await w.pass(10_000);
  first.session.finishJob('success');
  const second = await connected(w, 'r-2');
  await w.pass(10_000);
  expect(names()).toEqual(['a completed', 'b in_progress']);
  second.session.finishJob('failure');
  expect(names()).toEqual(['a completed', 'b completed', 'c completed']);
  expect(w.github.jobsOf(run)[2]).toMatchObject({ conclusion: 'skipped', runner: null });
});

test('a job that nobody takes fails after a day', async () => {
  const w = await open();
  const run = w.github.queueRun({ repository: 'acme/app', jobs: [plan('a')] });
  await w.pass(24 * 3_600_000);
  expect(w.github.jobsOf(run)[0]).toMatchObject({ status: 'completed', conclusion: 'failure', runner: null });
});

test('a cancelled job names its runner only if it had one, and the runner ends', async () => {
  const w = await open();
  const run = w.github.queueRun({ repository: 'acme/app', jobs: [plan('a'), plan('b', { labels: ['b'] })] });
  const { exits } = await connected(w, 'r');
  await w.pass(10_000);
  w.github.cancelRun(run);
  await w.pass(10_000);
  expect(w.github.jobsOf(run).map(({ conclusion, runner }) => [conclusion, runner?.name])).toEqual([
    ['cancelled', 'r'],
    ['cancelled', undefined],
  ]);
  expect([exits, w.github.runners()]).toEqual([['cancelled'], []]);
});

test('deliveries are lost, repeated and late when told so, and GitHub repeats none by itself', async () => {
  const faults = [
    { kind: 'lose', isLogged: true },
    { kind: 'lose', isLogged: false },
    { kind: 'repeat', times: 2, gapMs: 1_000 },
    { kind: 'delay', ms: 120_000 },
  ] as const;
  let next = 0;
  const w = await open({
    deliveryFaults: (event) => (event === 'workflow_job' ? (faults[next++] ?? null) : null),
  });
  for (const name of ['logged', 'unknown', 'repeated', 'late']) {
    w.github.queueRun({ repository: 'acme/app', jobs: [plan(name)] });
  }
  await w.pass(60_000);
  const names = () => events(w).map((event) => (event.workflow_job as unknown as { name: string }).name);
  expect(names()).toEqual(['repeated', 'repeated', 'repeated']);
  const guids = w.delivered.slice(1).map(({ headers }) => headers['x-github-delivery']);
  expect(new Set(guids.slice(-3)).size).toBe(1);
  await w.pass(120_000);
  expect(names()).toEqual(['repeated', 'repeated', 'repeated', 'late']);
  const logged = w.github.deliveries.filter(({ event }) => event === 'workflow_job');
  expect(logged.map(({ statusCode }) => statusCode).sort()).toEqual([202, 202, 202, 202, 502]);
});

test('a receiver that takes more than ten seconds has failed, though it may have worked', async () => {
  const answers: ((reply: { status: number }) => void)[] = [];
  const w = await open({ deliver: () => new Promise((resolve) => answers.push(resolve)) });
  await w.pass(5_000);
  expect(w.github.deliveries).toMatchObject([{ statusCode: 0 }]);
  await w.pass(10_000);
  answers[0]?.({ status: 202 });
  await w.pass(1_000);
  expect(w.github.deliveries).toMatchObject([{ statusCode: 504, status: 'timed out' }]);
  expect(answers).toHaveLength(1);
});

test('the log of deliveries goes back three days', async () => {
  const w = await open();
  await w.pass(2 * 24 * 3_600_000);
  w.github.ping();
  await w.pass(24 * 3_600_000 + 60_000);
  w.github.ping();
  await w.pass(60_000);
  expect(w.github.deliveries.map(({ event }) => event)).toEqual(['ping', 'ping']);
});

test('a changed webhook secret signs what comes after', async () => {
  const w = await open();
  await w.asApp('PATCH', '/app/hook/config', { secret: 'the-next-secret' });
  w.github.ping();
  await w.pass(5_000);
  const { headers, body } = w.delivered.at(-1) as Delivered;
  const signature = createHmac('sha256', 'the-next-secret').update(body).digest('hex');
  expect(headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
  const config = await w.asApp('GET', '/app/hook/config');
  expect(JSON.stringify(config.body)).not.toContain('the-next-secret');
});

test('the same seed tells the same story', async () => {
  const story = async () => {
    const w = await open();
    for (let index = 0; index < 5; index++) {
      w.github.queueRun({ repository: 'acme/app', jobs: [plan(`job-${index}`)] });
      await connected(w, `r-${index}`);
    }
    await w.pass(60_000);
    return w.delivered.map(({ atMs, body }) => `${atMs} ${body.toString('utf8')}`);
  };
  expect(await story()).toEqual(await story());
});
