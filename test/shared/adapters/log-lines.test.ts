/** Log Service, asked over the wire. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LogConnection, logLines } from '../../../shared/adapters/log-lines.ts';
import { createAccount } from '../../../simulator/accounts.ts';
import { VirtualClock } from '../../../simulator/clock.ts';
import { type LogService, serveLogService } from '../../../simulator/log-service.ts';

const START_MS = Date.UTC(2026, 4, 4, 8, 0, 0);
const KEY = { accessKeyId: 'LTAI-logs', accessKeySecret: 'a secret of the operator', securityToken: null };

let clock: VirtualClock;
let served: LogService;
beforeEach(async () => {
  clock = new VirtualClock(START_MS);
  const account = createAccount('12', 'cn-hongkong');
  account.add(KEY.accessKeyId, { secret: KEY.accessKeySecret });
  account.add('LTAI-temporary', { secret: KEY.accessKeySecret, securityToken: 'of today' });
  account.add('LTAI-denied', { secret: KEY.accessKeySecret, mayDo: () => false });
  served = await serveLogService({
    ...{ clock, credentials: account.find, project: 'ci-runner-12', store: 'functions' },
  });
});
afterEach(() => served.close());

const asked = { words: ['48'], fromMs: START_MS - 1000, toMs: START_MS + 3_600_000 };
const connection = (some: Partial<LogConnection> & { key?: object } = {}): LogConnection => ({
  endpoint: `http://127.0.0.1:${served.port}`,
  ...{ region: 'cn-hongkong', project: 'ci-runner-12', store: 'functions', nowMs: () => clock.nowMs() },
  accessKey: async () => ({ ...KEY, ...some.key }),
  ...some,
});
const pass = (ms: number) => clock.runUntil(clock.nowMs() + ms);

test('lines with any of the words come, whole words alone, with their time and function', async () => {
  served.append('ci-launcher', '{"event":"launch.done","job":48}');
  served.append('ci-reaper', '{"event":"job.due","job":481}');
  served.append('ci-reaper', '{"event":"reap.acted","runner":"ci-runner-arm64-spot-48-1"}');
  await pass(10_000);
  const words = ['48', 'ci-runner-arm64-spot-48-1'];
  expect(await logLines({ ...asked, words }, connection())).toEqual({
    things: [
      { atMs: START_MS, functionName: 'ci-launcher', text: '{"event":"launch.done","job":48}' },
      {
        ...{ atMs: START_MS, functionName: 'ci-reaper' },
        text: '{"event":"reap.acted","runner":"ci-runner-arm64-spot-48-1"}',
      },
    ],
    complete: true,
  });
});

test('all pages are read, and a list that is cut says so', async () => {
  for (let at = 0; at < 250; at++) served.append('ci-reaper', `{"job":48,"at":${at}}`);
  await pass(10_000);
  const { things, complete } = await logLines(asked, connection());
  expect([things.length, complete]).toEqual([250, true]);
  for (let at = 0; at < 2_000; at++) served.append('ci-reaper', `{"job":48,"at":${at}}`);
  await pass(10_000);
  expect(await logLines(asked, connection())).toMatchObject({ complete: false });
});

test('temporary credentials are taken with their token', async () => {
  const key = { accessKeyId: 'LTAI-temporary', securityToken: 'of today' };
  expect(await logLines(asked, connection({ key }))).toEqual({ things: [], complete: true });
});

test.each([
  ['a wrong secret', { key: { accessKeySecret: 'another' } }, 'SignatureNotMatch'],
  ['no such key', { key: { accessKeyId: 'LTAI-nobody' } }, 'Unauthorized'],
  ['a right that lacks', { key: { accessKeyId: 'LTAI-denied' } }, 'Unauthorized'],
  ['a clock that is off', { nowMs: () => START_MS + 3_600_000 }, 'RequestTimeExpired'],
  ['no such project', { project: 'ci-runner-13' }, 'ProjectNotExist'],
  ['no such store', { store: 'others' }, 'LogStoreNotExist'],
])('%s is refused, and the refusal is told by its code', async (_, some, code) => {
  await expect(logLines(asked, connection(some))).rejects.toThrow(`Log Service refused: ${code}`);
});
