/** After a long wait for nothing, others do not wait. */

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { gitHubClient } from '../../../../../shared/adapters/github/client.ts';
import { budgeted } from '../../../../../shared/adapters/github/limits/budgeted.ts';
import { pacing } from '../../../../../shared/adapters/github/limits/pacing.ts';
import { heedingSilence } from '../../../../../shared/adapters/github/limits/silence.ts';
import {
  CallKept,
  type GitHubAnswer,
  GitHubFailed,
  type GitHubRequest,
} from '../../../../../shared/adapters/github/request.ts';
import { SILENCE_HEEDED_MS } from '../../../../../shared/github-limits.ts';
import { APP_ID, PRIVATE_KEY_PEM } from '../jwt.ts';

const ROUTE = 'GET /app';
const ANSWER: GitHubAnswer = { status: 200, headers: {}, data: {} };

function waiting(...answers: readonly (readonly [ms: number, what: GitHubAnswer | Error])[]) {
  let [nowMs, at] = [1_000_000, 0];
  const ask = heedingSilence(
    async () => {
      const [ms, what] = answers[at++] ?? [0, ANSWER];
      nowMs += ms;
      if (what instanceof Error) throw what;
      return what;
    },
    { nowMs: () => nowMs },
  );
  return { ask: () => ask(ROUTE, {}, 'app'), asked: () => at, pass: (ms: number) => (nowMs += ms) };
}

test('the next ones fail at once, and it is asked again when the while is over', async () => {
  const w = waiting([29_000, new GitHubFailed(ROUTE, 0, 'no answer in time')]);
  await expect(w.ask()).rejects.toThrow(/no answer in time/);
  await expect(w.ask()).rejects.toThrow(/GitHub answered nothing to GET \/app: it was not asked/);
  w.pass(SILENCE_HEEDED_MS - 1);
  await expect(w.ask()).rejects.toThrow(/was not asked/);
  expect(w.asked()).toBe(1);
  w.pass(1);
  expect(await w.ask()).toBe(ANSWER);
});

// biome-ignore format: a table reads best as a table.
test.each<[string, number, GitHubAnswer | Error]>([
  ['a connection that was cut', 300, new GitHubFailed(ROUTE, 0, 'ECONNRESET')],
  ['an answer that was late', 29_000, ANSWER],
  ['a failure that GitHub says, late', 29_000, new GitHubFailed(ROUTE, 502, 'Bad Gateway')],
  ['a call that is kept for something else', 0, new CallKept(ROUTE, 'few are left')],
])('%s is no silence', async (_what, ms, what) => {
  const w = waiting([ms, what]);
  await w.ask().catch(() => undefined);
  expect(await w.ask()).toBe(ANSWER);
});

const SILENT = new GitHubFailed(ROUTE, 0, 'no answer in time');
const [APP, ACME, BETA, GAMMA] = [{}, { org: 'Acme' }, { owner: 'beta', repo: 'app' }, { org: 'gamma' }];

// biome-ignore format: a table reads best as a table.
test.each<[string, object[], object, boolean]>([
  ['one owner’s silence is its own',          [BETA], ACME, true],
  ['however it is spelt',                     [ACME], { owner: 'acme', repo: 'app' }, false],
  ['two owners’ is GitHub’s',                 [BETA, ACME], GAMMA, false],
  ['the App’s own calls do not heed it',      [BETA], APP, true],
  ['but two owners’, and their own',          [BETA, ACME], APP, false],
  ['and theirs is everybody’s',               [APP], ACME, false],
])('%s', async (_what, silent, then, isAsked) => {
  let [nowMs, isSilent] = [1_000_000, true];
  const ask = heedingSilence(
    async () => {
      if (!isSilent) return ANSWER;
      nowMs += 10_000;
      throw SILENT;
    },
    { nowMs: () => nowMs },
  );
  for (const whose of silent) await ask(ROUTE, { ...whose }, 'app').catch(() => undefined);
  isSilent = false;
  const answer = ask(ROUTE, { ...then }, 'app');
  if (isAsked) expect(await answer).toBe(ANSWER);
  else await expect(answer).rejects.toThrow(/was not asked/);
});

test('a host that takes calls and says nothing is left after all tries, each with its time', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const request = gitHubClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ egressProxy: null, clock: { nowMs: () => 0 }, log: () => undefined, pauseMs: 1, tryMaxMs: 30 },
    appKey: async () => ({ appId: APP_ID, privateKeyPem: PRIVATE_KEY_PEM }),
  });
  await expect(request(ROUTE, {}, 'app')).rejects.toThrow(
    /GitHub answered nothing to GET \/app: no answer in time/,
  );
  expect(sockets).toHaveLength(3);
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('where one owner has installed the App is not told: another’s is asked for all the same', async () => {
  let nowMs = 1_000_000;
  const clock = { nowMs: () => nowMs };
  const transport: GitHubRequest = async (_route, { username }) => {
    if (username !== 'beta') return ANSWER;
    nowMs += 10_000;
    throw SILENT;
  };
  const { request } = budgeted(
    heedingSilence(transport, clock),
    pacing(clock, async () => undefined),
    clock,
  );
  const whereIs = (username: string) => request('GET /users/{username}/installation', { username }, 'app');
  for (const _ of ['asked', 'not asked']) await whereIs('beta').catch(() => undefined);
  expect(await whereIs('acme')).toBe(ANSWER);
});
