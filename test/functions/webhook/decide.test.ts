import { expect, test } from 'vitest';
import { decide } from '../../../functions/webhook/decide.ts';
import { encodeEvent, parseWorkflowJob } from '../../../shared/job/event.ts';
import { examplesOf, type Payload, queued, RULES } from './deliveries.ts';

const decideOn = (payload: Payload, rules = RULES) =>
  decide(parseWorkflowJob(Buffer.from(JSON.stringify(payload)), 'd'), rules);

/** What each `workflow_job` example of GitHub's own collection leads to, as it is, and in a deployment that it is meant for. */
// biome-ignore format: a table reads best as a table.
const examples: [at: number, action: string, labels: string, asItIs: string, ifOurs: string][] = [
  [0, 'in_progress', 'gpu db-app dc-03', 'ignore', 'reap'],
  [1, 'completed',   'ubuntu-latest',    'ignore', 'reap'],
  [2, 'completed',   'ubuntu-latest',    'ignore', 'reap'],
  [3, 'in_progress', 'ubuntu-latest',    'ignore', 'reap'],
  [4, 'in_progress', 'ubuntu-latest',    'ignore', 'reap'],
  [5, 'queued',      'ubuntu-latest',    'ignore', 'launch'],
  [6, 'queued',      'self-hosted k8s',  'ignore', 'ignore'], // gated by an environment
  [7, 'waiting',     'self-hosted k8s',  'ignore', 'ignore'],
];

test('there are as many workflow_job examples as decisions here', () => {
  expect(examplesOf('workflow_job')).toHaveLength(examples.length);
});

test.each(examples)(
  'example %i (%s, %s) leads to %s; in a deployment for it, to %s',
  (at, action, labels, asItIs, ifOurs) => {
    const payload = examplesOf('workflow_job')[at];
    expect(payload.action).toBe(action);
    expect(payload.workflow_job.labels.join(' ')).toBe(labels);
    expect(decideOn(payload).kind).toBe(asItIs);
    const forIt = {
      name: 'ci',
      baseLabels: payload.workflow_job.labels.slice(0, 1),
      repositories: { allow: [payload.repository.full_name], public: 'allow' as const },
    };
    expect(decideOn(payload, forIt).kind).toBe(ifOurs);
  },
);

const done = (runner_name: string | null, more: { labels?: string[]; repository?: object } = {}) => ({
  ...queued({
    ...more,
    job: {
      runner_id: runner_name === null ? 0 : 7,
      runner_name: runner_name ?? '',
      status: 'completed',
      conclusion: 'cancelled',
      completed_at: '2021-09-13T02:30:00Z',
    },
  }),
  action: 'completed',
});

// biome-ignore format: a table reads best as a table.
const cases: [name: string, payload: Payload, kind: string, because?: string][] = [
  ['a job of ours is launched for',                     queued(),                                                        'launch'],
  ['labels are compared without case',                  queued({ labels: ['Self-Hosted', 'ALIYUN', 'ARM64'] }),          'launch'],
  ['a job without one base label is somebody else’s',   queued({ labels: ['self-hosted', 'arm64'] }),                    'ignore', 'the job does not ask for all our base labels'],
  ['a job without labels is somebody else’s',           queued({ labels: [] }),                                          'ignore', 'the job does not ask for all our base labels'],
  ['a repository outside the list is refused',          queued({ repository: { full_name: 'other/kernel' } }),           'refuse', 'the repository is not under repositories.allow'],
  ['an owner that only begins alike is refused',        queued({ repository: { full_name: 'my-org-evil/kernel' } }),     'refuse', 'the repository is not under repositories.allow'],
  ['a public repository is refused',                    queued({ repository: { private: false, visibility: 'public' } }), 'refuse', 'the repository is public and repositories.public says refuse'],
  ['an internal repository is private',                 queued({ repository: { private: true, visibility: 'internal' } }), 'launch'],
  ['a gated job waits',                                 queued({ job: { status: 'waiting' } }),                          'ignore', 'the job waits for its environment; GitHub tells again when it may run'],
  ['a job cancelled before any runner took it is reaped', done(null),                                                    'reap'],
  ['a job that ended on our runner is reaped',          done('ci-runner-arm64-spot-1-1'),                                'reap'],
  ['a job that never asked for us, on our runner, too', done('ci-runner-arm64-spot-1-1', { labels: ['self-hosted'] }),   'reap'],
  ['also one of a repository outside the list',         done('ci-runner-arm64-spot-1-1', { repository: { full_name: 'other/x', private: false } }), 'reap'],
  ['but not one on a runner of somebody else',          done('ci2-runner-1', { labels: ['self-hosted'] }),               'ignore', 'the job does not ask for all our base labels'],
  ['more labels than a runner can carry are refused',   queued({ labels: [...RULES.baseLabels, ...Array.from({ length: 99 }, (_, at) => `l${at}`)] }), 'refuse', 'the job has more than 100 labels'],
  ['an action that GitHub may add one day is left alone', { ...queued(), action: 'paused' },                             'ignore', 'there is nothing to do when a job is paused'],
];

test.each(cases)('%s', (_name, payload, kind, because) => {
  const decision = decideOn(payload);
  expect(decision.kind).toBe(kind);
  if (because !== undefined) expect(decision).toHaveProperty('because', because);
});

test('an example without created_at is as old as its start', () => {
  const parsed = parseWorkflowJob(Buffer.from(JSON.stringify(examplesOf('workflow_job')[0])), 'd');
  expect(parsed).toMatchObject({
    kind: 'event',
    event: { job: { createdAtMs: Date.UTC(2021, 5, 15, 19, 22, 27) } },
  });
});

test('a job is refused at once that fits its delivery, and no word of the sweep: it would be due for ever', () => {
  // One size to us, and to GitHub so many labels: zeros in front change nothing of what is asked.
  const labels = Array.from({ length: 15 }, (_, at) => `disk-${'0'.repeat(1_000 + at)}40gb`);
  const sized = (some: readonly string[]) => queued({ labels: [...RULES.baseLabels, 'arm64', ...some] });
  const parsed = parseWorkflowJob(Buffer.from(JSON.stringify(sized(labels))), 'd');
  expect(parsed.kind === 'event' && encodeEvent(parsed.event)).toBeTruthy();
  expect(decideOn(sized(labels))).toMatchObject({ kind: 'refuse' });
  expect(decideOn(sized(labels.slice(0, 3))).kind).toBe('launch');
});

test.each([
  ['too many', Array.from({ length: 150 }, () => 'ARM64')],
  ['too long', Array.from({ length: 20 }, (_, at) => `disk-${'0'.repeat(1_000 - at)}40gb`)],
])(
  'what begins or ends on a runner of ours is told, though its labels are %s: without them',
  (_what, labels) => {
    const runner = { runner_id: 7, runner_name: 'ci-runner-arm64-spot-1-1' };
    for (const action of ['in_progress', 'completed']) {
      const payload = { ...queued({ job: { ...runner, conclusion: 'success' }, labels }), action };
      expect(decideOn(payload)).toMatchObject({ kind: 'reap', event: { kind: action, job: { labels: [] } } });
    }
  },
);
