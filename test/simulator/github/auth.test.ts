import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { APP_ID, appJwt, type JwtPlan, PUBLIC_KEY_PEM, START_MS } from '../../shared/adapters/github/jwt.ts';
import { openWorld, type TestWorld } from '../../shared/adapters/github/world.ts';

const NOW_S = START_MS / 1000;
const stranger = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;

const as = async (w: TestWorld, authorization: string | null, path: string, method = 'GET') => {
  const headers = authorization === null ? {} : { authorization };
  const answer = await w.github.request({ method, path, headers });
  return { status: answer?.status, message: (answer?.body as { message?: string } | null)?.message };
};

// biome-ignore format: a table reads best as a table.
const forgeries: [what: string, plan: JwtPlan, status: number, message: RegExp][] = [
  ['signed by a stranger',              { keyPem: stranger },                                       401, /decoded/],
  ['without a signature (alg none)',    { header: { alg: 'none' } },                                401, /decoded/],
  ['signed with the public key (HS256)', { header: { alg: 'HS256' }, hmacKey: PUBLIC_KEY_PEM },     401, /decoded/],
  ['HMAC that claims to be RS256',      { hmacKey: PUBLIC_KEY_PEM },                                401, /decoded/],
  ['of another App',                    { claims: { iss: APP_ID + 1 } },                            404, /Integration/],
  ['expired',                           { claims: { exp: NOW_S } },                                 401, /exp/],
  ['without an end',                    { claims: { exp: undefined } },                             401, /exp/],
  ['that lasts too long',               { claims: { exp: NOW_S + 601 } },                           401, /too far/],
  ['issued in the future',              { claims: { iat: NOW_S + 1 } },                             401, /iat/],
  ['issued at a fraction of a second',  { claims: { iat: NOW_S - 0.5 } },                           401, /iat/],
];
test.each(forgeries)('a JWT %s is refused', async (_what, plan, status, message) => {
  const w = await openWorld('process');
  const seen = await as(w, `Bearer ${appJwt(plan)}`, '/app');
  expect(seen).toEqual({ status, message: expect.stringMatching(message) });
});

test('a JWT whose claims were changed after signing is refused', async () => {
  const w = await openWorld('process');
  const [head, , signature] = appJwt({}).split('.');
  const claims = Buffer.from(JSON.stringify({ iat: NOW_S, exp: NOW_S + 60, iss: APP_ID })).toString(
    'base64url',
  );
  expect((await as(w, `Bearer ${head}.${claims}.${signature}`, '/app')).status).toBe(401);
});

test('a good JWT of ten minutes is accepted, by its App as number or as text', async () => {
  const w = await openWorld('process');
  const claims = { iat: NOW_S, exp: NOW_S + 600 };
  expect((await as(w, `Bearer ${appJwt({ claims })}`, '/app')).status).toBe(200);
  expect((await as(w, `bearer ${appJwt({ claims: { iss: String(APP_ID) } })}`, '/app')).status).toBe(200);
});

test('a JWT buys one token, and looks like no installation the second time', async () => {
  const w = await openWorld('process');
  const path = `/app/installations/${w.installationId}/access_tokens`;
  const jwt = `Bearer ${appJwt({})}`;
  expect((await as(w, jwt, path, 'POST')).status).toBe(201);
  expect((await as(w, jwt, path, 'POST')).status).toBe(404);
});

test('an installation token ends after an hour', async () => {
  const w = await openWorld('process');
  expect((await w.asInstallation('GET', '/orgs/acme/actions/runners')).status).toBe(200);
  await w.pass(3_599_000);
  expect((await w.asInstallation('GET', '/orgs/acme/actions/runners')).status).toBe(200);
  await w.pass(1_000);
  expect((await w.asInstallation('GET', '/orgs/acme/actions/runners')).status).toBe(401);
});

// biome-ignore format: a table reads best as a table.
const strangers: [what: string, authorization: string | null, path: string, status: number][] = [
  ['nobody asks for runners',                   null,                '/orgs/acme/actions/runners',        404],
  ['a made-up token asks for runners',          'token ghs_made_up', '/orgs/acme/actions/runners',        401],
  ['a wrong scheme',                            'Basic eDp5',        '/orgs/acme/actions/runners',        401],
  ['the App itself asks for runners',           'app',               '/orgs/acme/actions/runners',        404],
  ['an installation asks as the App',           'installation',      '/app',                              401],
  ['an installation asks for its deliveries',   'installation',      '/app/hook/deliveries',              401],
  ['an installation asks for a foreign org',    'installation',      '/orgs/other/actions/runners',       404],
  ['an installation asks for a foreign repo',   'installation',      '/repos/other/x/actions/runners',    404],
];
test.each(strangers)('refused: %s', async (_what, authorization, path, status) => {
  const w = await openWorld('process');
  w.github.addOrganization('other');
  w.github.addRepository('other/x');
  const seen =
    authorization === 'app'
      ? await w.asApp('GET', path)
      : authorization === 'installation'
        ? await w.asInstallation('GET', path)
        : await as(w, authorization, path);
  expect(seen.status).toBe(status);
});

test('an App without the permission is refused by 403', async () => {
  const w = await openWorld('process', { permissions: { metadata: 'read', actions: 'read' } });
  const runners = await w.asInstallation('GET', '/orgs/acme/actions/runners');
  expect([runners.status, (runners.body as { message: string }).message]).toEqual([
    403,
    'Resource not accessible by integration',
  ]);
  const run = w.github.queueRun({ repository: 'acme/app', jobs: [{ name: 'a', labels: ['x'] }] });
  const path = `/repos/acme/app/actions/runs/${run.id}`;
  expect((await w.asInstallation('GET', path)).status).toBe(200);
  expect((await w.asInstallation('POST', `${path}/rerun-failed-jobs`)).status).toBe(403);
});

test('a token may ask for less than the App has, and not for more', async () => {
  const w = await openWorld('process');
  const path = `/app/installations/${w.installationId}/access_tokens`;
  const less = await w.asApp('POST', path, { permissions: { actions: 'read' } });
  expect((less.body as { permissions: object }).permissions).toEqual({ actions: 'read' });
  expect((await w.asApp('POST', path, { permissions: { contents: 'read' } })).status).toBe(422);
});

test('GitHub Enterprise Server answers under /api/v3', async () => {
  const w = await openWorld('process');
  expect((await w.asApp('GET', '/api/v3/app')).status).toBe(200);
});
