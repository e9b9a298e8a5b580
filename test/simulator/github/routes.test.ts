import { describe, expect, test } from 'vitest';
import { serveGitHub } from '../../../simulator/github/serve.ts';
import { APP_ID, appJwt } from '../../shared/adapters/github/jwt.ts';
import { connected, LABELS, name, openWorld, START_MS } from '../../shared/adapters/github/world.ts';

const RUNNERS = '/orgs/acme/actions/runners';
type Listed = { total_count: number } & Record<string, { id: number; name: string }[]>;

describe('lists', () => {
  test('a page holds 30, at most 100, and links to the next and the last', async () => {
    const w = await openWorld('process');
    for (let index = 0; index < 130; index++) {
      const body = { name: `r-${index}`, runner_group_id: w.groupId, labels: ['a'] };
      await w.asInstallation('POST', `${RUNNERS}/generate-jitconfig`, body);
    }
    const size = async (query: string) => {
      const { body, headers } = await w.asInstallation('GET', `${RUNNERS}${query}`);
      return [(body as Listed).runners?.length, (body as Listed).total_count, headers.link ?? null];
    };
    const link = (page: number, rel: string, size: number) =>
      `<https://api.github.com${RUNNERS}?per_page=${size}&page=${page}>; rel="${rel}"`;
    expect((await size('')).slice(0, 2)).toEqual([30, 130]);
    expect(await size('?per_page=100')).toEqual([
      100,
      130,
      `${link(2, 'next', 100)}, ${link(2, 'last', 100)}`,
    ]);
    expect((await size('?per_page=500')).slice(0, 2)).toEqual([100, 130]);
    expect((await size('?per_page=100&page=2')).slice(0, 2)).toEqual([30, 130]);
    expect((await size('?per_page=100&page=9')).slice(0, 2)).toEqual([0, 130]);
    expect((await size('?name=r-77')).slice(0, 2)).toEqual([1, 1]);
  });

  test('runs are filtered by status or conclusion, newest first', async () => {
    const w = await openWorld('process');
    const plan = { repository: 'acme/app', jobs: [{ name: 'a', labels: LABELS }] };
    const [first, second] = [w.github.queueRun(plan), w.github.queueRun(plan)];
    const { session } = await connected(w, 'r');
    await w.pass(10_000);
    session.finishJob('success');
    const ids = async (query: string) => {
      const { body } = await w.asInstallation('GET', `/repos/acme/app/actions/runs${query}`);
      return (body as Listed).workflow_runs?.map(({ id }) => id);
    };
    expect(await ids('')).toEqual([second.id, first.id]);
    expect(await ids('?status=queued')).toEqual([second.id]);
    expect(await ids('?status=in_progress')).toEqual([]);
    expect(await ids('?status=completed')).toEqual([first.id]);
    expect(await ids('?status=success')).toEqual([first.id]);
  });

  test('the jobs of each attempt stay readable, and a job that was run again has a new id', async () => {
    const w = await openWorld('process');
    const jobs = [{ name: 'a', labels: LABELS }];
    const run = w.github.queueRun({ repository: 'acme/app', jobs });
    const { session } = await connected(w, 'r');
    await w.pass(10_000);
    session.finishJob('failure');
    const path = `/repos/acme/app/actions/runs/${run.id}`;
    expect((await w.asInstallation('POST', `${path}/rerun-failed-jobs`)).status).toBe(201);
    const ids = async (rest: string) =>
      ((await w.asInstallation('GET', `${path}${rest}`)).body as Listed).jobs?.map(({ id }) => id) ?? [];
    const [before, after] = [await ids('/attempts/1/jobs'), await ids('/attempts/2/jobs')];
    expect([before.length, after.length]).toEqual([1, 1]);
    expect(before).not.toEqual(after);
    expect(await ids('/jobs')).toEqual(after);
    expect((await ids('/jobs?filter=all')).sort()).toEqual([...before, ...after].sort());
    expect((await w.asInstallation('GET', `${path}/attempts/3/jobs`)).status).toBe(404);
    expect((await w.asInstallation('POST', `${path}/cancel`)).status).toBe(202);
    expect((await w.asInstallation('POST', `${path}/cancel`)).status).toBe(409);
  });

  test('runner groups are listed with their repositories', async () => {
    const w = await openWorld('process');
    const { body } = await w.asInstallation('GET', '/orgs/acme/actions/runner-groups');
    expect((body as Listed).runner_groups).toMatchObject([
      { name: 'Default', visibility: 'all', default: true },
      { name: 'ci-runners', visibility: 'selected', allows_public_repositories: false },
    ]);
    const own = await w.asInstallation('GET', `/orgs/acme/actions/runner-groups/${w.groupId}/repositories`);
    expect((own.body as Listed).repositories).toMatchObject([{ full_name: 'acme/app', private: true }]);
  });
});

