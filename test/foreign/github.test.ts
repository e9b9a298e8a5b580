/** Every request that the adapter makes, and every answer of the simulated GitHub, against GitHub's own OpenAPI description. */
import { beforeAll, expect, test } from 'vitest';
import { jsonText, type SimRequest, type SimResponse } from '../../simulator/github/wire.ts';
import {
  connected,
  jobId,
  LABELS,
  name,
  openWorld,
  runId,
  type TestWorld,
} from '../shared/adapters/github/world.ts';
import { type Description, describedBy } from './openapi.ts';

let api: Description;
let hooks: Description;
beforeAll(() => {
  api = describedBy('@octokit/openapi/generated/api.github.com.json');
  hooks = describedBy('@octokit/openapi-webhooks/generated/api.github.com.json');
}, 60_000);

interface Exchange {
  readonly asked: SimRequest;
  readonly answered: SimResponse;
}

/** Refusals that GitHub gives and its description does not name: seen by others (actions/runner, runs-on #259). */
const UNDESCRIBED = [
  'DELETE /orgs/{org}/actions/runners/{runner_id} 404',
  'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs 403',
];

/** The description asks that an account be a person and an enterprise at once, there and nowhere else (23.0.2). */
const MISTAKEN = /^GET \/app\/installations 200: \/\d+\/account /;

const JSON_BODY = ['content', 'application/json', 'schema'];

/** In process what is left of the parameters is the body, also where nothing is left. */
const isEmpty = (body: unknown): boolean => Object.keys(body ?? {}).length === 0;

/** What the description holds against one exchange. */
function faultsOf({ asked, answered }: Exchange): string[] {
  const [path = ''] = asked.path.split('?');
  const route = api.pathOf(path);
  const name = `${asked.method} ${route ?? path} ${answered.status}`;
  if (route === null) return [`${name}: no such route`];
  const operation = ['paths', route, asked.method.toLowerCase()];
  const isDescribed = api.faults([...operation, 'responses', String(answered.status)], null) !== null;
  const body = answered.body === null ? null : JSON.parse(jsonText(answered.body));
  const faults = [
    ...(isDescribed || UNDESCRIBED.includes(name) ? [] : ['no such status']),
    ...(isEmpty(asked.body)
      ? []
      : (api.faults([...operation, 'requestBody', ...JSON_BODY], asked.body) ?? ['it takes no body'])),
    ...(api.faults([...operation, 'responses', String(answered.status), ...JSON_BODY], body) ?? []),
  ];
  return faults.map((fault) => `${name}: ${fault}`).filter((fault) => !MISTAKEN.test(fault));
}

test('each request is one that GitHub describes, and each answer is of the shape that it describes', async () => {
  const { exchanges } = await aDay();
  const routes = new Set(
    exchanges.map(({ asked }) => `${asked.method} ${api.pathOf(asked.path.split('?')[0] ?? '')}`),
  );
  expect(routes.size).toBeGreaterThan(20);
  expect([...new Set(exchanges.flatMap(faultsOf))]).toEqual([]);
}, 120_000);

test('each delivery is of the shape that GitHub describes for its event and action', async () => {
  const { world } = await aDay();
  const faults = world.delivered.flatMap(({ headers, body }) => {
    const payload = JSON.parse(body.toString('utf8')) as { readonly action?: string };
    const event = headers['x-github-event'] ?? '';
    const hook = [event, payload.action ?? []].flat().join('-').replaceAll('_', '-');
    const found = hooks.faults(['webhooks', hook, 'post', 'requestBody', ...JSON_BODY], payload) ?? [
      'no such event',
    ];
    return found.map((fault) => `${hook}: ${fault}`);
  });
  expect(world.delivered.length).toBeGreaterThan(8);
  expect([...new Set(faults)]).toEqual([]);
}, 120_000);

