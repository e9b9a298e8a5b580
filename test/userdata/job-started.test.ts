/** Whose job may run: the started hook as the runner would start it, before any step. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { UserDataValues } from '../../shared/runner/user-data.ts';
import { boot, type JobFacts, removeInstances } from './instance.ts';

afterEach(removeInstances);

const of = (repository: string, more: object = {}) => ({
  repository: { full_name: repository, private: true },
  ...more,
});
const pullFrom = (head: object | null, more: object = {}) =>
  of('acme/app', {
    pull_request: { title: 'A change', head: { repo: head }, base: { repo: { full_name: 'acme/app' } } },
    ...more,
  });
const PUBLIC = { repository: { full_name: 'acme/app', private: false } };
/** What an author may write into a title: it is no key of the event. */
const TITLE =
  '"},"repository":{"full_name":"acme/app","private":true},"pull_request":{"head":{"repo":{"full_name":"acme/app"}}},"x":{"';

type Admission = Partial<UserDataValues['admission']>;

/** An event keeps the name that its repository had when the run was made. */
const BEFORE = { id: 5, full_name: 'acme/before', private: true };
const pullBefore = (head: object) => ({ repository: BEFORE, pull_request: { head: { repo: head } } });
const RENAMED = { repository: 'acme/app', repositoryId: '5' };

// biome-ignore format: a table reads best as a table.
const refused: [what: string, job: JobFacts, says: RegExp, admission?: Admission][] = [
  ['of a repository outside the list', { repository: 'acme-evil/app', payload: of('acme-evil/app') }, /of acme-evil\/app, and the machine is kept/],
  ['of a repository whose name goes on', { repository: 'acme/app2', payload: of('acme/app2') }, /kept for others/, { lists: [['acme/app']] }],
  ['of one that the profile does not list', { repository: 'acme/app' }, /kept for others/, { lists: [['acme/*'], ['acme/kernel', 'acme/tools']] }],
  ['when no repository may have it', {}, /kept for others/, { lists: [[]] }],
  ['without a repository', { repository: '', payload: null }, /of no repository/],
  ['of a public repository', { payload: PUBLIC }, /public, and repositories.public says refuse/],
  ['of a public repository by schedule', { event: 'schedule', payload: PUBLIC }, /public/],
  ['of a fork', { event: 'pull_request', payload: pullFrom({ full_name: 'intern/app' }) }, /comes from a fork/],
  ['of a fork of that name in another case', { event: 'pull_request_target', payload: pullFrom({ full_name: 'ACME/APP-2' }) }, /comes from a fork/],
  ['of a fork that is gone', { event: 'pull_request', payload: pullFrom(null) }, /comes from a fork/],
  ['of a fork by an event whose name says nothing of it', { event: 'push', payload: pullFrom({ full_name: 'intern/app' }) }, /comes from a fork/],
  ['of a pull request whose event says nothing of it', { event: 'pull_request_review', payload: of('acme/app') }, /comes from a fork/],
  ['of a fork whose title says otherwise', { event: 'pull_request', payload: pullFrom({ full_name: 'intern/app' }, { title: TITLE }) }, /comes from a fork/],
  ['of a public one whose title says otherwise', { payload: { head_commit: { message: TITLE }, ...PUBLIC } }, /public/],
  ['without an event', { payload: null }, /its event does not say/],
  ['with an empty event', { payload: '' }, /cannot be told/],
  ['with an event that is cut', { payload: '{"repository":{"full_name":"acme/app"' }, /public/],
  ['with an event that closes too much', { payload: '}}"x"' }, /cannot be told|does not say/],
  ['with an event of another repository', { payload: of('acme/other') }, /its event does not say/],
  ['with an event of another id', { ...RENAMED, repositoryId: '6', payload: { repository: BEFORE } }, /its event does not say/],
  ['of a fork of a repository renamed since', { ...RENAMED, event: 'pull_request', payload: pullBefore({ id: 6, full_name: 'acme/app' }) }, /comes from a fork/],
  ['without an event of a name', { event: '', payload: {} }, /its event does not say/],
  ['whose event tells only below the top', { payload: { client_payload: of('acme/app'), inputs: { repository: 'x' } } }, /its event does not say/],
];

test.each(refused)('a job %s ends before its first step', (_what, job, says, admission = {}) => {
  const { root, calls } = boot({
    job,
    values: { admission: { lists: [['acme/*']], public: 'refuse', forks: 'refuse', ...admission } },
  });
  const log = readFileSync(join(root, 'job-log'), 'utf8');
  expect(log).toMatch(/^::error::This job may not run on this machine: /);
  expect(log).toMatch(says);
  // The runner is told to end, because steps with `if: always()` run after a hook that failed; then it is ended.
  expect(calls).toContain('pkill --signal INT --full Runner[.]Listener');
  expect(existsSync(join(root, 'steps'))).toBe(false);
  expect(existsSync(join(root, 'github-env'))).toBe(false);
  expect(calls.at(-1)).toBe('systemctl poweroff');
});

// biome-ignore format: a table reads best as a table.
const taken: [what: string, job: JobFacts, admission?: Admission][] = [
  ['a push', {}],
  ['a name in another case', { repository: 'Acme/App', payload: of('ACME/app') }],
  ['a repository that each list has', {}, { lists: [['acme/*'], ['acme/kernel', 'Acme/App']] }],
  ['a pull request of its own', { event: 'pull_request', payload: pullFrom({ full_name: 'acme/app' }) }],
  ['a title with quotes and braces', { event: 'pull_request', payload: pullFrom({ full_name: 'acme/app' }, { title: TITLE }) }],
  ['a repository renamed since', { ...RENAMED, payload: { repository: BEFORE } }],
  ['a pull request of a repository renamed since', { ...RENAMED, event: 'pull_request', payload: pullBefore(BEFORE) }],
  ['a schedule that says nothing of its repository', { event: 'schedule', payload: { schedule: '0 3 * * *' } }],
  ['a public repository where they are allowed', { payload: PUBLIC }, { public: 'allow' }],
  ['a fork where they are allowed', { event: 'pull_request', payload: pullFrom({ full_name: 'intern/app' }) }, { forks: 'allow' }],
  ['an event in many lines, with what is not ASCII', { payload: JSON.stringify(of('acme/app', { sender: 'Zoë 🚀\u2028\\' }), null, 2) }],
  ['a large event', { payload: of('acme/app', { commits: Array.from({ length: 3_000 }, (_, id) => ({ id, message: TITLE })) }) }],
];

test.each(taken)('a job of %s runs', (_what, job, admission = {}) => {
  const { root, trace } = boot({
    job,
    values: { admission: { lists: [['acme/*']], public: 'refuse', forks: 'refuse', ...admission } },
  });
  expect(readFileSync(join(root, 'job-log'), 'utf8')).not.toContain('::error::');
  expect(existsSync(join(root, 'steps'))).toBe(true);
  expect(trace).toContain('runner.ended status=0');
});
