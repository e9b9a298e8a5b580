import { expect, test } from 'vitest';
import { mortal } from '../../simulator/function-compute/index.ts';
import { kindsOf, START_MS, worldOf } from './world.ts';

const HOUR_MS = 3_600_000;
const event = (value: unknown) => Buffer.from(JSON.stringify(value));
const fails = async () => {
  throw new Error('no');
};

test('an accepted event runs later, with the bytes that were sent', async () => {
  const got: string[] = [];
  const { fc, pass } = worldOf([{ body: async (bytes) => void got.push(bytes.toString()) }]);
  expect(fc.invokeAsync('f0', event({ a: 1 }))).toMatchObject({ kind: 'accepted' });
  expect(got).toEqual([]);
  expect(fc.pending).toBe(1);
  await pass(1_000);
  expect(got).toEqual(['{"a":1}']);
  expect(fc.pending).toBe(0);
});

// biome-ignore format: a table reads best as a table.
test.each([
  ['an unknown function',     'nobody', 10,             { status: 404, code: 'FunctionNotFound' }],
  ['an event over 128 KB',    'f0',     128 * 1024 + 1, { status: 400, code: 'EntityTooLarge' }],
])('%s is refused at the door', (_name, name, bytes, refusal) => {
  const { fc } = worldOf([{ body: async () => null }]);
  expect(fc.invokeAsync(name, Buffer.alloc(bytes))).toMatchObject({ kind: 'refused', ...refusal });
  expect(fc.pending).toBe(0);
});

test('a failing function is tried again three times, then its destination hears of it', async () => {
  const told: string[] = [];
  const { fc, seen, pass } = worldOf([
    { body: fails, onFailure: 'f1' },
    { body: async (bytes) => void told.push(bytes.toString()) },
  ]);
  fc.invokeAsync('f0', event({ job: 7 }));
  await pass(HOUR_MS);
  expect(seen.filter(({ kind, functionName }) => kind === 'started' && functionName === 'f0')).toHaveLength(
    4,
  );
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0] as string)).toMatchObject({
    requestContext: {
      functionArn: 'acs:fc:cn-hongkong:1234567890123456:functions/f0',
      approximateInvokeCount: 4,
    },
    requestPayload: '{"job":7}',
    responseContext: { functionError: 'UnhandledInvocationError' },
  });
  expect(fc.pending).toBe(0);
});

test('an event that comes to be too old is given up without a word to its destination', async () => {
  const { fc, seen, pass } = worldOf([
    { body: fails, onFailure: 'f1', eventAgeMaxMs: 100 },
    { body: async () => null },
  ]);
  fc.invokeAsync('f0', event(1));
  await pass(HOUR_MS);
  expect(seen.at(-1)).toMatchObject({ kind: 'dropped', because: 'it became too old' });
  expect(seen.some(({ functionName }) => functionName === 'f1')).toBe(false);
});

test('one instance does one request at a time; at the limit of concurrency events wait, with back-off', async () => {
  let at = 0;
  let most = 0;
  const { fc, clock, seen, pass } = worldOf([
    {
      concurrency: 2,
      body: async () => {
        most = Math.max(most, ++at);
        await clock.sleep(700);
        at--;
      },
    },
  ]);
  for (let n = 0; n < 6; n++) fc.invokeAsync('f0', event(n));
  await pass(60_000);
  expect(most).toBe(2);
  expect(kindsOf(seen).filter((kind) => kind === 'ended')).toHaveLength(6);
  expect(fc.pending).toBe(0);
});

test('an event that finds no instance for five hours is given up', async () => {
  const { fc, seen, pass } = worldOf([{ concurrency: 0, body: async () => null }]);
  fc.invokeAsync('f0', event(1));
  await pass(6 * HOUR_MS);
  expect(seen.at(-1)).toMatchObject({ kind: 'dropped', because: 'no instance was to be had for 5 hours' });
});

