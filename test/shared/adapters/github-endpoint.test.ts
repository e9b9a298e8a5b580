/** Our requests against those of octokit's endpoint, which is the oracle. */
import { endpoint } from '@octokit/endpoint';
import { expect, test } from 'vitest';
import { redirected, requestFor } from '../../../shared/adapters/github/wire.ts';
import fc from '../../fast-check.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const ROUTES = [
  'GET /orgs/{org}/actions/runners',
  'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs',
  'POST /orgs/{org}/actions/runners/generate-jitconfig',
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
  'DELETE /orgs/{org}/actions/runners/{runner_id}',
] as const;

test('paths, queries and bodies are those that octokit makes', () => {
  const params = fc.record({
    ...{ org: text, owner: text, repo: text },
    ...{ run_id: fc.nat(), check_run_id: fc.nat(), runner_id: fc.nat() },
  });
  const more = fc.dictionary(
    fc.constantFrom('name', 'per_page', 'page', 'labels_text', 'status', 'filter'),
    fc.oneof(text, fc.nat(), fc.boolean()),
  );
  fc.assert(
    fc.property(fc.constantFrom(...ROUTES), params, more, (route, path, rest) => {
      const named = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as keyof typeof path);
      const all = { ...Object.fromEntries(named.map((name) => [name, path[name]])), ...rest };
      const ours = requestFor('https://api.github.com', route, all, 'token x');
      const theirs = endpoint(route, { ...all, baseUrl: 'https://api.github.com' });
      expect(ours.method).toBe(theirs.method);
      expect(ours.url.href).toBe(new URL(theirs.url).href);
      expect(ours.body === undefined ? undefined : JSON.parse(ours.body)).toEqual(theirs.body || undefined);
      expect(ours.headers).toMatchObject({ accept: theirs.headers.accept, authorization: 'token x' });
    }),
    { numRuns: 1_000 },
  );
});

test('what authorizes us goes to no other host', () => {
  const sent = requestFor(
    'https://api.github.com',
    'GET /repos/{owner}/{repo}',
    { owner: 'a', repo: 'b' },
    'token x',
  );
  const to = (location: string) => redirected(sent, { status: 301, headers: { location }, data: '' });
  expect(to('https://api.github.com/repositories/7')?.headers.authorization).toBe('token x');
  expect(to('/repositories/7')?.url.href).toBe('https://api.github.com/repositories/7');
  expect(to('https://elsewhere.example/repositories/7')?.headers).not.toHaveProperty('authorization');
});

test('only a redirect that keeps the method is followed by what changes something', () => {
  const sent = requestFor(
    'https://api.github.com',
    'POST /repos/{owner}/{repo}/x',
    { owner: 'a', repo: 'b' },
    null,
  );
  const by = (status: number) => redirected(sent, { status, headers: { location: '/y' }, data: '' });
  expect([301, 302, 303].map(by)).toEqual([null, null, null]);
  expect([307, 308].map((status) => by(status)?.method)).toEqual(['POST', 'POST']);
});
