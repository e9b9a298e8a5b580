/** What a person may ask for: refused in the words in which a job would be. */
import { expect, test } from 'vitest';
import { planOf } from '../../../cli/create/plan.ts';
import { planWarm } from '../../../functions/reaper/survey/warm.ts';
import { RELEASE_MARGIN_MS } from '../../../shared/limits.ts';
import type { JobId } from '../../../shared/nouns.ts';
import { CREATED, endOf, waitingMs } from '../../../shared/warm/created.ts';
import { WARM_AGE_MAX_MS } from '../../../shared/warm/limits.ts';
import { build } from '../../shared/ledger/builders.ts';
import { configOf } from '../../world/in-process.ts';

const organization = configOf({ profiles: { kernel: { arch: 'arm64', repositories: ['acme/kernel'] } } });
const two = configOf({ repositories: { allow: ['acme/*', 'beta/*'] } });
const narrow = configOf({
  github: { scope: 'repository' },
  repositories: { allow: ['acme/app', 'acme/lib'] },
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['base labels are added',                 organization, ['arm64', '8cpu'], null,         ['8cpu', 'aliyun', 'arm64', 'self-hosted'], 'acme/*'],
  ['written base labels are no second',     organization, ['Self-Hosted', 'aliyun', 'ARM64'], null, ['aliyun', 'arm64', 'self-hosted'], 'acme/*'],
  ['a repository says which organisation',  two,          ['arm64'], 'beta/app',           ['aliyun', 'arm64', 'self-hosted'], 'beta/*'],
  ['in repository scope it registers there', narrow,      ['arm64'], 'acme/lib',           ['aliyun', 'arm64', 'self-hosted'], 'acme/lib'],
])('%s', (_what, config, labels, repository, registered, where) => {
  const plan = planOf({ labels, repository }, config);
  expect(plan).toMatchObject({ kind: 'pool', pool: { labels: registered, repository: where } });
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['a word that is none',             organization, ['arm64', '8cup'], null,               /'8cup'.*8cpu/],
  ['no architecture',                 organization, ['8cpu'], null,                        /no architecture/],
  ['two of one kind',                 organization, ['arm64', '8cpu', '16cpu'], null,      /twice/],
  ['a family of the other',           organization, ['arm64', 'ecs.c7'], null,             /ecs\.c7/],
  ['beyond a limit',                  organization, ['arm64', '128cpu'], null,             /limits\.cpu/],
  ['a profile kept for others',       organization, ['kernel'], 'acme/app',                /not for the repository acme\/app/],
  ['a repository that is not served', organization, ['arm64'], 'other/app',                /other\/app: the repository is not under repositories\.allow/],
  ['two organisations',               two,          ['arm64'], null,                       /say --repository/],
  ['two repositories',                narrow,       ['arm64'], null,                       /say --repository/],
])('refused: %s', (_what, config, labels, repository, because) => {
  const plan = planOf({ labels, repository }, config);
  expect(plan).toEqual({ kind: 'refused', because: [expect.stringMatching(because)] });
});

const NOW_MS = Date.UTC(2026, 4, 4, 14);
const waits = (waitsUntilMs: number) =>
  build.runnerEntry('01-1', { state: 'idle', for: null, warm: CREATED, waitsUntilMs, repository: 'acme/*' });

test('it is kept until its time is over, whatever pools want, and counts for none', () => {
  const plan = (untilMs: number) =>
    planWarm([], [waits(untilMs)], {
      entries: [],
      config: organization,
      version: '1',
      nowMs: NOW_MS,
      short: { slots: 0, money: 0 },
    });
  expect([...plan(NOW_MS + 1).kept]).toHaveLength(1);
  expect([...plan(NOW_MS).kept]).toEqual([]);
});

test('the list shows when it ends, until a job has come', () => {
  const entry = { ...waits(NOW_MS), releaseAtMs: NOW_MS + RELEASE_MARGIN_MS + 5 };
  expect(endOf(entry)).toBe(NOW_MS);
  expect(endOf({ ...entry, for: 7 as JobId })).toBe(NOW_MS + 5);
  expect(endOf({ ...entry, busyWith: 7 as JobId })).toBe(NOW_MS + 5);
  expect(endOf({ ...entry, waitsUntilMs: undefined as never, releaseAtMs: null })).toBe(null);
});

test('its machine bears to wait so long, and ends by itself after that', () => {
  expect(waitingMs(waits(NOW_MS + 5_000), NOW_MS)).toBe(5_000);
  expect(waitingMs(waits(NOW_MS - 5_000), NOW_MS)).toBe(0);
  expect(waitingMs({ warm: 'a stamp' }, NOW_MS)).toBe(WARM_AGE_MAX_MS);
  expect(waitingMs({}, NOW_MS)).toBe(0);
});