test('an instance is used again while it is warm, not after five idle minutes, not after a timeout', async () => {
  const { fc, clock, seen, pass } = worldOf([
    { timeoutMs: 1_000, asyncRetries: 0, body: async (bytes) => clock.sleep(Number(bytes.toString())) },
  ]);
  for (const ms of [1, 1, 5_000, 1]) {
    fc.invokeAsync('f0', event(ms));
    await pass(2_000);
  }
  expect(seen.filter((one) => one.kind === 'started').map((one) => one.isCold)).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('a run ends at its timeout: from then on nothing that it does reaches the world', async () => {
  const written: string[] = [];
  const ledger = { jobs: { write: async (line: string) => void written.push(line) } };
  const { fc, clock, seen, pass } = worldOf([
    {
      timeoutMs: 1_000,
      asyncRetries: 0,
      body: async (_bytes, context) => {
        const world = mortal({ ledger, sleep: (ms: number) => clock.sleep(ms) }, context.life);
        await world.ledger.jobs.write('before');
        await clock.sleep(5_000);
        await world.ledger.jobs.write('after');
      },
    },
  ]);
  fc.invokeAsync('f0', event(1));
  await pass(HOUR_MS);
  expect(written).toEqual(['before']);
  expect(seen.find(({ kind }) => kind === 'ended')).toMatchObject({
    because: 'FunctionTimedOut: after 1000 ms',
    tookMs: 1_000,
  });
});

test('a run can be killed after any of its calls: that call had its effect, and the next never happens', async () => {
  for (const kill of [1, 2, 3]) {
    const written: number[] = [];
    const port = { write: async (n: number) => void written.push(n) };
    const { fc, pass } = worldOf([
      {
        asyncRetries: 0,
        body: async (_bytes, context) => {
          const world = mortal(port, context.life);
          for (const n of [1, 2, 3, 4]) await world.write(n);
        },
      },
    ]);
    fc.faults.killAt = (_name, calls) => calls === kill;
    fc.invokeAsync('f0', event(1));
    await pass(HOUR_MS);
    expect(written).toEqual([1, 2, 3].slice(0, kill));
  }
});

test('each invocation brings fresh temporary credentials, known to the account, within its role, for 36 hours', async () => {
  const keys: { accessKeyId: string; accessKeySecret: string; securityToken: string }[] = [];
  const { fc, account, pass } = worldOf([
    {
      body: async (_bytes, { credentials }) => void keys.push(credentials),
      mayDo: (action) => action === 'ots:PutRow',
    },
  ]);
  fc.invokeAsync('f0', event(1));
  fc.invokeAsync('f0', event(2));
  await pass(10_000);
  expect(new Set(keys.map(({ accessKeyId }) => accessKeyId)).size).toBe(2);
  for (const key of keys) {
    expect(key.accessKeyId).toMatch(/^STS\./);
    const known = account.find(key.accessKeyId);
    expect(known).toMatchObject({ secret: key.accessKeySecret, securityToken: key.securityToken });
    expect(known?.mayDo?.('ots:PutRow')).toBe(true);
    expect(known?.mayDo?.('ecs:RunInstances')).toBe(false);
    expect((known?.expiresAtMs ?? 0) - START_MS).toBeLessThanOrEqual(36 * HOUR_MS + 10_000);
  }
});

test('a timer fires each minute, and can be skipped, or fire twice at once', async () => {
  const events: string[] = [];
  const { fc, pass } = worldOf([
    {
      body: async (bytes) => void events.push(bytes.toString()),
      timer: { name: 'sweep', cron: '@every 1m', payload: 'go' },
    },
  ]);
  await pass(10 * 60_000);
  expect(events).toHaveLength(10);
  expect(JSON.parse(events[0] as string)).toEqual({
    triggerTime: expect.stringMatching(/^2026-11-20T00:0\d:\d\dZ$/),
    triggerName: 'sweep',
    payload: 'go',
  });
  fc.faults.skipTimer = 1;
  await pass(10 * 60_000);
  expect(events.length).toBeLessThanOrEqual(11);
  const before = events.length;
  Object.assign(fc.faults, { skipTimer: 0, doubleTimer: 1 });
  await pass(10 * 60_000);
  expect(events.length - before).toBeGreaterThanOrEqual(18);
  fc.close();
  const closed = events.length;
  await pass(10 * 60_000);
  expect(events).toHaveLength(closed);
});

test('faults at the door and behind it', async () => {
  const got: string[] = [];
  const { fc, seen, pass } = worldOf([{ body: async (bytes) => void got.push(bytes.toString()) }]);
  Object.assign(fc.faults, { drop: 1 });
  expect(fc.invokeAsync('f0', event(1)).kind).toBe('accepted');
  await pass(HOUR_MS);
  expect([got, seen.at(-1)?.kind, fc.pending]).toEqual([[], 'dropped', 0]);
  Object.assign(fc.faults, { drop: 0, duplicate: 1 });
  fc.invokeAsync('f0', event(2));
  await pass(HOUR_MS);
  expect(got).toEqual(['2', '2']);
  Object.assign(fc.faults, { duplicate: 0, throttle: 1 });
  expect(fc.invokeAsync('f0', event(3))).toMatchObject({ status: 429, code: 'ResourceExhausted' });
  Object.assign(fc.faults, { throttle: 0, serverError: 1 });
  for (let n = 0; n < 20; n++) expect(fc.invokeAsync('f0', event('e'))).toMatchObject({ status: 500 });
  await pass(HOUR_MS);
  expect(got.length).toBeGreaterThan(2); // some were kept all the same
  expect(got.length).toBeLessThan(22);
});

test('the same seed leads to the same happenings', async () => {
  const story = async () => {
    const { fc, seen, pass } = worldOf([{ body: fails }], {}, 42);
    Object.assign(fc.faults, { drop: 0.2, duplicate: 0.3 });
    for (let n = 0; n < 20; n++) fc.invokeAsync('f0', event(n));
    await pass(HOUR_MS);
    return seen;
  };
  expect(await story()).toEqual(await story());
});
