/** Names and tokens of launches. */
import { expect, test } from 'vitest';
import { clientTokenOf, isOfOtherHost } from '../../shared/names.ts';
import type { Candidate, RunnerName } from '../../shared/nouns.ts';
import { configOf } from '../world/in-process.ts';

const NAME = 'ci-runner-arm64-spot-40000012345-1' as RunnerName;
const candidate = {
  ...{ region: 'cn-hangzhou', zone: 'cn-hangzhou-h', instanceType: 'ecs.c8y.xlarge' },
  capacityType: 'spot',
} as Candidate;

test('a launch is one request, and a later one of the same name is another (seed 14: a job that was dropped, and found again)', () => {
  const [once, again, later] = [1, 1, 2].map((atMs) => clientTokenOf(NAME, atMs, candidate));
  expect(again).toBe(once);
  expect(later).not.toBe(once);
});

test.each([
  ['https://github.com/', false],
  ['https://GitHub.com', false],
  ['https://github.com:443', false],
  ['http://github.com', true],
  ['https://ghes.example.com', true],
])('what is registered at https://github.com is elsewhere for %s: %s', (baseUrl, isElsewhere) => {
  const entry = { registeredAt: { host: 'https://github.com', scope: 'organization' as const } };
  expect(isOfOtherHost(entry, configOf({ github: { baseUrl } }))).toBe(isElsewhere);
});
