/** The App's key is rotated while a function lives. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { appJwts } from '../../../../shared/adapters/github/app-auth.ts';
import { gitHubClient } from '../../../../shared/adapters/github/client.ts';
import { VirtualClock } from '../../../../simulator/clock.ts';
import { createGitHub } from '../../../../simulator/github/github.ts';
import { serveGitHub } from '../../../../simulator/github/serve.ts';
import { seeded } from '../../../../simulator/random.ts';
import { APP_ID, PRIVATE_KEY_PEM, PUBLIC_KEY_PEM, START_MS } from './jwt.ts';

const OLD_PEM = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** `keys`: what the secret store answers, one after the other; the last one stays. */
async function adapterWith(keys: string[], mayReadAgain = true) {
  const clock = new VirtualClock(START_MS);
  const app = { id: APP_ID, publicKeyPem: PUBLIC_KEY_PEM, webhookSecret: 'unused' };
  const github = createGitHub({ clock, random: seeded(7), app, deliver: async () => ({ status: 202 }) });
  github.addOrganization('acme');
  const installation = github.install('acme').id;
  const served = await serveGitHub(github);
  closing.push(() => served.close());
  let reads = 0;
  const request = gitHubClient({
    baseUrl: served.origin,
    egressProxy: null,
    appKey: async () => ({ appId: APP_ID, privateKeyPem: keys[0] ?? '' }),
    keyRefused: () => {
      reads++;
      if (keys.length > 1) keys.shift();
      return mayReadAgain;
    },
    clock,
    log: () => undefined,
    pauseMs: 1,
  });
  return { request, installation, reads: () => reads };
}

test('a refused key is read again, once, and the call is made with the new one', async () => {
  const { request, reads } = await adapterWith([OLD_PEM, PRIVATE_KEY_PEM]);
  expect(await request('GET /app', {}, 'app')).toMatchObject({ status: 200 });
  expect(reads()).toBe(1);
});

test('so it is when an installation token is asked for', async () => {
  const { request, installation, reads } = await adapterWith([OLD_PEM, PRIVATE_KEY_PEM]);
  const answer = await request('GET /installation/repositories', {}, { installation });
  expect(answer.status).toBe(200);
  expect(reads()).toBe(1);
});

test('a key that stays wrong is told as such, without a loop', async () => {
  const { request, reads } = await adapterWith([OLD_PEM]);
  expect(await request('GET /app', {}, 'app')).toMatchObject({ status: 401 });
  expect(reads()).toBe(1);
});

test('a key that was read a moment ago is not asked for again', async () => {
  const { request, installation } = await adapterWith([OLD_PEM, PRIVATE_KEY_PEM], false);
  await expect(request('GET /installation/repositories', {}, { installation })).rejects.toMatchObject({
    status: 401,
  });
});

test('what anyone may read is read without a key', async () => {
  const clock = new VirtualClock(START_MS);
  const app = { id: APP_ID, publicKeyPem: PUBLIC_KEY_PEM, webhookSecret: 'unused' };
  const github = createGitHub({ clock, random: seeded(7), app, deliver: async () => ({ status: 202 }) });
  github.setRunnerReleases([{ version: '2.336.0', publishedAtMs: START_MS, assets: [] }]);
  const served = await serveGitHub(github);
  closing.push(() => served.close());
  const appKey = () => Promise.reject(new Error('there is no key'));
  const request = gitHubClient({
    baseUrl: served.origin,
    egressProxy: null,
    appKey,
    clock,
    log: () => undefined,
  });
  const params = { owner: 'actions', repo: 'runner' };
  expect(await request('GET /repos/{owner}/{repo}/releases/latest', params, 'none')).toMatchObject({
    status: 200,
  });
  await expect(request('GET /app', {}, 'app')).rejects.toThrow('there is no key');
});

test('a key that its store holds in one line, its line breaks written as \\n, is the key', async () => {
  const privateKeyPem = PRIVATE_KEY_PEM.replaceAll('\n', '\\n');
  const jwt = appJwts(async () => ({ appId: 1, privateKeyPem }), { nowMs: () => START_MS });
  expect(await jwt()).toMatch(/^ey/);
});