test('an answer of another shape is not taken for one of theirs', () => {
  const asked = { method: 'GET', path: '/orgs/acme/actions/runners', headers: {} };
  const answered = { status: 200, headers: {}, body: { total_count: '1', runners: [{ id: 1 }] } };
  const faults = faultsOf({ asked, answered }).join('\n');
  expect(faults).toContain('/total_count must be integer');
  expect(faults).toContain("/runners/0 must have required property 'labels'");
  expect(faultsOf({ asked: { ...asked, path: '/no/such/route' }, answered })).toEqual([
    'GET /no/such/route 200: no such route',
  ]);
  const wrong = {
    ...asked,
    method: 'POST',
    path: '/orgs/acme/actions/runners/generate-jitconfig',
    body: { name: 1 },
  };
  expect(faultsOf({ asked: wrong, answered: { status: 201, headers: {}, body: null } }).join()).toContain(
    '/name must be string',
  );
});

const RELEASE = {
  version: '2.336.0',
  publishedAtMs: Date.UTC(2026, 4, 1),
  assets: ['x64', 'arm64'].map((arch) => ({
    name: `actions-runner-linux-${arch}-2.336.0.tar.gz`,
    ...{ sha256: 'a'.repeat(64), sizeBytes: 1, url: `https://x.example/${arch}` },
  })),
};

async function aDay(): Promise<{ exchanges: Exchange[]; world: TestWorld }> {
  const exchanges: Exchange[] = [];
  const world = await openWorld('process', { announcesRuns: true });
  const { github, hub, org } = world;
  const real = github.request;
  Object.assign(github, {
    request: async (asked: SimRequest, origin: string) => {
      const answered = await real(asked, origin);
      if (answered !== null) exchanges.push({ asked, answered });
      return answered;
    },
  });
  const run = github.queueRun({
    repository: 'acme/app',
    jobs: [
      { name: 'a', labels: LABELS },
      { name: 'b', labels: LABELS },
      { name: 'g', labels: ['x'], environmentGate: true },
    ],
  });
  const [job] = github.jobsOf(run);
  await world.pass(10_000);
  github.ping();
  const { session } = await connected(world, 'r');
  await hub.registrations(org);
  await hub.registration(org, { name: name('r'), id: null });
  const spare = await hub.mint(org, { name: name('spare'), labels: LABELS });
  if (spare.kind === 'minted') {
    await hub.registration(org, { name: name('spare'), id: spare.runnerId });
    await hub.removeRunner(org, spare.runnerId);
    await hub.removeRunner(org, spare.runnerId);
  }
  const repository = { ...org, repository: 'acme/app' };
  await hub.mint(repository, { name: name('own'), labels: LABELS });
  await hub.registrations(repository);
  await hub.job(org, 'acme/app', jobId(job?.id ?? 0));
  const found = await hub.run(org, 'acme/app', runId(run.id));
  if (found) await hub.hasNewerRun(org, 'acme/app', found);
  await hub.jobsOfRun(org, 'acme/app', runId(run.id));
  await hub.liveRuns(org, 'acme/app', 'queued');
  await hub.repositories(org);
  const check = {
    headSha: found?.headSha ?? 'a'.repeat(40),
    name: 'runner',
    externalId: 'x',
    detailsUrl: 'https://x.example',
    title: 't',
    summary: 's',
  };
  await hub.findCheck(org, 'acme/app', check);
  await hub.writeCheck(org, 'acme/app', check, null);
  await world.pass(10_000);
  session.finishJob('success');
  await world.pass(10_000);
  await hub.rerunJob(org, 'acme/app', jobId(job?.id ?? 0));
  await hub.rerunFailedJobs(org, 'acme/app', runId(run.id));
  await hub.cancelRun(org, 'acme/app', runId(run.id));
  await hub.deliveries(0);
  github.setRunnerReleases([RELEASE]);
  await hub.latestRunner();
  await world.asInstallation('GET', '/orgs/acme/actions/runners/downloads');
  await world.asInstallation('GET', '/repos/acme/app/actions/runners/downloads');
  for (const path of [
    '/app',
    '/app/installations',
    '/orgs/acme/installation',
    '/repos/acme/app/installation',
  ])
    await world.asApp('GET', path);
  await world.asInstallation('GET', '/zen');
  await world.pass(10_000);
  return { exchanges, world };
}
