/** What a token may do, by the call it is for; GitHub refuses what the token was not asked for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitHubClient } from '../../../../shared/adapters/github/client.ts';
import { tokenScope } from '../../../../shared/adapters/github/token-scope.ts';
import { serveGitHub } from '../../../../simulator/github/index.ts';
import { APP_ID, PRIVATE_KEY_PEM } from './jwt.ts';
import { callsOf, LABELS, name, openWorld, runId } from './world.ts';

const RUNNERS = 'organization_self_hosted_runners';
const params = { org: 'acme', owner: 'acme', repo: 'app' };

// biome-ignore format: a table reads best as a table.
const rows: [route: string, permissions: object, repositoryNames?: string[]][] = [
  ['GET /orgs/{org}/actions/runners',                                    { [RUNNERS]: 'read' }],
  ['GET /orgs/{org}/actions/runner-groups',                              { [RUNNERS]: 'write' }],
  ['POST /orgs/{org}/actions/runners/generate-jitconfig',                { [RUNNERS]: 'write' }],
  ['DELETE /orgs/{org}/actions/runners/{runner_id}',                     { [RUNNERS]: 'write' }],
  ['GET /repos/{owner}/{repo}/actions/runners',                          { administration: 'read' }],
  ['POST /repos/{owner}/{repo}/actions/runners/generate-jitconfig',      { administration: 'write' }, ['app']],
  ['DELETE /repos/{owner}/{repo}/actions/runners/{runner_id}',           { administration: 'write' }, ['app']],
  ['GET /repos/{owner}/{repo}/actions/jobs/{job_id}',                    { actions: 'read', metadata: 'read' }],
  ['GET /repos/{owner}/{repo}',                                          { actions: 'read', metadata: 'read' }],
  ['GET /installation/repositories',                                     { actions: 'read', metadata: 'read' }],
  ['GET /repos/{owner}/{repo}/commits/{ref}/check-runs',                 { checks: 'write' }, ['app']],
  ['POST /repos/{owner}/{repo}/check-runs',                              { checks: 'write' }, ['app']],
  ['POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel',            { actions: 'write' }, ['app']],
  ['POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs', { actions: 'write' }, ['app']],
  ['POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun',             { actions: 'write' }, ['app']],
];

test.each(rows)('%s', (route, permissions, repositoryNames) => {
  expect(tokenScope(route, params)).toEqual(
    repositoryNames === undefined ? { permissions } : { permissions, repositoryNames },
  );
});

test('a route without a line gets no token at all', () => {
  expect(() => tokenScope('POST /repos/{owner}/{repo}/dispatches', params)).toThrow('has no line for POST');
});

test('every route of ours that an installation asks for has a line', () => {
  const folder = join(import.meta.dirname, '../../../../shared/adapters/github');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const sources = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  const routes = sources.flatMap((text) =>
    [
      ...text.matchAll(
        /[`']((?:GET|POST|PUT|PATCH|DELETE) (?:\$\{REPO\}|\$\{path\}|\/repos|\/orgs)[^`']*)[`']/g,
      ),
    ]
      .map(([, route = '']) => route.replace(/^(\w+ )\$\{REPO\}/, '$1/repos/{owner}/{repo}'))
      .flatMap((route) =>
        ['/orgs/{org}', '/repos/{owner}/{repo}'].map((path) => route.replace(/\$\{path\}/, path)),
      ),
  );
  const asApp = /\/installation$/;
  const ours = [...new Set(routes)].filter((route) => !asApp.test(route));
  expect(ours.length).toBeGreaterThan(10);
  for (const route of ours) expect(() => tokenScope(route, params), route).not.toThrow();
});

describe('GitHub', () => {
  /** The token that a call of this route would take, used for another. */
  async function borrowed(forRoute: string, use: string, more: object = {}) {
    const w = await openWorld('process');
    w.github.addRepository('acme/other');
    const tokens: string[] = [];
    const served = await serveGitHub({
      async request(request, origin) {
        const token = request.headers.authorization?.replace(/^token /, '');
        if (token?.startsWith('ghs_')) tokens.push(token);
        return w.github.request(request, origin);
      },
    });
    const hub = gitHubClient({
      ...{ baseUrl: served.origin, egressProxy: null, clock: w.clock, log: () => undefined, pauseMs: 1 },
      appKey: async () => ({ appId: APP_ID, privateKeyPem: PRIVATE_KEY_PEM }),
    });
    const installation = w.installationId;
    await hub(forRoute, { ...params, run_id: 1, runner_id: 1 }, { installation });
    const [method = '', path = ''] = use.split(' ');
    const answer = await w.github.request(
      {
        ...{ method, path, body: more, headers: { authorization: `token ${tokens.at(-1)}` } },
      },
      served.origin,
    );
    await served.close();
    return answer?.status;
  }

  test('refuses what the token was not asked for', async () => {
    const reading = 'GET /repos/{owner}/{repo}/actions/runs';
    expect(await borrowed(reading, 'GET /repos/acme/app/actions/runs')).toBe(200);
    expect(await borrowed(reading, 'GET /orgs/acme/actions/runners')).toBe(403);
    expect(await borrowed(reading, 'POST /repos/acme/app/actions/runs/1/cancel')).toBe(403);
    const rerunning = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs';
    expect(await borrowed(rerunning, 'GET /repos/acme/app/actions/runs')).toBe(200);
    expect(await borrowed(rerunning, 'GET /repos/acme/other/actions/runs')).toBe(404);
    const listing = 'GET /orgs/{org}/actions/runners';
    expect(await borrowed(listing, 'POST /orgs/acme/actions/runners/generate-jitconfig')).toBe(403);
    expect(await borrowed(listing, 'GET /repos/acme/app/actions/runs')).toBe(403);
  });

  test('is asked for a token once an hour for each kind of call, however many calls there are', async () => {
    const w = await openWorld('wire');
    const repositories = Array.from({ length: 20 }, (_, at) => `acme/repo-${at}`);
    for (const repository of repositories) w.github.addRepository(repository);
    for (let at = 0; at < 10; at++) await w.hub.mint(w.org, { name: name(`r-${at}`), labels: LABELS });
    for (const repository of repositories) {
      await w.hub.registrations(w.org);
      await w.hub.run(w.org, repository, runId(1));
      await w.hub.liveRuns(w.org, repository, 'queued');
    }
    await w.hub.repositories(w.org);
    // To mint, to list, to read.
    expect(callsOf(w, 'POST /app/installations/{id}/access_tokens')).toBe(3);
    await w.close();
  });
});