// biome-ignore format: a table reads best as a table.
const asApp: [path: string, status: number, seen: object][] = [
  ['/app',                              200, { id: APP_ID }],
  ['/orgs/acme/installation',           200, { target_type: 'Organization' }],
  ['/repos/acme/app/installation',      200, { account: { login: 'acme' } }],
  ['/users/jo/installation',            200, { target_type: 'User' }],
  ['/users/acme/installation',          404, {}],
  ['/orgs/jo/installation',             404, {}],
  ['/repos/acme/none/installation',     404, {}],
  ['/app/installations/7',              404, {}],
];
test.each(asApp)('the App asks for %s: %i', async (path, status, seen) => {
  const w = await openWorld('process');
  w.github.addUser('jo');
  w.github.install('jo');
  expect(await w.asApp('GET', path)).toMatchObject({ status, body: seen });
  const all = (await w.asApp('GET', '/app/installations')).body as { id: number }[];
  expect(all).toHaveLength(2);
  expect((await w.asApp('GET', `/app/installations/${all[0]?.id}`)).status).toBe(200);
});

test('one runner is readable by its id, until it is gone', async () => {
  const w = await openWorld('process');
  const { runnerId, session } = await connected(w, 'r');
  const look = () => w.asInstallation('GET', `${RUNNERS}/${runnerId}`);
  expect((await look()).body).toMatchObject({ id: runnerId, status: 'online', busy: false, os: 'Linux' });
  session.disconnect();
  expect((await look()).body).toMatchObject({ status: 'offline' });
  await w.hub.removeRunner(w.org, runnerId);
  expect((await look()).status).toBe(404);
});

test('a slow answer comes late, and whole', async () => {
  const w = await openWorld('process');
  w.fail('GET', '/app', { kind: 'slow', ms: 5_000 });
  let answeredAtMs = 0;
  const answer = w.asApp('GET', '/app').then(({ status }) => {
    answeredAtMs = w.clock.nowMs();
    return status;
  });
  await w.pass(10_000);
  expect([await answer, answeredAtMs - START_MS]).toEqual([200, 5_000]);
});

test('a delivery is readable by its id, and an unknown cursor is refused', async () => {
  const w = await openWorld('process');
  await w.pass(10_000);
  const id = String(w.github.deliveries[0]?.id);
  expect((await w.asApp('GET', `/app/hook/deliveries/${id}`)).body).toMatchObject({
    event: 'installation',
    status: 'OK',
    status_code: 202,
    request: { payload: { action: 'created' } },
  });
  expect((await w.asApp('GET', '/app/hook/deliveries/5')).status).toBe(404);
  expect((await w.asApp('POST', '/app/hook/deliveries/5/attempts')).status).toBe(404);
  expect((await w.asApp('GET', '/app/hook/deliveries?cursor=x')).status).toBe(400);
});

test('an App manifest is converted once its code is known', async () => {
  const w = await openWorld('process', {
    manifestConversion: (code) => (code === 'good' ? { id: 5, pem: 'PEM', webhook_secret: 's' } : null),
  });
  const convert = (code: string) =>
    w.github.request({ method: 'POST', path: `/app-manifests/${code}/conversions`, headers: {} });
  expect(await convert('good')).toMatchObject({ status: 201, body: { id: 5 } });
  expect(await convert('bad')).toMatchObject({ status: 404 });
});

test('runner releases are public, with their assets', async () => {
  const w = await openWorld('process');
  const asset = { name: 'runner.tar.gz', sizeBytes: 9, url: 'http://127.0.0.1/runner.tar.gz', sha256: 'ab' };
  w.github.setRunnerReleases([{ version: '2.334.0', publishedAtMs: START_MS, assets: [asset] }]);
  const path = '/repos/actions/runner/releases/latest';
  const answer = await w.github.request({ method: 'GET', path, headers: {} });
  const all = await w.github.request({ method: 'GET', path: path.replace('/latest', ''), headers: {} });
  expect(all?.body).toEqual([answer?.body]);
  expect(answer?.body).toMatchObject({
    tag_name: 'v2.334.0',
    published_at: '2026-10-05T08:00:00Z',
    assets: [{ name: 'runner.tar.gz', digest: 'sha256:ab', browser_download_url: asset.url }],
  });
});

test('on the wire: ids beyond 2^53 are plain numbers, bodies that are no JSON are refused, 304 has no body', async () => {
  const w = await openWorld('process');
  await w.pass(10_000);
  await w.hub.mint(w.org, { name: name('r'), labels: LABELS });
  const served = await serveGitHub(w.github);
  try {
    const log = await w.asApp('GET', '/app/hook/deliveries');
    expect(typeof (log.body as { id: unknown }[])[0]?.id).toBe('bigint');
    const authorization = `Bearer ${appJwt({ claims: { exp: START_MS / 1000 + 500 } })}`;
    const text = await (
      await fetch(`${served.origin}/app/hook/deliveries`, { headers: { authorization } })
    ).text();
    expect(text).toMatch(new RegExp(`"id":${w.github.deliveries[0]?.id},`));
    const first = await fetch(`${served.origin}/app`, { headers: { authorization } });
    const headers = { authorization, 'if-none-match': first.headers.get('etag') ?? '' };
    const second = await fetch(`${served.origin}/app`, { headers });
    expect([second.status, await second.text()]).toEqual([304, '']);
    const bad = await fetch(`${served.origin}/app`, { method: 'POST', body: '{"half' });
    expect(bad.status).toBe(400);
    expect((await fetch(`${served.origin}/nowhere`)).status).toBe(404);
  } finally {
    await served.close();
  }
});
